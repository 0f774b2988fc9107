"""Sessions that ended by themselves a moment ago, so that their DELETE is answered as if it had come in time.

A page closes its connection and sends DELETE; the connection's good-bye may well be here first.
"""

from collections.abc import Hashable

KEPT = 60.0
MOST = 4096


class Departed:
    """At most MOST sessions for KEPT seconds each, the oldest forgotten first. `owner` says whose DELETE is meant."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[Hashable, float]] = {}

    def __contains__(self, identity: str) -> bool:
        return identity in self._left

    def __len__(self) -> int:
        return len(self._left)

    def add(self, identity: str, owner: Hashable, now: float) -> None:
        self._left[identity] = owner, now + KEPT
        self._drop_old(now)

    def take(self, identity: str, owner: Hashable, now: float) -> bool:
        """Whether this owner's session ended lately; true once for each."""
        self._drop_old(now)
        if identity not in self._left or self._left[identity][0] != owner:
            return False
        del self._left[identity]
        return True

    def _drop_old(self, now: float) -> None:
        while self._left:
            oldest = next(iter(self._left))
            if len(self._left) <= MOST and now < self._left[oldest][1]:
                return
            del self._left[oldest]
