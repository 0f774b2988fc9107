"""The last packets of one stream by their number: a ring bounded by count and by age."""

from __future__ import annotations

from collections.abc import Iterator

# Below every number that a stream reaches, also by going back at its start.
_NOWHERE = -(1 << 62)


class History:
    """`capacity` is a power of two. Numbers are unwrapped; a stored number overwrites the one `capacity` before it."""

    __slots__ = ("_mask", "_max_age", "_numbers", "_packets", "_times", "newest")

    def __init__(self, capacity: int, max_age: float) -> None:
        if capacity & (capacity - 1):
            raise ValueError("capacity must be a power of two")
        self._mask = capacity - 1
        self._max_age = max_age
        self.clear()

    def clear(self) -> None:
        capacity = self._mask + 1
        self._packets: list[bytes] = [b""] * capacity
        self._numbers = [_NOWHERE] * capacity
        self._times = [0.0] * capacity
        self.newest = _NOWHERE

    def store(self, number: int, packet: bytes, now: float) -> bool:
        """False, and nothing stored, for a number that is here already or too old."""
        at = number & self._mask
        if self._numbers[at] >= number or number <= self.newest - self._mask - 1:
            return False
        self._numbers[at] = number
        self._packets[at] = packet
        self._times[at] = now
        if number > self.newest:
            self.newest = number
        return True

    def get(self, number: int, now: float) -> bytes | None:
        at = number & self._mask
        if self._numbers[at] != number or now - self._times[at] > self._max_age:
            return None
        return self._packets[at]

    def time(self, number: int) -> float | None:
        """When the packet was stored; None if it is gone."""
        at = number & self._mask
        return self._times[at] if self._numbers[at] == number else None

    def since(self, first: int) -> Iterator[tuple[int, bytes]]:
        """The packets that are here from `first` to the newest, each after its number, in order."""
        for number in range(max(first, self.newest - self._mask), self.newest + 1):
            at = number & self._mask
            if self._numbers[at] == number:
                yield number, self._packets[at]
