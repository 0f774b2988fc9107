"""What the routes of needs take and give, as JSON."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.roster.schemas import Grade
from admin.schemas import Given, Named, NamedPlace

Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=r"^[^\x00]*$")]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Lessons = Annotated[int, Field(ge=0, le=40)]


class RateOut(BaseModel):
    """Numerator and denominator; a denominator of 0 means that there is no rate."""

    of: int
    all: int


class SchoolNeeds(BaseModel):
    school: NamedPlace
    classes: int
    unknown: int
    """Classes whose own timetable has not been entered; they are left out of the rates."""
    offered: RateOut
    full: RateOut
    supplied: RateOut
    missing: int
    """Lessons a week."""


class LackOut(BaseModel):
    in_class: Named
    grade: int
    subject: str
    required: int
    taught: int
    corrected: bool


class NeedsOut(SchoolNeeds):
    lacks: list[LackOut]
    without_timetable: list[Named]


class Correcting(Given):
    class_id: UUID
    subject: Subject
    lessons: Lessons | None
    """With a qualified teacher, a week; null: the timetable counts again."""
    reason: Why


class QuotaOut(BaseModel):
    grade: int
    place: NamedPlace | None
    """Whose table it is; null: the house's own."""
    lessons: dict[str, int]


class QuotaIn(Given):
    place_id: UUID
    grade: Grade
    lessons: Annotated[dict[Subject, Lessons], Field(max_length=40)]
    """Empty: the place above decides again."""


class FaultOut(BaseModel):
    zh: str
    en: str


class QuotasOut(BaseModel):
    grades: list[QuotaOut]
    faults: list[FaultOut]
    """What breaks the plan of 2022: told, not refused."""


class RowWrong(FaultOut):
    row: int


class TimetableRead(BaseModel):
    rows: int
    classes: int
    lessons: int
    mistakes: list[RowWrong]
    written: bool
