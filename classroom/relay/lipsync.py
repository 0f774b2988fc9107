"""Which moment a timestamp stands for: sender reports that let a viewer align voice and picture (RFC 3550 6.4.1).

The publisher's reports tie each of its tracks to its own clock. One offset per publication ties that clock to ours;
being shared by its tracks, it cannot move them against each other. Before the first report, arrival stands in for
capture.
"""

from __future__ import annotations

from classroom.rtp import ntp

# A clock that jumped more than this (seconds) was set anew: start over.
_JUMP = 1.0

# Delay only ever adds to the offset, so follow it down at once and up slowly.
_RISE = 0.05


class PublisherClock:
    """`offset`: our time minus the publisher's, transit included."""

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset: float | None = None

    def moment(self, report_ntp: int, now: float) -> float:
        """Our time for a report's NTP time, which arrived `now`."""
        theirs = ntp.to_unix(report_ntp)
        offset = now - theirs
        if self._offset is None or offset < self._offset or offset - self._offset > _JUMP:
            self._offset = offset
        else:
            self._offset += (offset - self._offset) * _RISE
        return theirs + self._offset


class Timeline:
    """Of one canonical stream: a known pair of timestamp and moment."""

    __slots__ = ("_moment", "_timestamp")

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._moment: float | None = None
        self._timestamp = 0

    def set(self, timestamp: int, moment: float) -> None:
        self._timestamp, self._moment = timestamp, moment

    def timestamp(self, now: float, clock_rate: int, last: int, arrived: float) -> int:
        """The timestamp that stands for `now`; `last` and its arrival serve while no report has come."""
        if self._moment is None:
            known, moment = last, arrived
        else:
            known, moment = self._timestamp, self._moment
        return (known + round((now - moment) * clock_rate)) & 0xFFFFFFFF
