import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classroom.rtp import extensions, header


@given(st.binary(max_size=80))
@example(b"\x80" + bytes(11))
def test_random_bytes_raise_only_value_error_and_bounds_lie_inside(data: bytes) -> None:
    try:
        start, end = header.payload_bounds(data)
        extensions.parse(data)
    except ValueError:
        return
    assert header.HEADER_LENGTH <= start <= end <= len(data)


@given(
    st.integers(0, 127),
    st.integers(0, 65535),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=50),
)
def test_what_is_built_is_read_back(
    payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes
) -> None:
    packet = header.build(0x80, payload_type, sequence, timestamp, ssrc, payload)
    assert header.payload_bounds(packet) == (12, 12 + len(payload))
    assert header.payload_type(packet) == payload_type
    assert (header.sequence(packet), header.timestamp(packet), header.ssrc(packet)) == (sequence, timestamp, ssrc)
    assert packet[1] & 0x80


def test_csrcs_extension_and_padding_are_outside_the_payload() -> None:
    packet = bytes.fromhex("b2e00001000000020000000300000004000000051000000101020300") + b"payload" + bytes((0, 0, 3))
    start, end = header.payload_bounds(packet)
    assert packet[start:end] == b"payload"


def test_a_padding_only_packet_has_an_empty_payload() -> None:
    packet = bytes((0xA0,)) + bytes(11) + bytes(3) + bytes((4,))
    assert header.payload_bounds(packet) == (12, 12)


@pytest.mark.parametrize("padding", [0, 5])
def test_impossible_padding_is_malformed(padding: int) -> None:
    with pytest.raises(ValueError, match=r"padding|header is longer"):
        header.payload_bounds(bytes((0xA0,)) + bytes(11) + bytes(3) + bytes((padding,)))


def test_one_byte_extensions_are_found_past_padding() -> None:
    packet = bytes((0x90,)) + bytes(11) + bytes.fromhex("bede0002" + "1061" + "0000" + "226b6c6d") + b"x"
    assert extensions.parse(packet) == {1: b"a", 2: b"klm"}


def test_two_byte_extensions_may_be_empty() -> None:
    packet = bytes((0x90,)) + bytes(11) + bytes.fromhex("10000002" + "0100" + "14026162" + "0000") + b"x"
    assert extensions.parse(packet) == {1: b"", 20: b"ab"}


def test_a_packet_without_extension_has_none() -> None:
    assert extensions.parse(header.build(0, 96, 1, 2, 3, b"x")) == {}


def test_another_payload_type_keeps_the_marker() -> None:
    packet = header.build(0x80, 0, 1, 2, 3, b"x")
    assert header.with_payload_type(packet, 96) == header.build(0x80, 96, 1, 2, 3, b"x")


def test_rtcp_is_told_by_its_second_byte() -> None:
    assert header.is_rtcp(bytes((0x80, 200)))
    assert not header.is_rtcp(bytes((0x80, 0x80 | 96)))
    assert not header.is_rtcp(b"\x80")
