"""What the timetable's routes of drafts take and give, as JSON. Clock times are "08:35"; weekdays 1 (Monday) to 7."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from admin.change_schemas import Version
from admin.schemas import Given, Named, NamedPlace
from scheduling.calendar.schemas import Clock, Weekday

DraftName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,20}$")]
LessonNumber = Annotated[int, Field(ge=1, le=99)]
Weeks = Literal["all", "odd", "even"]
RunState = Literal["none", "waiting", "running", "stopping", "done", "failed"]
MOST_MOVES = 500
LONGEST_RUN = 600


class RuleOut(BaseModel):
    """A rule as it holds for a place: its own choice, else that of the nearest place above, else the rule's own."""

    id: str
    zh: str
    en: str
    hard: bool
    weight: int
    """0 for a hard rule."""
    usual_weight: int
    on: bool
    chosen_by: NamedPlace | None
    """The place whose choice holds; null: nobody has chosen."""


class RuleChoiceIn(Given):
    id: RuleId
    on: bool
    weight: Annotated[int, Field(ge=1, le=100)] | None = None
    """Of a soft rule; null: its usual one."""


class RulesIn(Given):
    place_id: UUID
    rules: Annotated[list[RuleChoiceIn], Field(min_length=1, max_length=40)]


class AbsenceIn(Given):
    """A teacher, class, room or school (its line) that cannot at a time of the week, for the whole term."""

    term_id: UUID
    who_id: UUID
    weekday: Weekday
    starts: Clock
    ends: Clock
    weeks: Weeks = "all"
    reason: Why = ""

    @model_validator(mode="after")
    def begins_before_it_ends(self) -> "AbsenceIn":
        if self.ends <= self.starts:
            raise ValueError("结束要晚于开始 / it ends after it begins")
        return self


class AbsenceOut(BaseModel):
    id: UUID
    who: Named
    weekday: int
    starts: str
    ends: str
    weeks: Weeks
    reason: str


class DraftNew(Given):
    term_id: UUID
    place_id: UUID
    """The county, or the prefecture, whose courses are placed: those of which it is the authority."""
    name: DraftName
    copy_of: UUID | Literal["published"] | None = None
    """Another draft of the place, or the version in force; null: empty."""


class DraftChange(Given):
    revision: Version
    name: DraftName


class DraftOut(BaseModel):
    id: UUID
    term_id: UUID
    place: NamedPlace
    name: str
    revision: int
    """Moves on with each change of a lesson; send back what you saw."""
    wanted: int
    """Lessons a week that the plan asks for."""
    placed: int
    locked: int
    changed_at: datetime
    changed_by: Named | None
    run: RunState


class MoveIn(Given):
    """What changes of one lesson of the week; what is not sent stays. A time of null takes it out."""

    course_id: UUID
    number: LessonNumber
    weekday: Weekday | None = None
    starts: Clock | None = None
    locked: bool | None = None

    @model_validator(mode="after")
    def day_and_clock_together(self) -> "MoveIn":
        if (self.weekday is None) != (self.starts is None):
            raise ValueError("星期和时间要一起写 / weekday and starts go together")
        return self

    @property
    def moves(self) -> bool:
        return bool(self.model_fields_set & {"weekday", "starts"})


class MovesIn(Given):
    """All or none: a drag is one move, a swap two, a repair as many as it says."""

    revision: Version
    moves: Annotated[list[MoveIn], Field(min_length=1, max_length=MOST_MOVES)]


class FaultOut(BaseModel):
    rule: str
    hard: bool
    zh: str
    en: str
    course_ids: list[UUID]
    cost: int
    """0 for a hard fault."""


class MovesOut(BaseModel):
    draft: DraftOut
    faults: list[FaultOut]
    """What is wrong now with the courses that were moved."""


class RuleCost(BaseModel):
    rule: str
    hard: bool
    zh: str
    en: str
    count: int
    cost: int


class JudgementOut(BaseModel):
    draft_id: UUID
    name: str
    revision: int
    wanted: int
    placed: int
    hard: int
    """Hard faults; nothing is published that has any, but for lessons without a time."""
    cost: int
    """What the soft faults weigh together."""
    rules: list[RuleCost]
    total: int
    faults: list[FaultOut]
    """The first hundred, hard ones first."""


class SlotOut(BaseModel):
    weekday: int
    starts: str
    ends: str
    free: bool
    """No hard rule breaks."""
    here: bool
    """The lesson is here now."""
    faults: list[FaultOut]
    """What would break, hard ones first; soft ones too, so a free slot may have some."""


class SlotsOut(BaseModel):
    course_id: UUID
    number: int
    revision: int
    slots: list[SlotOut]


class WayOutOut(BaseModel):
    zh: str
    en: str


class ClashOut(BaseModel):
    """The smallest set of courses that cannot all be had, and what was tried and helps."""

    fits: bool
    """True: the course fits; solve again. The rest is then empty."""
    course_ids: list[UUID]
    zh: str
    en: str
    ways_out: list[WayOutOut]


class SolveIn(Given):
    seconds: Annotated[int, Field(ge=1, le=LONGEST_RUN)] = 60
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class RunOut(BaseModel):
    """How the solving goes: to be asked for every second. The draft changes once, at its end."""

    state: RunState
    seconds: float
    """How long it may take."""
    elapsed: float
    cost: float | None
    bound: float | None
    """Proven: nothing is cheaper."""
    wanted: int
    placed: int
    broken: list[WayOutOut]
    """Which lessons still have no place, in words; at most ten."""
    zh: str
    en: str
    """How it stands, in a sentence; of a failed run also what to do."""


class MovedOut(BaseModel):
    course_id: UUID
    number: int
    name: str
    before: str
    after: str | None
    before_en: str
    after_en: str | None


class RepairOut(BaseModel):
    """`moves` is what PATCH …/lessons takes; `disturbance` counts classes, twice where the day changes."""

    disturbance: int
    moved: list[MovedOut]
    moves: list[MoveIn]


class SheetMistake(BaseModel):
    row: int
    zh: str
    en: str


class DraftSheetOut(BaseModel):
    rows: int
    mistakes: list[SheetMistake]
    written: bool
    revision: int
