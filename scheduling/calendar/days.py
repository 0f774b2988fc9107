"""Which days of a term are taught, and which weekday's timetable each runs. Pure.

The bureau's own table prevails; below it the state's table of holidays and make-up days (调休); below that the weekday.
A make-up day says by itself only that it is worked: whose timetable it runs is the bureau's decision, and until that is
made the day counts as undecided and nothing is taught on it. A year that nobody has published is not guessed at: its
days follow the weekday and are told as uncertain.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Standing = Literal["taught", "weekend", "holiday", "free", "undecided"]
TEACHING_WEEKS = 35
"""义务教育课程方案 (2022): weeks of new teaching in a school year; 33 in grade 9."""
LONGEST_TERM = timedelta(days=200)
SATURDAY = 6


@dataclass(frozen=True)
class Declared:
    """A row of the bureau's table: free, or taught with the timetable of weekday `runs` (1 = Monday)."""

    taught: bool
    runs: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Day:
    day: date
    week: int
    """Of the term, from 1; a week begins on Monday."""
    standing: Standing
    runs: int | None
    """The weekday whose timetable is taught; None: none is."""
    certain: bool
    """False: the year's holidays are not published yet."""
    note: str = ""
    against: bool = False
    """The bureau teaches on a weekday that the state has off."""


@dataclass(frozen=True)
class Term:
    first: date
    last: date

    def week_of(self, day: date) -> int:
        return (day - _monday(self.first)).days // 7 + 1

    @property
    def weeks(self) -> int:
        return self.week_of(self.last)


State = Callable[[date], bool | None]
"""Whether a day is worked by the state's table; None: the year is not known."""


def days(term: Term, declared: Mapping[date, Declared], state: State) -> Iterator[Day]:
    """Every day of the term, the first and the last included."""
    for ahead in range((term.last - term.first).days + 1):
        day = term.first + timedelta(days=ahead)
        yield _day(day, term.week_of(day), declared.get(day), state(day))


def _day(day: date, week: int, own: Declared | None, worked: bool | None) -> Day:
    weekday = day.isoweekday()
    if own is not None:
        runs = own.runs or (weekday if weekday < SATURDAY else None)
        if not own.taught:
            return Day(day, week, "free", None, True, own.note)
        against = bool(runs) and worked is False and weekday < SATURDAY
        return Day(day, week, "taught" if runs else "undecided", runs, True, own.note, against)
    certain = worked is not None
    if worked is None:
        worked = weekday < SATURDAY
    if not worked:
        return Day(day, week, "weekend" if weekday >= SATURDAY else "holiday", None, certain)
    if weekday >= SATURDAY:
        return Day(day, week, "undecided", None, certain)
    return Day(day, week, "taught", weekday, certain)


@dataclass(frozen=True)
class Warned:
    """What the bureau has to do about a term. `day` is the day it is about, or None for the whole term."""

    code: str
    day: date | None
    zh: str
    en: str


def warnings(found: Sequence[Day]) -> list[Warned]:
    warned = [_undecided(day.day) for day in found if day.standing == "undecided"]
    warned += [_against(day.day) for day in found if day.against]
    if years := sorted({day.day.year for day in found if not day.certain}):
        zh = f"{'、'.join(map(str, years))} 年的放假安排还没有，先按星期算；公布后请录入。"
        told = ", ".join(map(str, years))
        en = f"The holidays of {told} are not published; days follow the weekday until you enter them."
        warned.append(Warned("year-unknown", None, zh, en))
    if not any(day.standing == "taught" for day in found):
        zh, en = (
            "这个学期没有一天上课，请核对起止日期。",
            "Nothing is taught in this term; check its first and last day.",
        )
        warned.append(Warned("term-without-lessons", None, zh, en))
    return warned


def _undecided(day: date) -> Warned:
    zh = f"{day.month} 月 {day.day} 日调休上班，请定这天上星期几的课，或者不上课。"
    en = f"{day} is a make-up day; say which weekday's timetable it runs, or that nothing is taught."
    return Warned("make-up-undecided", day, zh, en)


def _against(day: date) -> Warned:
    zh = f"{day.month} 月 {day.day} 日国家放假，校历里却要上课。写错了就改成不上课，或换成真正调休的那天。"
    en = f"The state has {day} off, yet lessons are set on it. If that is a slip, free it or set the real make-up day."
    return Warned("taught-on-holiday", day, zh, en)


def taught_weeks(found: Sequence[Day]) -> int:
    """Weeks with at least one taught day."""
    return len({day.week for day in found if day.standing == "taught"})


def lessons_on(found: Sequence[Day], weekday: int) -> list[date]:
    """On which days the lessons of a weekday's timetable are taught, in order."""
    return [day.day for day in found if day.runs == weekday]


def term_faults(first: date, last: date) -> list[tuple[str, str, str]]:
    """code, Chinese, English."""
    if last <= first:
        return [("term-order", "学期的最后一天要晚于第一天。", "A term's last day comes after its first.")]
    if last - first > LONGEST_TERM:
        return [
            ("term-too-long", "一个学期不超过 200 天，请核对年份。", "A term has at most 200 days; check the year.")
        ]
    return []


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
