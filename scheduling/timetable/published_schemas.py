"""What the routes of published timetables, weeks, feeds and rates take and give, as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.change_schemas import Version
from admin.schemas import Given, Named, NamedPlace
from scheduling.calendar.days import Standing
from scheduling.timetable.schemas import Why

By = Literal["class", "room", "teacher", "school", "county"]
FeedKind = Literal["person", "room", "school"]
What = Literal["new", "moved", "changed", "cancelled", "restored"]
PublicationState = Literal["none", "waiting", "comparing", "writing", "done", "refused", "failed"]
Received = Literal[
    "received-well", "received", "from-recording", "not-received", "not-given", "cancelled", "to-come", "away"
]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=r"^[^\x00]*$")]
WeekNumber = Annotated[int, Field(ge=1, le=60)]


class PublishIn(Given):
    revision: Version
    """Of the draft."""
    note: Why = ""


class ChangeOut(BaseModel):
    """A lesson as it was (null: new) and as it is. `who` are the people, rooms and classes that it touches."""

    what: What
    course_id: UUID
    week: int
    number: int
    name: str
    before: datetime | None
    after: datetime
    ends: datetime
    reason: str
    who: list[Named]


class CountsOut(BaseModel):
    new: int
    moved: int
    changed: int
    cancelled: int
    restored: int
    people: int
    """How many people it touches; each gets a notice."""
    rooms: int


class HindranceOut(BaseModel):
    zh: str
    en: str


class PreviewOut(BaseModel):
    counts: CountsOut
    changes: list[ChangeOut]
    """The first hundred."""
    hindrances: list[HindranceOut]
    """Why it cannot be published yet; empty: it can."""
    notes: list[HindranceOut]
    """What is to be known before: which schools are off on a day of lessons."""


class PublicationOut(BaseModel):
    """How the publishing goes: to be asked for every second. Nothing is seen of the version before its end."""

    state: PublicationState
    written: int
    of: int
    """Lessons that change; 0 until they are known."""
    version_id: UUID | None
    """Once it is done."""
    code: str | None
    """Why it was refused."""
    hindrances: list[HindranceOut]
    zh: str
    en: str
    """How it stands, in a sentence; of one that failed or was refused also what to do."""


class VersionOut(BaseModel):
    id: UUID
    term_id: UUID
    place: NamedPlace
    number: int
    note: str
    published_at: datetime
    published_by: Named | None
    lessons: int
    """That are not cancelled."""
    counts: CountsOut


class CancelIn(Given):
    reason: Reason


class SubstituteIn(Given):
    person_id: UUID
    reason: Reason


class SeatHere(BaseModel):
    in_class: Named
    school: NamedPlace
    room: Named
    interactive: bool
    assistant: Named | None


class CellOut(BaseModel):
    """A lesson of the week. `id` is null in a draft; `day` too."""

    id: UUID | None
    lesson_id: UUID | None
    """Of GET /api/lessons/{id}; null in a draft and when cancelled."""
    course_id: UUID
    number: int
    name: str
    subject: str
    grade: int
    kind: Literal["dedicated", "master-teacher", "school-online"]
    weeks: Literal["all", "odd", "even"]
    chapter: str
    """What its week gets to in the textbook; empty in a draft, and where nothing is said."""
    weekday: int
    """Whose timetable it is; on a make-up day not the day's own."""
    day: date | None
    starts: str
    ends: str
    lead: Named
    substitute: Named | None
    room: Named
    school: NamedPlace
    sending_class: Named | None
    seats: list[SeatHere]
    locked: bool
    cancelled: bool
    reason: str


class UnplacedOut(BaseModel):
    course_id: UUID
    number: int
    name: str
    subject: str
    grade: int
    minutes: int
    lead: Named
    school: NamedPlace
    seats: list[SeatHere]


class PeriodHere(BaseModel):
    number: int
    starts: str
    ends: str


class BellsHere(BaseModel):
    school: NamedPlace
    periods: list[PeriodHere]


class DayHere(BaseModel):
    day: date
    standing: Standing
    runs: int | None


class OwnHere(BaseModel):
    """What classes of a school that take part are taught by their own teachers at a time of the week."""

    school_id: UUID
    weekday: int
    starts: str
    ends: str
    lessons: list[str]
    """Class and subject."""
    classes: list[UUID]
    """Whose they are, in the same order."""


class WeekOut(BaseModel):
    term_id: UUID
    place: NamedPlace | None
    version: int | None
    """The newest that touches what is shown; null in a draft or when nothing is published."""
    week: int | None
    weeks: int
    days: list[DayHere]
    """Of the calendar week; empty in a draft, whose weeks are alike."""
    bells: list[BellsHere]
    own: list[OwnHere]
    """Of the schools that take part, at most sixty."""
    cells: list[CellOut]
    unplaced: list[UnplacedOut]
    """Of a draft: lessons without a time."""
    total: int
    """All lessons; more than `cells` has where there are more than `limit`."""


class FeedNew(Given):
    kind: FeedKind
    who_id: UUID | None = None
    """Without one: the asker's own."""


class FeedOut(BaseModel):
    id: UUID
    kind: FeedKind
    who: Named
    made_at: datetime
    made_by: Named
    read_at: datetime | None
    """When a calendar last fetched it, to the hour."""


class FeedMade(FeedOut):
    url: str
    """Shown once: only its digest is kept."""


class TierRate(BaseModel):
    """到课率 = attended ÷ due; 专递供给率 = supplied ÷ lacking lessons a week."""

    id: UUID
    name: str
    name_en: str
    tier: str
    planned: int
    """Receiving places of lessons in the time: a lesson with three rooms counts three."""
    due: int
    """Of these, over by now and not cancelled."""
    given: int
    """Taught: started by the teacher."""
    attended: int
    """The room was connected for at least 80 % of the lesson."""
    received_well: int
    """Of these, with a good line for as long."""
    cancelled: int
    missing_lessons: int
    """A week, that the schools cannot give themselves."""
    supplied_lessons: int


class RatesOut(BaseModel):
    begins: date
    ends: date
    at: datetime
    total: TierRate
    places: list[TierRate]
    """One tier below the place asked for; of a township its schools."""


class LedgerPlace(BaseModel):
    """How a class received a lesson. `zh` and `en` say why not, or why not well; empty: well, or still to come."""

    school: NamedPlace
    in_class: Named
    room: Named
    received: Received
    minutes: int
    """At which the room was connected."""
    good_minutes: int
    """Of these, with a good line."""
    heads: int | None
    zh: str
    en: str


class LedgerLesson(BaseModel):
    id: UUID
    week: int
    number: int
    starts_at: datetime
    ends_at: datetime
    chapter: str
    teacher: Named
    """The substitute where there is one."""
    substituted: bool
    given: bool
    places: list[LedgerPlace]


class CourseRate(BaseModel):
    course_id: UUID
    name: str
    lead: Named
    planned: int
    given: int
    received: int
    """Receiving places that attended."""
    received_well: int
    """Of these, with a good line for at least 80 % of the lesson."""
    places: int
    cancelled: int
    credit: int
    """Lessons that count for the lead teacher: given, not by a substitute."""


class FallbackOut(BaseModel):
    """What the room plays when its line fails or nobody teaches; `film` is a resource of the library."""

    room: Named
    film: Named
    seconds: float | None
    """How long it lasts."""
    played_at: datetime | None
    """When the room began it."""


class FallbackPlayed(Given):
    room_id: UUID
