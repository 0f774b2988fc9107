"""Retransmission payloads (RFC 4588 4): the original sequence number, then the original payload."""

from __future__ import annotations

from classroom.rtp import header


def unwrap(packet: bytes, payload_type: int, ssrc: int) -> bytes:
    """The original packet, as it would have come on `ssrc` under `payload_type`, without extensions and padding.
    ValueError if malformed or empty (bandwidth probes are padding only)."""
    start, end = header.payload_bounds(packet)
    if end - start < 2:
        raise ValueError("RTX packet without an original")
    original = packet[start] << 8 | packet[start + 1]
    marker = packet[1] & 0x80
    return header.build(marker, payload_type, original, header.timestamp(packet), ssrc, packet[start + 2 : end])


def wrap(packet: bytes, payload_type: int, sequence: int, ssrc: int) -> bytes:
    """Wrap a packet without extensions and padding for sending on the retransmission stream."""
    payload = packet[2:4] + packet[header.HEADER_LENGTH :]
    return header.build(packet[1] & 0x80, payload_type, sequence, header.timestamp(packet), ssrc, payload)
