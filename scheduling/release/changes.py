"""From a weekly draft to lessons with dates, and from one version to the next: what changed, for whom. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.calendar.days import Day
from scheduling.delivery.slots import taking
from scheduling.model import Course, Id, Placement, Weeks, chapter

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Dated:
    """A lesson of a version. `course`, `week` and `number` name it for good: they are its identity through all
    versions, whatever its time. `sequence` counts its changes (RFC 5545, section 3.8.7.4). `who` is everybody and
    everything that takes part. `by_hand`: cancelled or given to a substitute by itself, which the next timetable of
    weeks leaves so."""

    course: Id
    week: int
    number: int
    starts: datetime
    ends: datetime
    sequence: int = 0
    cancelled: bool = False
    who: tuple[Id, ...] = ()
    substitute: Id | None = None
    by_hand: bool = False
    chapter: tuple[str, str] = ("", "")
    """The textbook's edition, and what the lesson's week gets to in it."""
    away: tuple[Id, ...] = ()
    """Classes whose school is off on its day, or runs another weekday: the lesson goes on without them."""

    @property
    def key(self) -> tuple[Id, int, int]:
        return self.course, self.week, self.number


class What(StrEnum):
    NEW = "new"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RESTORED = "restored"


@dataclass(frozen=True)
class Change:
    what: What
    before: Dated | None
    after: Dated


def dated(courses: Mapping[Id, Course], placements: Iterable[Placement], days: Iterable[Day]) -> list[Dated]:
    """H7: each taught day runs the weekday that the calendar says; free days and undecided ones have no lesson."""
    by_weekday: dict[int, list[Placement]] = defaultdict(list)
    for one in placements:
        by_weekday[one.interval.weekday].append(one)
    found = [
        _on(courses[one.course], one, day)
        for day in days
        if day.runs is not None
        for one in by_weekday[day.runs]
        if courses[one.course].weeks.meets(Weeks.ODD if day.week % 2 else Weeks.EVEN)
    ]
    return _named_once(sorted(found, key=lambda one: (one.starts, one.course, one.number)))


def _on(course: Course, placement: Placement, day: Day) -> Dated:
    starts = _moment(day.day, placement.interval.start)
    ends = starts + timedelta(minutes=course.minutes)
    told = (course.textbook, chapter(course.chapters, day.week))
    return Dated(course.id, day.week, placement.number, starts, ends, who=taking(course), chapter=told)


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), SHANGHAI)


def _named_once(lessons: list[Dated]) -> list[Dated]:
    """A make-up day may run a weekday that its week has already had: what comes again gets a number of its own."""
    seen: set[tuple[Id, int, int]] = set()
    found = []
    for one in lessons:
        again = one
        while again.key in seen:
            again = replace(again, number=again.number + AGAIN)
        seen.add(again.key)
        found.append(again)
    return found


AGAIN = 100
"""Added to the number of a lesson that a make-up day repeats in its week; no course has so many lessons a week."""


def next_version(before: Iterable[Dated], wanted: Iterable[Dated], now: datetime) -> tuple[list[Dated], list[Change]]:
    """The lessons of the new version, cancelled ones included, and what changed. What is past stays as it was."""
    old = {one.key: one for one in before}
    new = {one.key: one for one in wanted}
    kept, changes = [], []
    for key in sorted(old.keys() | new.keys()):
        lesson, change = _step(old.get(key), new.get(key), now)
        if lesson is not None:
            kept.append(lesson)
        if change is not None:
            changes.append(change)
    return kept, changes


def _step(old: Dated | None, new: Dated | None, now: datetime) -> tuple[Dated | None, Change | None]:
    if old is not None and (old.starts <= now or (new is None and old.cancelled)):
        return old, None
    if old is None:
        return (None, None) if new is None or new.starts <= now else (new, Change(What.NEW, None, new))
    if new is None:
        gone = replace(old, sequence=old.sequence + 1, cancelled=True)
        return gone, Change(What.CANCELLED, old, gone)
    if _as_told(old) == _as_told(new):
        return old, None
    after = replace(new, sequence=old.sequence + 1)
    return after, Change(_what(old, after), old, after)


def _as_told(lesson: Dated) -> tuple[object, ...]:
    return (
        lesson.starts,
        lesson.ends,
        lesson.cancelled,
        lesson.substitute,
        frozenset(lesson.who),
        lesson.chapter,
        lesson.away,
    )


def _what(old: Dated, new: Dated) -> What:
    if new.cancelled:
        return What.CANCELLED
    if old.cancelled:
        return What.RESTORED
    return What.CHANGED if (old.starts, old.ends) == (new.starts, new.ends) else What.MOVED


def keeping_exceptions(before: Iterable[Dated], wanted: Iterable[Dated]) -> list[Dated]:
    """What the new timetable of weeks wants, but for lessons that were cancelled or given to a substitute by
    themselves: those stay so, at the time where they were."""
    by_hand = {one.key: one for one in before if one.by_hand}
    return [by_hand.get(one.key, one) for one in wanted]


def attending(lesson: Dated) -> tuple[Id, ...]:
    """Who and what takes part, a substitute in the place of the lead teacher, who is named first."""
    return (lesson.substitute, *lesson.who[1:]) if lesson.substitute else lesson.who


def concerned(changes: Iterable[Change]) -> dict[Id, list[Change]]:
    """The change list of each person, class and room; whoever drops out is told too."""
    found: dict[Id, list[Change]] = defaultdict(list)
    for change in changes:
        before = change.before.who if change.before else ()
        for who in dict.fromkeys((*before, *change.after.who, *attending(change.after))):
            found[who].append(change)
    return found


def clashes(lessons: Iterable[Dated]) -> Iterator[tuple[Id, Dated, Dated]]:
    """Whoever would be in two dated lessons at once. A timetable of weeks cannot show this where a make-up day runs."""
    held: dict[Id, list[Dated]] = defaultdict(list)
    for lesson in sorted(lessons, key=lambda one: one.starts):
        for who in () if lesson.cancelled else attending(lesson):
            if held[who] and held[who][-1].ends > lesson.starts:
                yield who, held[who][-1], lesson
            held[who].append(lesson)
