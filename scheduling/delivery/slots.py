"""When a course could be taught at all: intervals of the wall clock that lie inside a period of every school (H4)."""

from collections.abc import Sequence
from functools import cache

from scheduling.model import Course, Id, Interval, Period, School, Week


class Places:
    """The rows of a week by id."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self.schools = {one.id: one for one in week.schools}
        self.rooms = {one.id: one for one in week.rooms}
        self.people = {one.id: one for one in week.people}
        self.classes = {one.id: one for one in week.classes}
        self.relays = {one.id: one for one in week.relays}
        self.courses = {one.id: one for one in week.courses}
        self._of_course: dict[Id, list[School]] = {}

    def sending_school(self, course: Course) -> School:
        return self.schools[self.rooms[course.sending_room].school]

    def receiving_schools(self, course: Course) -> list[School]:
        """Each once, in the order of the receptions."""
        found = (self.rooms[one.room].school for one in course.receptions)
        return [self.schools[school] for school in dict.fromkeys(found)]

    def schools_of(self, course: Course) -> list[School]:
        if course.id not in self._of_course:
            found = (self.sending_school(course), *self.receiving_schools(course))
            self._of_course[course.id] = list({school.id: school for school in found}.values())
        return self._of_course[course.id]

    def name(self, who: Id) -> str:
        """Rooms and classes after their school: every village has a 三年级."""
        for there in (self.rooms, self.classes):
            if who in there:
                return f"{self.name(there[who].school)} {there[who].name}"
        for rows in (self.people, self.schools, self.relays, self.courses):
            if who in rows:
                return str(rows[who].name)
        return who


def taking(course: Course) -> tuple[Id, ...]:
    """Everybody and everything that a lesson of the course keeps for itself."""
    assistants = (one.assistant for one in course.receptions if one.assistant)
    classes = (one.school_class for one in course.receptions)
    sending = (course.sending_class,) if course.sending_class else ()
    rooms = (one.room for one in course.receptions)
    return tuple(dict.fromkeys((course.lead, course.sending_room, *sending, *classes, *rooms, *assistants)))


def slots(places: Places, course: Course) -> list[Interval]:
    """In the order of the week. Each begins as soon as all schools' periods have begun."""
    return shared([used_periods(school, course) for school in places.schools_of(course)], course.minutes)


def used_periods(school: School, course: Course) -> tuple[Period, ...]:
    """Evening periods (课后服务) are for optional courses."""
    return tuple(one for one in school.periods if course.optional or not one.evening)


def shared(bells: Sequence[tuple[Period, ...]], minutes: int) -> list[Interval]:
    """Intervals of so many minutes inside a period of each."""
    return list(_shared(tuple(bells), minutes))


@cache
def _shared(bells: tuple[tuple[Period, ...], ...], minutes: int) -> Sequence[Interval]:
    found = {one.interval for one in bells[0]}
    for periods in bells[1:]:
        found = {both for one in found for other in periods if (both := _overlap(one, other.interval))}
    return tuple(
        Interval(one.weekday, one.start, one.start + minutes) for one in sorted(found) if one.end - one.start >= minutes
    )


def _overlap(one: Interval, other: Interval) -> Interval | None:
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Interval(one.weekday, start, end) if one.weekday == other.weekday and start < end else None
