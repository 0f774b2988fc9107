import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp import header, rtx


@given(st.integers(0, 65535), st.integers(0, 2**32 - 1), st.binary(min_size=1, max_size=60), st.booleans())
def test_what_is_wrapped_is_unwrapped(sequence: int, timestamp: int, payload: bytes, marked: bool) -> None:
    packet = header.build(0x80 * marked, 96, sequence, timestamp, 7, payload)
    wrapped = rtx.wrap(packet, 97, 5, 8)
    assert (header.payload_type(wrapped), header.sequence(wrapped), header.ssrc(wrapped)) == (97, 5, 8)
    assert rtx.unwrap(wrapped, 96, 7) == packet


@given(st.binary(max_size=60))
def test_random_bytes_raise_only_value_error(data: bytes) -> None:
    try:
        rtx.unwrap(data, 96, 1)
    except ValueError:
        return


def test_a_probe_of_padding_has_no_original() -> None:
    with pytest.raises(ValueError, match="without an original"):
        rtx.unwrap(bytes((0xA0,)) + bytes(11) + bytes(3) + bytes((4,)), 96, 1)
