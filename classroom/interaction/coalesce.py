"""What a reporter still has to write down: the newest wish per fact, nothing twice, at most so many. Pure; `now` in
seconds.

A fact waits in two queues' worth of urgency: urgent ones leave at the next flush, the others only when `pace` seconds
have passed since the same fact
last left. A fact equal to what was last written leaves not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any] | None
Name = tuple[str, str, str]
"""(lesson, type, key)"""


@dataclass
class Wish:
    """What a fact should say, what it was last told to say, and when."""

    body: Body
    written: Body = None
    ever_written: bool = False
    written_at: float = float("-inf")
    urgent: bool = False
    dirty: bool = False
    last: bool = False


class Wishes:
    """`limit` bounds the facts held; beyond it new facts are refused and counted in `refused`, known ones still
    change.
    """

    def __init__(self, pace: float = 2.0, limit: int = 8192):
        self.refused = 0
        self._pace = pace
        self._limit = limit
        self._wishes: dict[Name, Wish] = {}

    def __len__(self) -> int:
        return len(self._wishes)

    def put(self, name: Name, body: Body, urgent: bool, last: bool = False) -> None:
        """Wish that fact `name` says `body`; None: that it is gone. `last`: nothing follows, so it is forgotten once
        written.
        """
        wish = self._wishes.get(name)
        if wish is None:
            if body is None:
                return
            if len(self._wishes) >= self._limit:
                self.refused += 1
                return
            wish = self._wishes[name] = Wish(body)
        wish.body, wish.last = body, last or body is None
        wish.dirty = body != wish.written or not wish.ever_written
        wish.urgent = wish.dirty and (wish.urgent or urgent or not wish.ever_written or body is None)

    def due(self, now: float, most: int = 256) -> list[tuple[Name, Body]]:
        """Up to `most` facts to write now. Call `written` for each that has been."""
        ready = (
            (name, wish.body)
            for name, wish in self._wishes.items()
            if wish.dirty and (wish.urgent or now - wish.written_at >= self._pace)
        )
        return [pair for pair, _ in zip(ready, range(most), strict=False)]

    def written(self, name: Name, body: Body, now: float) -> None:
        """`body` has been written; a wish that changed meanwhile stays dirty."""
        wish = self._wishes[name]
        wish.written, wish.ever_written, wish.written_at = body, True, now
        wish.dirty = wish.body != body
        wish.urgent = wish.urgent and wish.dirty
        if wish.last and not wish.dirty:
            del self._wishes[name]

    def again(self) -> None:
        """Everything has been forgotten out there: write all of it once more."""
        for wish in self._wishes.values():
            wish.ever_written, wish.dirty, wish.urgent = False, True, True

    def names(self, lesson: str) -> set[tuple[str, str]]:
        """The (type, key) of all facts held for one lesson."""
        return {(kind, key) for held, kind, key in self._wishes if held == lesson}

    def lessons(self) -> set[str]:
        return {lesson for lesson, _, _ in self._wishes}
