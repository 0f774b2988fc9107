"""From a weekly draft to lessons with dates, and from one version to the next: what changed, for whom. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduling.calendar.days import Day
from scheduling.delivery.slots import Places, taking
from scheduling.model import Course, Id, Placement, Weeks

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Dated:
    """A lesson of a version. `course`, `week` and `number` name it for good: they are its identity through all
    versions, whatever its time. `sequence` counts its changes (RFC 5545, section 3.8.7.4)."""

    course: Id
    week: int
    number: int
    starts: datetime
    ends: datetime
    sequence: int = 0
    cancelled: bool = False

    @property
    def key(self) -> tuple[Id, int, int]:
        return self.course, self.week, self.number


class What(StrEnum):
    NEW = "new"
    MOVED = "moved"
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
    return Dated(course.id, day.week, placement.number, starts, starts + timedelta(minutes=course.minutes))


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
    if (old.starts, old.ends, old.cancelled) == (new.starts, new.ends, False):
        return old, None
    after = replace(new, sequence=old.sequence + 1)
    return after, Change(What.RESTORED if old.cancelled else What.MOVED, old, after)


def concerned(places: Places, changes: Iterable[Change]) -> dict[Id, list[Change]]:
    """The change list of each person, class and room; courses that are no longer planned concern nobody."""
    found: dict[Id, list[Change]] = defaultdict(list)
    for change in changes:
        course = places.courses.get(change.after.course)
        for who in taking(course) if course else ():
            found[who].append(change)
    return found


def clashes(places: Places, lessons: Iterable[Dated]) -> Iterator[tuple[Id, Dated, Dated]]:
    """Whoever would be in two dated lessons at once. A timetable of weeks cannot show this where a make-up day runs."""
    held: dict[Id, list[Dated]] = defaultdict(list)
    for lesson in sorted(lessons, key=lambda one: one.starts):
        course = places.courses.get(lesson.course)
        for who in taking(course) if course and not lesson.cancelled else ():
            if held[who] and held[who][-1].ends > lesson.starts:
                yield who, held[who][-1], lesson
            held[who].append(lesson)
