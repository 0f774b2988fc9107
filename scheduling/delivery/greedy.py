"""A first timetable within seconds: the courses with the fewest slots first, each lesson in the first free slot; then
lessons that found none push one other lesson aside, if that finds another slot."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from scheduling.delivery.model import DeliveryModel
from scheduling.delivery.slots import taking
from scheduling.model import Course, Id, Interval, Placement

Taken = tuple[Id, Interval]


def greedy(model: DeliveryModel) -> tuple[Placement, ...]:
    board = _Board(model)
    courses = sorted(model.courses, key=lambda one: (not model.locked(one), len(model.at[one.id]) / one.weekly, one.id))
    for course in courses:
        locked = model.locked(course)
        for at in [*locked, *(one for one in _day_by_day(list(model.at[course.id])) if one not in locked)]:
            if board.wants(course) and not board.blockers(course, at):
                board.place(course, at)
    for course in courses:
        for at in list(model.at[course.id]):
            if board.wants(course):
                board.push(course, at)
    return numbered(board.placed)


class _Board:
    """Who is where, while it is being filled."""

    def __init__(self, model: DeliveryModel) -> None:
        self._model = model
        self._courses = {one.id: one for one in model.courses}
        self._at: dict[Id, list[Taken]] = defaultdict(list)
        self._count: dict[Id, int] = defaultdict(int)
        self.placed: list[Placement] = []

    def wants(self, course: Course) -> bool:
        return self._count[course.id] < course.weekly

    def blockers(self, course: Course, at: Interval) -> set[Taken]:
        """The lessons that stand in the way, its own at that time included."""
        return {
            (other, when)
            for who in taking(course)
            for other, when in self._at[who]
            if when.overlaps(at) and self._courses[other].weeks.meets(course.weeks)
        }

    def place(self, course: Course, at: Interval) -> None:
        self._count[course.id] += 1
        self.placed.append(Placement(course.id, 0, at))
        for who in taking(course):
            self._at[who].append((course.id, at))

    def remove(self, course: Course, at: Interval) -> None:
        self._count[course.id] -= 1
        self.placed.remove(Placement(course.id, 0, at))
        for who in taking(course):
            self._at[who].remove((course.id, at))

    def push(self, course: Course, at: Interval) -> None:
        """Takes the slot if the one lesson in the way has another."""
        blocking = self.blockers(course, at)
        if len(blocking) != 1:
            return
        [(other, when)] = blocking
        pushed = self._courses[other]
        if other == course.id or when in self._model.locked(pushed):
            return
        self.remove(pushed, when)
        self.place(course, at)
        free = next((one for one in self._model.at[other] if not self.blockers(pushed, one)), None)
        if free is None:
            self.remove(course, at)
        self.place(pushed, free or when)


def numbered(placements: Iterable[Placement]) -> tuple[Placement, ...]:
    """A course's lessons are numbered in the order of the week."""
    count: dict[Id, int] = defaultdict(int)
    found = []
    for one in sorted(placements, key=lambda one: (one.course, one.interval)):
        count[one.course] += 1
        found.append(replace(one, number=count[one.course]))
    return tuple(found)


def _day_by_day(slots: list[Interval]) -> list[Interval]:
    """A slot of each day in turn."""
    by_day: dict[int, list[Interval]] = defaultdict(list)
    for at in slots:
        by_day[at.weekday].append(at)
    rounds = max((len(day) for day in by_day.values()), default=0)
    return [day[number] for number in range(rounds) for day in by_day.values() if number < len(day)]
