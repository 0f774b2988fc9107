"""What a relay has to pull, from who watches what. Pure; `now` in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.tickets import Ticket

LINGER = 5.0
"""Seconds that a leg outlives its last viewer: who comes back finds the picture."""
ALONE = 2.0
"""Seconds that a relay which publishers should send to waits for them before it looks above."""


@dataclass(frozen=True)
class Need:
    """`lesson` is the relay's own name of it, the stage included; `layer` is "voice" or a picture's. Without a slot: to
    know what the lesson offers above."""

    lesson: str
    slot: str = ""
    layer: str = ""


@dataclass(frozen=True)
class Want:
    """Why: somebody's ticket, and whether the lesson can come from above only."""

    ticket: Ticket
    from_above: bool


@dataclass(frozen=True)
class Changes:
    open: tuple[tuple[Need, Ticket], ...]
    drop: tuple[Need, ...]


class Demand:
    def __init__(self) -> None:
        self._held: dict[Need, float] = {}
        """When each was wanted last."""
        self._since: dict[Need, float] = {}

    def __contains__(self, need: Need) -> bool:
        return need in self._held

    def look(self, wanted: Mapping[Need, Want], published: Mapping[Need, bool], now: float) -> Changes:
        """`published`: the needs that somebody satisfies here by publishing. Call a few times a second."""
        self._since = {need: self._since.get(need, now) for need in wanted}
        due = {need: want for need, want in wanted.items() if not published.get(need) and self._is_due(need, want, now)}
        new = tuple((need, want.ticket) for need, want in due.items() if need not in self._held)
        self._held.update(dict.fromkeys(due, now))
        drop = tuple(need for need, at in self._held.items() if now - at >= LINGER or published.get(need))
        for need in drop:
            del self._held[need]
        return Changes(new, drop)

    def _is_due(self, need: Need, want: Want, now: float) -> bool:
        return want.from_above or need in self._held or now - self._since[need] >= ALONE

    def forget(self, need: Need) -> None:
        """It was stopped for another reason, and begins anew when it is wanted again."""
        self._held.pop(need, None)
