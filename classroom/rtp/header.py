"""The fixed RTP header (RFC 3550 5.1), read and written on plain bytes: the hot path makes no object per packet."""

from __future__ import annotations

import struct

HEADER_LENGTH = 12

# pylibsrtp's Session.protect takes 1356 bytes at most, and an RTX wrapping (RFC 4588) adds two.
MAX_PACKET = 1354

_HEADER = struct.Struct("!BBHII")
_WORD = struct.Struct("!I")


def is_rtcp(packet: bytes) -> bool:
    """Tell RTCP from RTP on one port by the second byte (RFC 5761 4)."""
    return len(packet) > 1 and 192 <= packet[1] <= 223


def payload_bounds(packet: bytes) -> tuple[int, int]:
    """Start and end of the payload, without CSRCs, header extension and padding; equal for a padding-only packet.
    ValueError if the packet is malformed."""
    size = len(packet)
    if size < HEADER_LENGTH:
        raise ValueError("RTP packet shorter than its header")
    first = packet[0]
    if first & 0xC0 != 0x80:
        raise ValueError("RTP version is not 2")
    start = HEADER_LENGTH + 4 * (first & 0x0F)
    if first & 0x10:
        if size < start + 4:
            raise ValueError("RTP header extension is truncated")
        start += 4 + 4 * (packet[start + 2] << 8 | packet[start + 3])
    end = size - _padding(packet, size) if first & 0x20 else size
    if start > end:
        raise ValueError("RTP header is longer than the packet")
    return start, end


def _padding(packet: bytes, size: int) -> int:
    count = packet[size - 1]
    if count == 0:
        raise ValueError("RTP padding of zero bytes")
    return count


def sequence(packet: bytes) -> int:
    return packet[2] << 8 | packet[3]


def timestamp(packet: bytes) -> int:
    return int(_WORD.unpack_from(packet, 4)[0])


def ssrc(packet: bytes) -> int:
    return int(_WORD.unpack_from(packet, 8)[0])


def payload_type(packet: bytes) -> int:
    return packet[1] & 0x7F


def build(marker: int, payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> bytes:
    """A packet without CSRCs, extension and padding. `marker` is 0 or 0x80, where it stands in the second byte."""
    return _HEADER.pack(0x80, marker | payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def with_payload_type(packet: bytes, payload_type: int) -> bytes:
    """The same packet under another payload type, marker kept."""
    return packet[:1] + bytes((packet[1] & 0x80 | payload_type,)) + packet[2:]
