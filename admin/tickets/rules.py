"""一级抓一级 (A15): a fault goes from the school to the township, the county and the prefecture, one tier each time
that nobody has taken it in time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from admin.working_days import Calendar
from core.errors import Conflict, Problem

Kind = Literal["no-sound", "no-picture", "line", "device", "other"]
State = Literal["open", "taken", "closed"]
IN_CLASS = timedelta(minutes=10)
"""For each tier while a lesson goes on: minutes of the clock, also on a Sunday."""
OUT_OF_CLASS = timedelta(hours=4)
"""For each tier otherwise: working time by the bureau's calendar, for at night nobody could take it."""
KINDS: dict[str, tuple[str, str]] = {
    "no-sound": ("没有声音", "no sound"),
    "no-picture": ("没有画面", "no picture"),
    "line": ("线路断了或很差", "line lost or poor"),
    "device": ("设备故障", "device out of order"),
    "other": ("其他", "something else"),
}
TIER_NAMES: dict[str, tuple[str, str]] = {
    "teaching_point": ("教学点", "teaching point"),
    "school": ("学校", "school"),
    "township": ("乡镇", "township"),
    "county": ("县里", "county"),
    "prefecture": ("州里", "prefecture"),
    "province": ("省里", "province"),
}


@dataclass(frozen=True)
class Holder:
    """A place that answers for the school: itself or one above it, where somebody can take tickets."""

    id: UUID
    tier: str


def first(holders: Sequence[Holder]) -> Holder:
    """`holders` from the school upwards; never empty."""
    return holders[0]


def above(holders: Sequence[Holder], reached: UUID) -> Holder | None:
    """The next holder above the one that has it; None at the top."""
    ids = [holder.id for holder in holders]
    place = ids.index(reached) if reached in ids else -1
    return holders[place + 1] if place + 1 < len(holders) else None


def due(holders: Sequence[Holder], at: Holder, in_class: bool, now: datetime, days: Calendar) -> datetime | None:
    """By when it must be taken; at the top nobody is left to hand it to."""
    if above(holders, at.id) is None:
        return None
    return now + IN_CLASS if in_class else days.later(now, OUT_OF_CLASS)


def take_refused(state: str) -> Problem | None:
    if state == "open":
        return None
    zh, en = "已有人接手或已处理。", "Somebody has taken it already, or it is closed."
    return Conflict("ticket-not-open", zh=zh, en=en, state=state)


def close_refused(state: str, taken_by: UUID | None, who: UUID) -> Problem | None:
    if state == "taken" and taken_by == who:
        return None
    zh, en = "先接手，再由接手人写明处理结果。", "Take it first; whoever took it writes what was done."
    return Conflict("ticket-not-yours", zh=zh, en=en, state=state)
