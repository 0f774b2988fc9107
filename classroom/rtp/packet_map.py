"""From a publisher's sequence numbers to those that viewers see, without holes for packets that are left out.

The idea is galene's packetmap: the viewer's number is the publisher's plus an offset that changes at every packet
left out. A late packet from before such a change must still get the number that was kept for it, so the last changes
are remembered as spans: a span begins at a number and holds until the next one begins. The difference of two
neighbours' offsets says how many numbers right before the second were left out; those have no number of their own,
ever.

    publisher   10 11 12 13 14 15        12 and 13 are padding, left out when they came
    viewer      70 71  -  - 72 73        spans: (10, +60), (14, +58)

Only a packet newer than all others can be left out: behind that, its number has been counted already.
"""

from __future__ import annotations

# Changes remembered; a packet later than that many runs of padding is dropped.
MAX_SPANS = 64


class PacketMap:
    """All numbers are unwrapped. `begin` first."""

    __slots__ = ("_newest", "_spans")

    def __init__(self) -> None:
        self._newest = 0
        self._spans: list[tuple[int, int]] = []

    def begin(self, number: int, mapped: int) -> None:
        """From `number` on, starting with `mapped`; everything before is forgotten and maps to None."""
        self._newest = number - 1
        self._spans = [(number, mapped - number)]

    def map(self, number: int) -> int | None:
        """The viewer's number; None for one that was left out or is too old."""
        start, offset = self._spans[-1]
        if number >= start:
            if number > self._newest:
                self._newest = number
            return number + offset
        return self._map_late(number)

    def _map_late(self, number: int) -> int | None:
        following_start, following_offset = self._spans[-1]
        for start, offset in reversed(self._spans[:-1]):
            if number >= start:
                left_out = offset - following_offset
                return number + offset if number < following_start - left_out else None
            following_start, following_offset = start, offset
        return None

    def leave_out(self, number: int) -> bool:
        """True if the numbers after it moved up; False if it is too late for that: the viewer counts on this number."""
        if number <= self._newest:
            return False
        start, offset = self._spans[-1]
        if start == self._newest + 1 == number:
            self._spans[-1] = (number + 1, offset - 1)
        else:
            self._spans.append((number + 1, offset - 1))
            del self._spans[:-MAX_SPANS]
        self._newest = number
        return True
