"""A school's day on the wall clock: its periods, what the rules forbid in them, the slots that several schools share.

Schools of one lesson ring different bells, so a delivery slot is no period number but an interval of the clock that
lies inside a period of every school taking part. Minutes are counted from midnight, Asia/Shanghai.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Stage = Literal["primary", "lower_secondary"]
LESSON_MINUTES: Mapping[Stage, int] = {"primary": 40, "lower_secondary": 45}
"""义务教育课程方案 (2022); a school may cut lessons anew inside the weekly total."""
EARLIEST: Mapping[Stage, int] = {"primary": 8 * 60 + 20, "lower_secondary": 8 * 60}
"""教育部 2021, 睡眠管理: primary lessons begin no earlier than 8:20, secondary ones than 8:00."""
SHORTEST, MOST_PERIODS = 10, 16


@dataclass(frozen=True, order=True)
class Interval:
    """`starts` ≤ minute < `ends`."""

    starts: int
    ends: int

    @property
    def minutes(self) -> int:
        return self.ends - self.starts

    def meets(self, other: "Interval") -> bool:
        return self.starts < other.ends and other.starts < self.ends

    def within(self, other: "Interval") -> bool:
        return other.starts <= self.starts and self.ends <= other.ends

    def __str__(self) -> str:
        return f"{clock(self.starts)}–{clock(self.ends)}"


@dataclass(frozen=True)
class Bells:
    """The periods of one school in one season, in the order of their numbers: period n is `periods[n - 1]`."""

    stage: Stage
    periods: tuple[Interval, ...]

    def number_at(self, slot: Interval) -> int | None:
        """The local number of the period that holds the slot."""
        return next((number for number, period in enumerate(self.periods, 1) if slot.within(period)), None)


@dataclass(frozen=True)
class Fault:
    """What a row of a bell schedule breaks. `period` counts from 1; 0 is the schedule as a whole."""

    period: int
    code: str
    zh: str
    en: str


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read_clock(text: str) -> int:
    """Minutes from midnight of "8:05", "08:05" or, as typed in China, "8：05". Raises ValueError."""
    hours, mark, minutes = text.strip().replace("：", ":").partition(":")
    if not (mark and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise ValueError("时间写成 8:20 这样 / write a time as 8:20")
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found >= 24 * 60:
        raise ValueError("一天没有这个时间 / no day has this time")
    return found


def faults(bells: Bells) -> list[Fault]:
    """All that is wrong, the first row first."""
    if not bells.periods:
        return [Fault(0, "no-periods", "这份作息没有一节课，请至少填一节。", "The schedule has no period; enter one.")]
    found = [fault for number, period in enumerate(bells.periods, 1) for fault in _period_faults(number, period)]
    found += _order_faults(bells.periods)
    first = min(period.starts for period in bells.periods)
    if first < EARLIEST[bells.stage]:
        found.append(_too_early(bells, first))
    return found


def _period_faults(number: int, period: Interval) -> Iterable[Fault]:
    if period.minutes < SHORTEST:
        zh = f"第 {number} 节 {period} 不足 {SHORTEST} 分钟，请核对起止时间。"
        en = f"Period {number}, {period}, lasts less than {SHORTEST} minutes; check its times."
        yield Fault(number, "too-short", zh, en)


def _order_faults(periods: Sequence[Interval]) -> Iterable[Fault]:
    for number, (before, after) in enumerate(pairwise(periods), 2):
        if after.starts < before.ends:
            zh = f"第 {number} 节 {after} 和第 {number - 1} 节 {before} 重叠，请改其中一节。"
            en = f"Period {number}, {after}, overlaps period {number - 1}, {before}; change one of them."
            yield Fault(number, "overlap", zh, en)


def _too_early(bells: Bells, first: int) -> Fault:
    number = next(number for number, period in enumerate(bells.periods, 1) if period.starts == first)
    legal = clock(EARLIEST[bells.stage])
    zh = f"第 {number} 节 {clock(first)} 开始，早于规定的 {legal}，请推后。"
    return Fault(number, "too-early", zh, f"Period {number} begins at {clock(first)}, before the legal {legal}.")


def overlap(first: Interval, second: Interval) -> Interval | None:
    starts, ends = max(first.starts, second.starts), min(first.ends, second.ends)
    return Interval(starts, ends) if starts < ends else None


def shared_slots(schools: Sequence[Bells], minutes: int) -> list[Interval]:
    """The longest intervals of at least so many minutes that lie inside one period of every school, in time order.
    A lesson may begin anywhere inside one of them as long as it ends there too."""
    if not schools:
        return []
    found: Iterable[Interval] = schools[0].periods
    for bells in schools[1:]:
        found = [both for one in found for other in bells.periods if (both := overlap(one, other))]
    return sorted(slot for slot in found if slot.minutes >= minutes)
