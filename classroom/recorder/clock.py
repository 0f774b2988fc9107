"""From RTP timestamps to moments. Sender reports tie a track to the clock that all tracks share; between two of them
the track's own clock counts, and what it has drifted is taken back a little at a time."""

from __future__ import annotations

from classroom.rtp.sequence import signed_distance

SLEW = 0.005
"""Seconds that a report moves the line at most: five in a thousand, while crystals differ by a tenth of one."""
SHARE = 0.1
"""Of a difference, so that one late report moves little."""
JUMP = 0.5
"""Seconds; a line that is off by more was never right."""
ASTRAY = 2.0
"""Seconds by which media may run ahead of its arrival, or behind it, before arrival is believed."""


class MediaClock:
    """Of one track. Moments are seconds of our clock."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._newest: int | None = None
        self._offset: float | None = None
        self.reported = False
        self._last: tuple[float, float] | None = None

    def restart(self) -> None:
        """Another source begins; the next report starts its line anew."""
        self._newest = self._offset = None
        self.reported = False

    def report(self, moment: float, timestamp: int) -> None:
        target = moment - self._unwrap(timestamp) / self._rate
        if not self.reported or self._offset is None or abs(target - self._offset) > JUMP:
            self._offset = target
        else:
            self._offset += max(-SLEW, min(SLEW, SHARE * (target - self._offset)))
        self.reported = True

    def moment(self, timestamp: int, now: float) -> float:
        """When what bears this timestamp happened; it arrived `now`."""
        own = self._unwrap(timestamp) / self._rate
        if self._offset is None:
            self._offset = now - own
        at = own + self._offset
        if self._last is not None:
            expected = self._last[0] + now - self._last[1]
            if abs(at - expected) > ASTRAY:
                self._offset += expected - at
                at = expected
        self._last = at, now
        return at

    def _unwrap(self, timestamp: int) -> int:
        if self._newest is None:
            self._newest = timestamp
        number = self._newest + signed_distance(timestamp, self._newest & 0xFFFFFFFF, 32)
        self._newest = max(self._newest, number)
        return number
