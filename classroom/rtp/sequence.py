"""Arithmetic on numbers that wrap around: sequence numbers (16 bits) and timestamps (32 bits)."""

from __future__ import annotations


def signed_distance(later: int, earlier: int, bits: int) -> int:
    """`later - earlier` modulo 2**bits, as the nearest signed number."""
    half = 1 << (bits - 1)
    return ((later - earlier + half) & ((1 << bits) - 1)) - half


def nearest(wrapped: int, reference: int) -> int:
    """The unwrapped number that ends in the 16 bits `wrapped` and is nearest to `reference`."""
    return reference + ((wrapped - reference + 0x8000) & 0xFFFF) - 0x8000


class Unwrapper:
    """Sequence numbers without wrap-around; may go back by reordering. `newest` is the highest so far."""

    __slots__ = ("newest",)

    def __init__(self, first: int) -> None:
        self.newest = first

    def unwrap(self, sequence: int) -> int:
        """Nearest to the newest; does not move `newest`: the caller decides whether to trust the number."""
        return nearest(sequence, self.newest)
