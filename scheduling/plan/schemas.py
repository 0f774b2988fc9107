"""What the routes of the delivery plan take and give, as JSON."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from admin.change_schemas import Version
from admin.roster.schemas import Grade
from admin.schemas import Given, Named
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
    school: Named
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


class SeatOut(BaseModel):
    in_class: Named
    school: Named
    room: Named
    interactive: bool
    assistant: Named | None
    fallback_id: UUID | None


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
    school: Named
    weekly: int
    minutes: int
    weeks: Weeks
    seats: list[SeatOut]
    textbook: str
    chapters: list[str]
    """By week of the term."""
    warnings: list[str]
    """Codes: no-progress (no week says its chapter), no-assistant, no-fallback (a class without a recording for the day
    when the line fails)."""
    version: int


class SuggestedSeat(BaseModel):
    in_class: Named
    school: Named
    room: Named | None
    missing: int


class SuggestionOut(BaseModel):
    offer_id: UUID
    subject: str
    grade: int
    weekly: int
    teacher: Named
    school: Named
    room: Named
    across: bool
    """Over county borders: the prefecture decides."""
    seats: list[SuggestedSeat]
    closes: int
    """Missing lessons that it would close."""
    slots: int
    """Shared intervals of the clock in a day that are long enough."""
