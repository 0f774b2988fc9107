"""What is missing of an incoming stream, and when to ask for it: every number is accepted once, asked for a few
times."""

from __future__ import annotations

# A packet that is this late, or that two later ones have overtaken, is asked for; networks reorder less (as in galene).
PATIENCE = 0.01
OVERTAKEN = 2

# Retries wait for the round trip, a little longer each time, never less than this.
MIN_RETRY = 0.02
RETRY_FACTOR = 1.25
MAX_TRIES = 8

# After this a repair is useless to a live viewer: give up (seconds). A long way gets as many round trips as it takes to
# ask twice, up to twice the time.
MAX_AGE = 1.0
AGE_ROUND_TRIPS = 2.5
MOST_AGE = 2.0
MAX_MISSING = 512

_FIRST_ROUND_TRIP = 0.1


class Missing:
    __slots__ = ("asked", "since", "tries")

    def __init__(self, now: float) -> None:
        self.since = now
        self.asked = 0.0
        self.tries = 0


class GapTracker:
    """`round_trip` (seconds) is learnt from repairs that came after exactly one request (Karn). `given_up` counts."""

    __slots__ = ("_missing", "given_up", "newest", "repaired", "round_trip")

    def __init__(self, first: int) -> None:
        self.newest = first - 1
        self.round_trip = _FIRST_ROUND_TRIP
        self.given_up = 0
        self.repaired = 0
        self._missing: dict[int, Missing] = {}

    def arrived(self, number: int, now: float) -> bool:
        """True if this number is new; False for a duplicate, or one that was given up."""
        if number > self.newest:
            if number > self.newest + 1:
                self._open(number, now)
            self.newest = number
            return True
        missing = self._missing.pop(number, None)
        if missing is None:
            return False
        if missing.tries:
            self.repaired += 1
            self._learn(missing, now)
        return True

    def is_missing(self, number: int) -> bool:
        return number in self._missing

    def due(self, now: float) -> list[int]:
        """Numbers to ask for now, in order; each is noted as asked. Numbers past their age or tries are given up."""
        if not self._missing:
            return []
        retry = max(MIN_RETRY, self.round_trip * RETRY_FACTOR)
        age = min(max(MAX_AGE, self.round_trip * AGE_ROUND_TRIPS), MOST_AGE)
        asked: list[int] = []
        lost: list[int] = []
        for number, missing in self._missing.items():
            if now - missing.since > age or (missing.tries >= MAX_TRIES and now - missing.asked > retry):
                lost.append(number)
            elif self._is_due(number, missing, now, retry):
                missing.asked, missing.tries = now, missing.tries + 1
                asked.append(number)
        for number in lost:
            self._give_up(number)
        return sorted(asked)

    def _is_due(self, number: int, missing: Missing, now: float, retry: float) -> bool:
        if missing.tries == 0:
            return self.newest - number >= OVERTAKEN or now - missing.since >= PATIENCE
        return missing.tries < MAX_TRIES and now - missing.asked >= retry * (1 + 0.25 * (missing.tries - 1))

    def _open(self, number: int, now: float) -> None:
        first = max(self.newest + 1, number - MAX_MISSING)
        self.given_up += first - self.newest - 1
        for hole in range(first, number):
            self._missing[hole] = Missing(now)
        while len(self._missing) > MAX_MISSING:
            self._give_up(next(iter(self._missing)))

    def _give_up(self, number: int) -> None:
        del self._missing[number]
        self.given_up += 1

    def _learn(self, missing: Missing, now: float) -> None:
        if missing.tries == 1:
            self.round_trip += (now - missing.asked - self.round_trip) / 4
