"""NTP time in sender reports (RFC 3550 4): 64 bits, seconds since 1900 and their fraction."""

from __future__ import annotations

_UNIX_EPOCH = 2_208_988_800  # 1970-01-01 in NTP seconds


def from_unix(seconds: float) -> int:
    """64-bit NTP time of Unix time."""
    return int((seconds + _UNIX_EPOCH) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def to_unix(ntp: int) -> float:
    return ntp / 4294967296 - _UNIX_EPOCH


def middle(ntp: int) -> int:
    """The middle 32 bits, in units of 1/65536 s, as LSR carries them."""
    return (ntp >> 16) & 0xFFFFFFFF


def round_trip(now: float, last_sender_report: int, delay: int) -> float | None:
    """Seconds from a report block (RFC 3550 6.4.1); None before the reporter has seen a sender report, or for
    nonsense."""
    if last_sender_report == 0:
        return None
    units = (middle(from_unix(now)) - last_sender_report - delay) & 0xFFFFFFFF
    return units / 65536 if units < 60 * 65536 else None
