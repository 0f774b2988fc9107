"""What a rule is, and the timetable that it looks at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from scheduling.delivery.slots import Places
from scheduling.model import Course, Id, Interval, Placement

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Fault:
    """What is wrong, in words with names and clock times. `courses` are those it concerns."""

    rule: str
    zh: str
    en: str
    courses: tuple[Id, ...]
    amount: int = 1


@dataclass(frozen=True)
class Timetable:
    places: Places
    placements: tuple[Placement, ...]

    def lessons(self) -> Iterator[tuple[Course, Interval]]:
        for one in self.placements:
            yield self.places.courses[one.course], one.interval

    @cached_property
    def _by_course(self) -> dict[Id, list[Interval]]:
        found: dict[Id, list[Interval]] = {}
        for one in sorted(self.placements, key=lambda one: one.interval):
            found.setdefault(one.course, []).append(one.interval)
        return found

    def of(self, course: Course) -> list[Interval]:
        return self._by_course.get(course.id, [])


Find = Callable[[Timetable], Iterator[Fault]]


@dataclass(frozen=True)
class Rule:
    id: str
    zh: str
    en: str
    find: Find
    weight: int = 0
    """0: hard."""

    @property
    def hard(self) -> bool:
        return self.weight == 0


RULES: dict[str, Rule] = {}


def rule(id: str, zh: str, en: str, weight: int = 0) -> Callable[[Find], Find]:
    def add(find: Find) -> Find:
        RULES[id] = Rule(id, zh, en, find, weight)
        return find

    return add


def when(interval: Interval) -> tuple[str, str]:
    clock = f"{interval.start // 60}:{interval.start % 60:02d}–{interval.end // 60}:{interval.end % 60:02d}"
    return f"周{WEEKDAYS_ZH[interval.weekday - 1]} {clock}", f"{WEEKDAYS_EN[interval.weekday - 1]} {clock}"
