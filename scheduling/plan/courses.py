"""What the delivery plan hands to the engine: frozen rows without ORM. Ids are the registry's; clock times are minutes
from midnight, Asia/Shanghai, as in calendar/bells.py; weekdays count from 1 (Monday) to 7."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from scheduling.calendar.bells import Bells, Interval

Kind = Literal["dedicated", "master_teacher", "school_online"]
Weeks = Literal["every", "odd", "even"]


@dataclass(frozen=True)
class Seat:
    """A class that takes part from its room. `assistant_id` is who stands with the pupils."""

    school_id: UUID
    class_id: UUID
    room_id: UUID
    interactive: bool
    assistant_id: UUID | None
    fallback: str | None = None
    """The recording that stands in when the line fails."""


@dataclass(frozen=True)
class Course:
    """One teacher's series of lessons to a fixed group of classes."""

    id: UUID
    place_id: UUID
    """Who decides: a county within its own, the prefecture across."""
    kind: Kind
    subject: str
    grade: int
    teacher_id: UUID
    sending_school_id: UUID
    sending_room_id: UUID
    seats: tuple[Seat, ...]
    lessons: int
    """A week, or every second week when `weeks` is odd or even."""
    weeks: Weeks
    minutes: int


@dataclass(frozen=True)
class School:
    id: UUID
    path: str
    """The ids from the root down (admin/tree.py): the county is one of them."""
    bells: Bells
    line_kbps: int | None
    """What the line carries upwards; None: not measured."""
    weak: bool


@dataclass(frozen=True)
class Busy:
    """A time that is taken already: a school's own lesson, a teacher's other duty, maintenance of a room or line."""

    who: UUID
    """A class, a teacher, a room or a school."""
    weekday: int
    at: Interval
    weeks: Weeks = "every"


@dataclass(frozen=True)
class Term:
    """`taught` says which weekday's timetable a day runs; a day that is not in it is not taught."""

    first: date
    last: date
    taught: Mapping[date, int]


@dataclass(frozen=True)
class Demand:
    """All that a timetable of one term must place."""

    term: Term
    schools: Mapping[UUID, School]
    courses: tuple[Course, ...]
    busy: tuple[Busy, ...]
    own: Mapping[UUID, int]
    """Lessons a week that each class has of its own, for the share of screen lessons."""
