"""A token bucket: bounded work per second, with a bounded burst."""

from __future__ import annotations


class Budget:
    """`rate` tokens a second, at most `burst` saved up; it starts full."""

    __slots__ = ("_burst", "_rate", "_then", "_tokens")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = self._tokens = burst
        self._then: float | None = None

    def take(self, tokens: int, now: float) -> bool:
        """True, and the tokens are spent, if there are that many."""
        if self._then is not None:
            self._tokens = min(self._burst, self._tokens + (now - self._then) * self._rate)
        self._then = now
        if tokens > self._tokens:
            return False
        self._tokens -= tokens
        return True
