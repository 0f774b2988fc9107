"""Redundant audio (RFC 2198): each packet carries the packets before it once more."""

from __future__ import annotations

from classroom.rtp import header


def primary(packet: bytes) -> bytes:
    """The same packet with its own sound only, without what it repeats; the payload type stays to be set. The packet
    has neither extensions nor padding. ValueError if malformed."""
    at, repeated = header.HEADER_LENGTH, 0
    while _byte(packet, at) & 0x80:
        repeated += (_byte(packet, at + 2) & 0x03) << 8 | _byte(packet, at + 3)
        at += 4
    start = at + 1 + repeated
    if start > len(packet):
        raise ValueError("RED block is longer than the packet")
    return packet[: header.HEADER_LENGTH] + packet[start:]


def _byte(packet: bytes, at: int) -> int:
    if at >= len(packet):
        raise ValueError("RED header is truncated")
    return packet[at]
