"""What the calendar's routes take and give, as JSON. Clock times are "08:20"."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from admin.change_schemas import Version
from admin.schemas import Given, NamedPlace
from scheduling.calendar.bells import MOST_PERIODS, Stage, clock, read_clock
from scheduling.calendar.days import Standing

Weekday = Annotated[int, Field(ge=1, le=7)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00]*$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
Clock = Annotated[str, AfterValidator(lambda text: clock(read_clock(text)))]
SchoolYear = Annotated[int, Field(ge=2000, le=2100)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]


class TermNew(Given):
    place_id: UUID
    school_year: SchoolYear
    number: Literal[1, 2]
    """1 autumn, 2 spring."""
    first: Day
    last: Day


class TermChange(Given):
    version: Version
    first: Day
    last: Day


class TermOut(BaseModel):
    id: UUID
    place: NamedPlace
    school_year: int
    number: int
    first: date
    last: date
    version: int


class DayOut(BaseModel):
    day: date
    week: int
    standing: Standing
    runs: int | None
    certain: bool
    note: str


class WarningOut(BaseModel):
    code: str
    day: date | None
    zh: str
    en: str


class CalendarOut(BaseModel):
    term: TermOut
    weeks: int
    taught_weeks: int
    """Weeks with at least one taught day; a school year has 35 of new teaching."""
    taught_days: int
    days: list[DayOut]
    warnings: list[WarningOut]


class Declaring(Given):
    place_id: UUID
    taught: bool
    runs: Weekday | None = None
    """Which weekday's timetable the day runs; without one a working weekday runs its own."""
    note: Note = ""


class SheetMistake(BaseModel):
    row: int
    zh: str
    en: str


class SheetOut(BaseModel):
    rows: int
    mistakes: list[SheetMistake]
    written: bool


class PeriodIn(Given):
    starts: Clock
    ends: Clock


Periods = Annotated[list[PeriodIn], Field(max_length=MOST_PERIODS)]


class BellsNew(Given):
    place_id: UUID
    """A school, or a place whose schools all ring so."""
    stage: Stage
    name: Title
    first: Day
    last: Day | None = None
    periods: Periods


class BellsChange(Given):
    version: Version
    name: Title
    first: Day
    last: Day | None = None
    periods: Periods


class PeriodOut(BaseModel):
    starts: str
    ends: str


class BellsOut(BaseModel):
    id: UUID
    place: NamedPlace
    stage: Stage
    name: str
    first: date
    last: date | None
    periods: list[PeriodOut]
    version: int


class SlotOut(PeriodOut):
    minutes: int
    numbers: dict[UUID, int]
    """School → the local number of its period."""
