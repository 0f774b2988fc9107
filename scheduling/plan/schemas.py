"""What the routes of the delivery plan take and give, as JSON."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from admin.change_schemas import Version
from admin.roster.schemas import Grade
from admin.schemas import Given, Named, NamedPlace
from admin.tree import Tier
from scheduling.needs.schemas import Subject

Kind = Literal["dedicated", "master-teacher", "school-online"]
Weeks = Literal["all", "odd", "even"]
CourseName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")
]
Weekly = Annotated[int, Field(ge=1, le=10)]
Minutes = Annotated[int, Field(ge=20, le=90)]
MOST_INTERACTIVE = 3
MOST_SEATS = 60
MOST_WEEKS = 40
Textbook = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00]*$")]
"""Its edition; empty: the school's own."""
Chapter = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00\n]*$")]


class OfferNew(Given):
    teacher_id: UUID
    room_id: UUID
    """A sending room of the teacher's school."""
    subject: Subject
    first_grade: Grade
    last_grade: Grade
    lessons: Annotated[int, Field(ge=1, le=30)]
    """A week, for other schools."""


class OfferOut(BaseModel):
    id: UUID
    school: NamedPlace
    teacher: Named
    room: Named
    subject: str
    first_grade: int
    last_grade: int
    lessons: int
    left: int
    """Lessons that no course has taken yet."""


class SeatIn(Given):
    class_id: UUID
    room_id: UUID
    interactive: bool = False
    assistant_id: UUID | None = None
    fallback_id: UUID | None = None
    """A recording of the library for the day when the line fails."""


class CourseIn(Given):
    name: CourseName
    kind: Kind
    subject: Subject
    grade: Grade
    lead_id: UUID
    room_id: UUID
    class_id: UUID | None = None
    weekly: Weekly
    minutes: Minutes = 40
    weeks: Weeks = "all"
    seats: Annotated[list[SeatIn], Field(min_length=1, max_length=MOST_SEATS)]

    @model_validator(mode="after")
    def few_are_interactive(self) -> "CourseIn":
        if sum(seat.interactive for seat in self.seats) > MOST_INTERACTIVE:
            raise ValueError(f"最多 {MOST_INTERACTIVE} 间互动教室 / at most {MOST_INTERACTIVE} interactive rooms")
        if len({seat.class_id for seat in self.seats}) < len(self.seats):
            raise ValueError("一个班只能坐一次 / a class sits once")
        return self


class CourseNew(CourseIn):
    term_id: UUID
    authority_id: UUID
    """The county, or the prefecture for courses across counties."""


class CourseChange(CourseIn):
    version: Version


class ProgressIn(Given):
    """Textbook progress: what each week of the term gets to, the first week first; an empty one says nothing."""

    version: Version
    textbook: Textbook
    chapters: Annotated[list[Chapter], Field(max_length=MOST_WEEKS)]


class SeatingOne(Given):
    class_id: UUID
    assistant_id: UUID | None = None
    fallback_id: UUID | None = None
    """A published lesson or micro-lesson of the library that reaches the class's school."""


class SeatingIn(Given):
    """Classes that are left out keep what they have."""

    version: Version
    seats: Annotated[list[SeatingOne], Field(min_length=1, max_length=MOST_SEATS)]


class SeatOut(BaseModel):
    in_class: Named
    school: NamedPlace
    room: Named
    interactive: bool
    assistant: Named | None
    fallback: Named | None
    """Null also when the recording was withdrawn since."""
    weak_line: bool
    """The school's lessons of the last 60 days had a good line for too little of their time."""


class CourseOut(BaseModel):
    id: UUID
    term_id: UUID
    authority: Named
    name: str
    kind: Kind
    subject: str
    grade: int
    lead: Named
    room: Named
    school: NamedPlace
    weekly: int
    minutes: int
    weeks: Weeks
    seats: list[SeatOut]
    textbook: str
    chapters: list[str]
    """By week of the term."""
    warnings: list[str]
    """Codes: no-progress (no week says its chapter), no-assistant, no-fallback (a class without a recording for the day
    when the line fails), weak-no-fallback (such a class is at a school whose line is weak)."""
    version: int


class SuggestedSeat(BaseModel):
    in_class: Named
    school: NamedPlace
    room: Named | None
    missing: int


class SuggestionOut(BaseModel):
    offer_id: UUID
    subject: str
    grade: int
    weekly: int
    teacher: Named
    school: NamedPlace
    room: Named
    across: bool
    """Over county borders: the prefecture decides."""
    seats: list[SuggestedSeat]
    closes: int
    """Missing lessons that it would close."""
    slots: int
    """Shared intervals of the clock in a day that are long enough."""


Kbit = Annotated[int, Field(ge=64, le=100_000_000)]
Source = Literal["declared", "measured", "usual"]


class CapacityIn(Given):
    """In kbit/s. Null: what the boxes of the school's rooms measured in the last 60 days, else the usual."""

    uplink_kbit: Kbit | None = None
    downlink_kbit: Kbit | None = None
    relay_kbit: Kbit | None = None


class CapacityOut(BaseModel):
    """What the timetable reckons with: of a school its line, of a county its relay."""

    place: NamedPlace
    tier: Tier
    uplink_kbit: int | None
    downlink_kbit: int | None
    relay_kbit: int | None
    source: Source
    declared: CapacityIn
