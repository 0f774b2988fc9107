"""The rules of a lesson, as plain functions. `now` and every time are float seconds since the epoch.

upcoming ──(start pressed, or starts_at)──▶ live ──(end, shutdown, or ends_at + overrun)──▶ ended
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["upcoming", "live", "ended"]
RoomKind = Literal["sending", "interactive", "listening"]

OVERRUN = 15 * 60.0
"""Seconds that a lesson may run over before it counts as ended."""
OPENS_BEFORE = 10 * 60.0
"""Seconds before the start from which rooms and teachers may come in."""
MOST_INTERACTIVE = 3
"""One main and up to three interactive classrooms is the norm of 三个课堂; listening rooms are not limited."""
SHORTEST, LONGEST = 5 * 60.0, 4 * 3600.0
REHEARSAL = 2 * 3600.0
"""How long a rehearsal's ticket is good."""


@dataclass(frozen=True)
class Times:
    starts_at: float
    ends_at: float
    started_at: float | None = None
    ended_at: float | None = None
    shutdown_at: float | None = None
    overrun: float = OVERRUN

    @property
    def over_at(self) -> float:
        """The moment from which the lesson is ended: what was pressed first, or the end of the overrun."""
        pressed = [at for at in (self.ended_at, self.shutdown_at) if at is not None]
        return min([*pressed, self.ends_at + self.overrun])

    @property
    def opens_at(self) -> float:
        return self.starts_at - OPENS_BEFORE


def lesson_state(times: Times, now: float) -> State:
    if times.ended_at is not None or times.shutdown_at is not None or now >= times.ends_at + times.overrun:
        return "ended"
    if times.started_at is not None or now >= times.starts_at:
        return "live"
    return "upcoming"


def is_open(times: Times, now: float) -> bool:
    """May someone come in: from ten minutes before the start, or from an early start, until it is ended."""
    if lesson_state(times, now) == "ended":
        return False
    return times.started_at is not None or now >= times.opens_at


def overlap(first: tuple[float, float], second: tuple[float, float]) -> bool:
    """Do two windows share a moment? Ends are not part of a window: back to back is no clash. An empty window
    overlaps nothing, as in PostgreSQL's ranges, which hold the same rule in the database."""
    return max(first[0], second[0]) < min(first[1], second[1])


def window(times: Times) -> tuple[float, float]:
    """The time in which the lesson keeps its rooms and teacher from others, in seconds."""
    begin = times.starts_at if times.started_at is None else min(times.starts_at, times.started_at)
    end = min(times.ends_at, times.over_at)
    return begin, max(begin, end)


def length_is_sound(starts_at: float, ends_at: float) -> bool:
    return SHORTEST <= ends_at - starts_at <= LONGEST


def too_many_interactive(kinds: Iterable[RoomKind]) -> bool:
    return sum(kind == "interactive" for kind in kinds) > MOST_INTERACTIVE


@dataclass(frozen=True)
class Sender:
    """A school as the model-school rule sees it."""

    county: str | None
    model_from: date | None
    model_to: date | None


def is_model_school(model_from: date | None, model_to: date | None, day: date) -> bool:
    return model_from is not None and model_from <= day and (model_to is None or day < model_to)


def needs_model_school(sender: Sender, counties: Sequence[str | None], day: date) -> bool:
    """Only a designated school may broadcast beyond its own county (demonstration points of the prefecture)."""
    beyond = any(county is None or county != sender.county for county in counties)
    return beyond and not is_model_school(sender.model_from, sender.model_to, day)
