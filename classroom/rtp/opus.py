"""Opus packets (RFC 6716 3): how long they last, and one that says nothing."""

from __future__ import annotations

CLOCK = 48000
SILENCE = b"\xf8\xff\xfe"
"""20 ms of nothing: CELT, full band, one frame."""
SILENCE_TICKS = 960
MOST_TICKS = 5760
"""120 ms, the longest packet there is."""
_SILK, _CELT = (480, 960, 1920, 2880), (120, 240, 480, 960)


def ticks(packet: bytes) -> int:
    """How long a packet lasts at 48 kHz (RFC 6716 3.1, 3.2). ValueError for none."""
    if not packet:
        raise ValueError("Opus packet is empty")
    configuration = packet[0] >> 3
    if configuration < 12:
        length = _SILK[configuration & 3]
    elif configuration < 16:
        length = (480, 960)[configuration & 1]
    else:
        length = _CELT[configuration & 3]
    code = packet[0] & 3
    if code == 3 and len(packet) < 2:
        raise ValueError("Opus packet lacks its count of frames")
    count = packet[1] & 0x3F if code == 3 else (1, 2, 2)[code]
    if not 0 < count * length <= MOST_TICKS:
        raise ValueError("Opus packet lasts longer than 120 ms")
    return count * length
