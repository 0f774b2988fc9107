"""Reception statistics for receiver reports (RFC 3550 6.4.1, A.3, A.8)."""

from __future__ import annotations

from classroom.rtp import ntp
from classroom.rtp.reports import ReportBlock
from classroom.rtp.sequence import signed_distance


class Reception:
    """Of one source. Feed it every packet that came on the source's own SSRC, repeated ones included; not those
    unwrapped from RTX, which have numbers of their own."""

    __slots__ = (
        "_clock_rate",
        "_expected_before",
        "_first",
        "_highest",
        "_jitter",
        "_last_arrival",
        "_last_timestamp",
        "_received",
        "_received_before",
        "_report_at",
        "_report_middle",
    )

    def __init__(self, clock_rate: int, first: int) -> None:
        self._clock_rate = clock_rate
        self._first = self._highest = first
        self._received = self._received_before = self._expected_before = 0
        self._jitter = 0.0
        self._last_arrival = 0.0
        self._last_timestamp = 0
        self._report_at = 0.0
        self._report_middle = 0

    def add(self, number: int, timestamp: int, now: float) -> None:
        """`number` is unwrapped, `timestamp` in clock units, `now` in seconds."""
        if self._received and timestamp != self._last_timestamp:
            distance = signed_distance(timestamp, self._last_timestamp, 32)
            deviation = abs((now - self._last_arrival) * self._clock_rate - distance)
            self._jitter += (deviation - self._jitter) / 16
        self._last_arrival, self._last_timestamp = now, timestamp
        self._received += 1
        if number > self._highest:
            self._highest = number

    def on_sender_report(self, report_ntp: int, now: float) -> None:
        self._report_middle = ntp.middle(report_ntp)
        self._report_at = now

    def block(self, ssrc: int, now: float) -> ReportBlock:
        """The report block since the last one."""
        expected = self._highest - self._first + 1
        interval = expected - self._expected_before
        lost = interval - (self._received - self._received_before)
        self._expected_before, self._received_before = expected, self._received
        fraction = min(255, (lost << 8) // interval) if interval > 0 and lost > 0 else 0
        delay = int((now - self._report_at) * 65536) & 0xFFFFFFFF if self._report_middle else 0
        jitter = min(int(self._jitter), 0xFFFFFFFF)
        highest = self._highest & 0xFFFFFFFF
        return ReportBlock(ssrc, fraction, expected - self._received, highest, jitter, self._report_middle, delay)
