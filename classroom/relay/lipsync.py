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


class Tie:
    """`offset`: our time minus the publisher's, transit included. It becomes better with each report, for all tracks at
    once."""

    __slots__ = ("offset",)

    def __init__(self, offset: float) -> None:
        self.offset = offset


class Moment:
    """A moment on the publisher's clock."""

    __slots__ = ("_theirs", "_tie")

    def __init__(self, theirs: float, tie: Tie) -> None:
        self._theirs, self._tie = theirs, tie

    @property
    def ours(self) -> float:
        return self._theirs + self._tie.offset


class PublisherClock:
    """Of one publication. A clock that was set anew gets a new tie, so that older moments stay where they were."""

    __slots__ = ("_tie",)

    def __init__(self) -> None:
        self._tie: Tie | None = None

    def moment(self, report_ntp: int, now: float) -> Moment:
        """Of a report's NTP time, which arrived `now`."""
        theirs = ntp.to_unix(report_ntp)
        offset = now - theirs
        if self._tie is None or abs(offset - self._tie.offset) > _JUMP:
            self._tie = Tie(offset)
        elif offset < self._tie.offset:
            self._tie.offset = offset
        else:
            self._tie.offset += (offset - self._tie.offset) * _RISE
        return Moment(theirs, self._tie)


class Timeline:
    """Of one canonical stream: a known pair of timestamp and moment."""

    __slots__ = ("_moment", "_timestamp")

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._moment: Moment | None = None
        self._timestamp = 0

    def set(self, timestamp: int, moment: Moment) -> None:
        self._timestamp, self._moment = timestamp, moment

    def timestamp(self, now: float, clock_rate: int, last: int, arrived: float) -> int:
        """The timestamp that stands for `now`; `last` and its arrival serve while no report has come."""
        if self._moment is None:
            known, moment = last, arrived
        else:
            known, moment = self._timestamp, self._moment.ours
        return (known + round((now - moment) * clock_rate)) & 0xFFFFFFFF
