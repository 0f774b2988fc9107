import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp import vp8


@given(st.binary(max_size=12))
def test_random_bytes_raise_only_value_error(data: bytes) -> None:
    try:
        vp8.parse(data, 0, len(data))
    except ValueError:
        return


def test_a_key_frame_is_told_at_its_first_packet_only() -> None:
    assert vp8.parse(b"\x10\x00", 0, 2).key
    assert not vp8.parse(b"\x10\x01", 0, 2).key
    assert not vp8.parse(b"\x00\x00", 0, 2).key
    assert not vp8.parse(b"\x11\x00", 0, 2).start, "partition 1 begins inside a frame"


def test_all_fields_of_a_long_descriptor_are_found() -> None:
    payload = bytes.fromhex("90e0 9234 56 60 00 ff".replace(" ", ""))
    found = vp8.parse(payload, 0, len(payload))
    assert found == vp8.Descriptor(True, True, 0x1234, True, 2, 0x56, 4)


@given(st.integers(0, 2**16), st.integers(0, 2**9), st.booleans(), st.integers(0, 5))
def test_renumbering_changes_both_numbers_and_nothing_else(picture: int, tl0: int, wide: bool, before: int) -> None:
    head = b"\x90\xe0" + (b"\x80\x01" if wide else b"\x01") + b"\x02\x60"
    buffer = bytes(before) + head + b"\x00rest"
    payload = bytearray(buffer[before:])
    vp8.renumber(payload, vp8.parse(buffer, before, len(buffer)), before, picture, tl0)
    found = vp8.parse(bytes(payload), 0, len(payload))
    assert found.picture_id == picture % (1 << 15 if wide else 1 << 7)
    assert found.tl0picidx == tl0 % 256
    assert (found.wide, found.key) == (wide, True)
    assert payload.endswith(b"\x60\x00rest")


def test_a_descriptor_without_numbers_stays_as_it_is() -> None:
    payload = bytearray(b"\x10\x00rest")
    vp8.renumber(payload, vp8.parse(bytes(payload), 0, 6), 0, 5, 6)
    assert payload == b"\x10\x00rest"


@pytest.mark.parametrize("payload", [b"", b"\x90", b"\x90\x80", b"\x90\x80\x81", b"\x90\xe0\x01\x02", b"\x10"])
def test_truncated_descriptors_are_malformed(payload: bytes) -> None:
    with pytest.raises(ValueError, match="VP8"):
        vp8.parse(payload, 0, len(payload))
