"""Valid time of places: how a change on a day becomes what was, what is and what will be. Pure; `today` is an argument.

A place is one `State` now. A change that counts from a day in the past or today pushes the present state into the
history; one that counts from a later day waits. What never was so is corrected: a correction leaves no history.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from core.errors import Conflict, NotValid

FURTHEST = timedelta(days=3 * 366)
"""Nobody plans a place further ahead; a later year is a slip of the finger."""
EARLIEST = date(1949, 10, 1)


@dataclass(frozen=True)
class State:
    """What of a place has a time. Frozen values of one period."""

    name_zh: str
    name_en: str
    parent_id: UUID | None
    region_code: str | None
    identification: str | None


@dataclass(frozen=True)
class Period:
    """A state and its days: `since` ≤ day < `until`; None is open."""

    state: State
    since: date | None
    until: date | None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Outcome:
    """`now` is the present state; `past` joins the history; `planned` waits for its day."""

    now: Period
    past: Period | None = None
    planned: Period | None = None


def change(now: Period, wanted: State, on: date, today: date, planned: date | None) -> Outcome:
    """`planned` is the day of a change that waits already. Raises NotValid, Conflict."""
    _check(now, on, today)
    if planned is not None and (on > today or on >= planned):
        zh = f"已有一次变更定在 {planned} 生效，请先撤回它。"
        raise Conflict("change-planned", zh=zh, en=f"A change waits for {planned} already; take it back first.")
    if on > today:
        return Outcome(now, planned=Period(wanted, on, None))
    return Outcome(Period(wanted, on, now.until), past=replace(now, until=on))


def correct(now: Period, wanted: State) -> Outcome:
    return Outcome(replace(now, state=wanted))


def take_effect(now: Period, planned: Period) -> Outcome:
    """The day of a planned change has come."""
    return Outcome(Period(planned.state, planned.since, now.until), past=replace(now, until=planned.since))


def _check(now: Period, on: date, today: date) -> None:
    if now.since is not None and on <= now.since:
        zh = f"现在的情况从 {now.since} 起算，变更要晚于这一天；只是写错了就选“更正”。"
        en = f"The present state counts from {now.since}; change it after that day, or correct it."
        raise NotValid("change-before-present", zh=zh, en=en)
    if not EARLIEST <= on <= today + FURTHEST:
        zh, en = "生效日期太早或太远，请核对年份。", "The day is too early or too far ahead; check the year."
        raise NotValid("change-day", zh=zh, en=en)
