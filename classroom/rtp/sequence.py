"""Arithmetic on numbers that wrap around: sequence numbers (16 bits) and timestamps (32 bits)."""

from __future__ import annotations


def signed_distance(later: int, earlier: int, bits: int) -> int:
    """`later - earlier` modulo 2**bits, as the nearest signed number."""
    half = 1 << (bits - 1)
    return ((later - earlier + half) & ((1 << bits) - 1)) - half


def nearest(wrapped: int, reference: int) -> int:
    """The unwrapped number that ends in the 16 bits `wrapped` and is nearest to `reference`."""
    return reference + ((wrapped - reference + 0x8000) & 0xFFFF) - 0x8000
