"""Redundant audio: the packet's own sound is found whatever stands before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp import header, red

blocks = st.lists(st.binary(max_size=200), max_size=3)


def in_red(repeated: list[bytes], own: bytes) -> bytes:
    heads = b"".join(bytes((0x80 | 111, 0, len(old) >> 8, len(old) & 0xFF)) for old in repeated)
    return header.build(0x80, 63, 7, 960, 1, heads + bytes((111,)) + b"".join(repeated) + own)


@given(blocks, st.binary(max_size=200))
def test_what_is_repeated_is_left_out(repeated: list[bytes], own: bytes) -> None:
    assert red.primary(in_red(repeated, own)) == header.build(0x80, 63, 7, 960, 1, own)


@given(blocks, st.binary(max_size=50), st.integers(0, 700))
def test_a_cut_packet_is_malformed_or_shorter_and_nothing_else(repeated: list[bytes], own: bytes, cut: int) -> None:
    packet = in_red(repeated, own)[: header.HEADER_LENGTH + cut]
    try:
        assert len(red.primary(packet)) <= len(packet)
    except ValueError:
        return


def test_a_block_that_is_longer_than_the_packet_is_malformed() -> None:
    with pytest.raises(ValueError, match="longer"):
        red.primary(in_red([b"x" * 100], b"")[:40])
    with pytest.raises(ValueError, match="truncated"):
        red.primary(header.build(0, 63, 1, 1, 1, b""))
