"""The delivery problem as plain data: what the bureau's plan asks for, in wall-clock minutes. No ORM, no clock.

Schools ring different bells, so a lesson's time is an interval of a weekday, and it must lie inside one period of every
school that takes part. Ids are the registry's, as text. Weeks are odd or even (单双周) or all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Id = str


class Weeks(StrEnum):
    ALL = "all"
    ODD = "odd"
    EVEN = "even"

    def meets(self, other: "Weeks") -> bool:
        return Weeks.ALL in (self, other) or self is other


class Kind(StrEnum):
    """The three kinds of 三个课堂."""

    DEDICATED = "dedicated"
    MASTER_TEACHER = "master-teacher"
    SCHOOL_ONLINE = "school-online"


@dataclass(frozen=True, order=True)
class Interval:
    """Minutes after midnight on a weekday, 1 = Monday … 7 = Sunday; `end` is not part of it."""

    weekday: int
    start: int
    end: int

    def overlaps(self, other: "Interval") -> bool:
        return self.weekday == other.weekday and self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        return self.weekday == other.weekday and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Period:
    """One period of a school's bells; `number` counts within the day. Evening periods serve 课后服务."""

    number: int
    interval: Interval
    evening: bool = False


@dataclass(frozen=True)
class School:
    """`uplink_kbit` is what its line carries outwards, `downlink_kbit` inwards; `relay` names the relay that serves it.

    `county` is the id of the county it belongs to. `disadvantaged` schools (教学点) come first when slots are shared.
    """

    id: Id
    name: str
    county: Id
    periods: tuple[Period, ...]
    uplink_kbit: int
    downlink_kbit: int
    relay: Id
    weak_line: bool = False
    disadvantaged: bool = False
    campus: str = ""


@dataclass(frozen=True)
class Room:
    """A room that sends must be a live-recording room (直录播教室) in order."""

    id: Id
    name: str
    school: Id
    sends: bool
    healthy: bool = True


@dataclass(frozen=True)
class Person:
    """A lead or assistant teacher. `school` is where the person works; most lessons a week and a day, 0 = no limit."""

    id: Id
    name: str
    school: Id
    most_weekly: int = 0
    most_daily: int = 0


@dataclass(frozen=True)
class SchoolClass:
    """`weekly_lessons` is all its lessons (26, 30 or 34): screen lessons may take 30 % of them."""

    id: Id
    name: str
    school: Id
    weekly_lessons: int


@dataclass(frozen=True)
class Reception:
    """A class that receives, where, interactively or listening, and with whom; what plays if the line breaks."""

    school_class: Id
    room: Id
    interactive: bool
    assistant: Id | None
    fallback_recording: Id | None = None


@dataclass(frozen=True)
class Course:
    """A delivery: one lead teacher, one sending room, its receivers, so many lessons a week of so many minutes.

    `authority` is the id of the county or prefecture that planned it. A `double` course wants two lessons in a row once
    a week (美术、劳动). `main_subject` lessons are wanted in the morning, `sport` not right after lunch, `optional`
    ones in the evening.
    """

    id: Id
    name: str
    subject: str
    kind: Kind
    authority: Id
    lead: Id
    sending_room: Id
    sending_class: Id | None
    receptions: tuple[Reception, ...]
    weekly: int
    minutes: int
    weeks: Weeks = Weeks.ALL
    layers_kbit: int = 1500
    textbook: str = ""
    chapters: tuple[str, ...] = ()
    """What each week of the term gets to; rules and solver do not ask."""
    double: bool = False
    main_subject: bool = False
    sport: bool = False
    optional: bool = False


def chapter(chapters: Sequence[str], week: int) -> str:
    """What the week of the term gets to; empty where nothing is said."""
    return chapters[week - 1] if 0 < week <= len(chapters) else ""


@dataclass(frozen=True)
class Unavailable:
    """A teacher, class, room or school (line maintenance) that cannot, and why, in the bureau's own words."""

    who: Id
    interval: Interval
    reason: str = ""
    weeks: Weeks = Weeks.ALL


@dataclass(frozen=True)
class Placement:
    """The n-th weekly lesson of a course, and when it is."""

    course: Id
    number: int
    interval: Interval


@dataclass(frozen=True)
class Relay:
    """How many lessons a relay carries at a time, and how much of them, together."""

    id: Id
    name: str
    most_kbit: int


@dataclass(frozen=True)
class Week:
    """Everything that a weekly delivery timetable is made from."""

    schools: tuple[School, ...]
    rooms: tuple[Room, ...]
    people: tuple[Person, ...]
    classes: tuple[SchoolClass, ...]
    relays: tuple[Relay, ...]
    courses: tuple[Course, ...]
    unavailable: tuple[Unavailable, ...] = ()
    locked: tuple[Placement, ...] = ()
    published: tuple[Placement, ...] = ()
    """The version in force, which a repair changes as little as it can."""
    prefecture: Id = ""
