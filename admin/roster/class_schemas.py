"""What the routes of classes, pupils and promotions take and give, as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.change_schemas import Version
from admin.roster.models import Leaving
from admin.roster.promotion import Obstacle
from admin.roster.schemas import Grade, Reason
from admin.schemas import Given, Named, NamedPlace, SchoolHere

ClassName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
PupilName = ClassName
Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,8}$")]
SchoolYear = Annotated[int, Field(ge=2000, le=2100)]


class ClassNew(Given):
    school_id: UUID
    name: ClassName
    grade: Grade
    room_id: UUID | None = None


class ClassChange(Given):
    version: Version
    name: ClassName | None = None
    grade: Grade | None = None
    room_id: UUID | None = None


class ClassEnd(Given):
    version: Version


class ClassOut(Named):
    grade: int
    school: SchoolHere
    room: Named | None
    code: str
    school_year: int
    pupils: int
    version: int


class PupilNew(Given):
    class_id: UUID
    name: PupilName
    pin: Pin | None = None
    since: date | None = None
    """Today without one."""
    identity: Annotated[str, StringConstraints(max_length=30)] | None = None
    """公民身份号码; its check sign must fit. Kept sealed, shown masked."""
    number: Annotated[str, StringConstraints(max_length=30)] | None = None
    """学籍号."""


class PupilMove(Given):
    class_id: UUID
    on: date
    """The first day in the new class."""
    note: Reason = ""


class PupilLeave(Given):
    on: date
    """The first day on which the pupil is there no more."""
    note: Reason = ""


class PinGiven(Given):
    pin: Pin


class PupilOut(Named):
    """`name` is what the pupil types; of two of one name the second has a figure behind."""

    in_class: Named | None
    school: NamedPlace | None
    signs_in: bool
    """Whether a PIN was given."""


class YearOut(BaseModel):
    """A pupil's time in a class."""

    in_class: Named
    school: NamedPlace
    grade: int
    since: date
    until: date | None
    leaving: Leaving | None
    note: str


class PupilWhole(PupilOut):
    numbers: dict[str, str]
    """Masked, by kind: identity, pupil."""
    years: list[YearOut]
    """The newest first."""


class PromotionWanted(Given):
    place_id: UUID
    school_year: SchoolYear


class ObstacleOut(BaseModel):
    school: str
    name: str
    grade: int
    why: Obstacle


class PromotionPlanOut(BaseModel):
    place: str
    school_year: int
    classes: int
    by_grade: dict[int, int]
    """Classes that move, by their grade before."""
    graduating: int
    graduating_pupils: int
    staying: int
    obstacles: list[ObstacleOut]
    """The first of those that stay, with the reason."""


class PromotionDone(BaseModel):
    id: UUID
    plan: PromotionPlanOut


class PromotionOut(BaseModel):
    id: UUID
    place: str
    school_year: int
    at: datetime
    by: str
    classes: int
    graduated: int
    pupils: int
    undone_at: datetime | None
