"""The VP8 payload descriptor (RFC 7741 4.2): key frames found, picture_id and tl0picidx renumbered."""

from __future__ import annotations

from typing import NamedTuple


class Descriptor(NamedTuple):
    """`picture_id` and `tl0picidx` are -1 where absent; `picture_id_at`, `tl0picidx_at` are offsets into the buffer
    parsed; `wide`: the picture_id has 15 bits, not 7; `start` marks the first packet of a frame, `key` that of a key
    frame."""

    start: bool
    key: bool
    picture_id: int
    wide: bool
    picture_id_at: int
    tl0picidx: int
    tl0picidx_at: int


def parse(packet: bytes, at: int, end: int) -> Descriptor:
    """The descriptor that begins at `at` in a buffer whose payload ends at `end`."""
    if at >= end:
        raise ValueError("VP8 payload is empty")
    first = packet[at]
    begins = first & 0x17 == 0x10  # S set, partition index 0
    picture_id, wide, picture_id_at, tl0picidx, tl0picidx_at = -1, False, 0, -1, 0
    if first & 0x80:
        at += 1
        flags = _byte(packet, at, end)
        if flags & 0x80:
            at += 1
            picture_id_at, picture_id = at, _byte(packet, at, end)
            if picture_id & 0x80:
                at, wide = at + 1, True
                picture_id = (picture_id & 0x7F) << 8 | _byte(packet, at, end)
        if flags & 0x40:
            at += 1
            tl0picidx_at, tl0picidx = at, _byte(packet, at, end)
        if flags & 0x30:
            at += 1
    if at + 1 >= end:
        raise ValueError("VP8 payload ends with its descriptor")
    key = begins and not packet[at + 1] & 1  # inverse key frame flag (RFC 7741 4.3)
    return Descriptor(begins, key, picture_id, wide, picture_id_at, tl0picidx, tl0picidx_at)


def _byte(packet: bytes, at: int, end: int) -> int:
    if at >= end:
        raise ValueError("VP8 descriptor is truncated")
    return packet[at]


def renumber(payload: bytearray, descriptor: Descriptor, at: int, picture_id: int, tl0picidx: int) -> None:
    """Write both numbers into a payload that began at `at` in the buffer parsed; each is cut to the bits that it has
    there, and left out where the descriptor lacks it."""
    if descriptor.picture_id >= 0:
        where = descriptor.picture_id_at - at
        if descriptor.wide:
            payload[where] = 0x80 | picture_id >> 8 & 0x7F
            payload[where + 1] = picture_id & 0xFF
        else:
            payload[where] = picture_id & 0x7F
    if descriptor.tl0picidx >= 0:
        payload[descriptor.tl0picidx_at - at] = tl0picidx & 0xFF
