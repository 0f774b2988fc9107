"""The week, the resources and the activities of a FET file."""

from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from scheduling.engine.problem import Event, Need
from scheduling.formats.archive import BadFile
from scheduling.formats.xhstt_names import text, whole

TEACHER, STUDENTS, ROOM, APART = "Teacher", "Students", "Room", "Apart"


class Week:
    """Days, hours, and every teacher, smallest set of students and room, by number."""

    def __init__(self, root: Element) -> None:
        self.days = [text(one, "Name") for one in root.iterfind("Days_List/Day")]
        self.hours = [text(one, "Name") for one in root.iterfind("Hours_List/Hour")]
        if not self.days or not self.hours:
            raise BadFile("the file names no days or no hours")
        self.resources: list[tuple[str, str]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        for one in root.iterfind("Teachers_List/Teacher"):
            self.add(TEACHER, text(one, "Name"))
        self._sets: dict[str, list[str]] = {}
        for year in root.iterfind("Students_List/Year"):
            self._learn_students(year, ("Group", "Subgroup"))
        for one in root.iterfind("Rooms_List/Room"):
            self.add(ROOM, text(one, "Name"))

    def _learn_students(self, element: Element, below: tuple[str, ...]) -> list[str]:
        name = text(element, "Name")
        parts = [
            leaf
            for part in (element.findall(below[0]) if below else [])
            for leaf in self._learn_students(part, below[1:])
        ]
        if not parts:
            self.add(STUDENTS, name)
            parts = [name]
        self._sets[name] = list(dict.fromkeys([*self._sets.get(name, []), *parts]))
        return parts

    def add(self, kind: str, name: str) -> int:
        if (kind, name) not in self._numbers:
            self._numbers[kind, name] = len(self.resources)
            self.resources.append((kind, name))
        return self._numbers[kind, name]

    def one(self, kind: str, name: str) -> int:
        if (kind, name) not in self._numbers:
            raise BadFile(f"no {kind.lower()} is called “{name}”")
        return self._numbers[kind, name]

    def students(self, name: str) -> tuple[int, ...]:
        if name not in self._sets:
            raise BadFile(f"no students set is called “{name}”")
        return tuple(self.one(STUDENTS, leaf) for leaf in self._sets[name])

    def all_of(self, kind: str) -> tuple[int, ...]:
        return tuple(number for number, (other, _) in enumerate(self.resources) if other == kind)

    def time(self, day: str, hour: str) -> int:
        if day not in self.days or hour not in self.hours:
            raise BadFile(f"no time is called “{day} {hour}”")
        return self.days.index(day) * len(self.hours) + self.hours.index(hour)

    def name(self, time: int) -> tuple[str, str]:
        day, hour = divmod(time, len(self.hours))
        return self.days[day], self.hours[hour]

    def day(self, number: int) -> tuple[int, ...]:
        return tuple(range(number * len(self.hours), (number + 1) * len(self.hours)))

    @property
    def spans(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self.day(number) for number in range(len(self.days)))

    def starts_within_day(self, duration: int) -> frozenset[int]:
        return frozenset(time for span in self.spans for time in span[: len(self.hours) - duration + 1])


@dataclass
class Activity:
    """One lesson of the week. Places for rooms are added by the constraints that ask for one."""

    id: str
    group: str
    duration: int
    subject: str
    tags: tuple[str, ...]
    teachers: tuple[str, ...]
    students: tuple[str, ...]
    resources: list[int]
    rooms: list[int] | None = None
    """Who may be its room; None: it needs none."""

    def event(self) -> Event:
        given = [Need(f"{number}", "", one, Fraction(1)) for number, one in enumerate(self.resources)]
        room = [] if self.rooms is None else [Need(ROOM, ROOM, None, Fraction(0))]
        return Event(self.id, f"{self.subject} {self.id}", self.duration, None, (*given, *room))


def activities(root: Element, week: Week) -> list[Activity]:
    elements = root.findall("Activities_List/Activity")
    return [_activity(one, week) for one in elements if text(one, "Active", "true") == "true"]


def _activity(element: Element, week: Week) -> Activity:
    teachers = tuple(one.text or "" for one in element.iterfind("Teacher"))
    students = tuple(one.text or "" for one in element.iterfind("Students"))
    taking = [week.one(TEACHER, name) for name in teachers]
    taking += [leaf for name in students for leaf in week.students(name)]
    return Activity(
        id=text(element, "Id"),
        group=text(element, "Activity_Group_Id", "0"),
        duration=_duration(element),
        subject=text(element, "Subject", ""),
        tags=tuple(one.text or "" for one in element.iterfind("Activity_Tag")),
        teachers=teachers,
        students=students,
        resources=list(dict.fromkeys(taking)),
    )


def _duration(element: Element) -> int:
    found = whole(element, "Duration")
    if found < 1:
        raise BadFile(f"activity “{text(element, 'Id')}” lasts {found} hours")
    return found
