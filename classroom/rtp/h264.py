"""H264 payloads (RFC 6184): which packets begin something that a decoder can start from."""

from __future__ import annotations

IDR, SPS, PPS = 5, 7, 8
_STAP_A, _FU_A = 24, 28


def starts(packet: bytes, at: int, end: int) -> frozenset[int]:
    """Of IDR, SPS and PPS, those whose NAL unit begins in this packet: a single NAL, inside a STAP-A, or a first
    FU-A."""
    if at >= end:
        raise ValueError("H264 payload is empty")
    kind = packet[at] & 0x1F
    if kind == _STAP_A:
        return _aggregated(packet, at + 1, end)
    if kind == _FU_A:
        return _fragment(packet, at, end)
    return _SINGLE.get(kind, _NOTHING)


_NOTHING: frozenset[int] = frozenset()
_SINGLE = {kind: frozenset({kind}) for kind in (IDR, SPS, PPS)}


def _fragment(packet: bytes, at: int, end: int) -> frozenset[int]:
    if at + 1 >= end:
        raise ValueError("H264 FU-A is truncated")
    begins = packet[at + 1] & 0x80
    return _SINGLE.get(packet[at + 1] & 0x1F, _NOTHING) if begins else _NOTHING


def _aggregated(packet: bytes, at: int, end: int) -> frozenset[int]:
    found = set()
    while at < end:
        if at + 3 > end:
            raise ValueError("H264 STAP-A is truncated")
        size = packet[at] << 8 | packet[at + 1]
        if size == 0 or at + 2 + size > end:
            raise ValueError("H264 STAP-A is truncated")
        found.add(packet[at + 2] & 0x1F)
        at += 2 + size
    return frozenset(found & {IDR, SPS, PPS})
