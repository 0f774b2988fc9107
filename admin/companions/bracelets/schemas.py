from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from admin.companions.shape.schemas import Day, KeptOut, Line, Prose
from admin.schemas import Given, Named

Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Z-]{4,20}$")]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Metres = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


def _local(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError("本地时间不带时区 / a local time has no offset")
    return moment


LocalTime = Annotated[time, AfterValidator(_local)]


class ChildNew(Given):
    place_id: UUID
    name: Line
    born: Day
    guardian_id: UUID


class ChildOut(KeptOut):
    name: str
    born: date
    guardian_id: UUID
    place_id: UUID


class BraceletNew(Given):
    place_id: UUID
    number: Number


class BraceletOut(KeptOut):
    number: str
    child_id: UUID | None
    place_id: UUID


class BindIn(Given):
    child_id: UUID | None
    """Null takes it off."""


class FixIn(Given):
    number: Number
    at: AwareDatetime
    lat: Latitude
    lon: Longitude
    accuracy: Metres
    source: Literal["gps", "wifi", "cell"]


class FixesIn(Given):
    fixes: Annotated[list[FixIn], Field(min_length=1, max_length=10_000)]


class FixesOut(BaseModel):
    kept: int
    dropped: int
    """Of bracelets that are unknown or unbound, or with a clock that cannot be right."""


class FixOut(BaseModel):
    at: datetime
    lat: float
    lon: float
    accuracy: float
    source: str


class TrackOut(BaseModel):
    current: FixOut | None
    """Null when the last fix is older than ten minutes."""
    last: FixOut | None
    stale: bool
    fixes: list[FixOut]
    """Of the day, in order of time."""
    child: str
    fences: list["FenceOut"]
    case_until: datetime | None
    """The end of the search case by which the asker looks; null for a guardian."""


class FenceIn(Given):
    kind: Literal["home", "school", "other"]
    name: Line
    lat: Latitude
    lon: Longitude
    radius: Annotated[int, Field(ge=20, le=20_000)]
    begins: LocalTime
    ends: LocalTime


class FenceOut(FenceIn):
    id: UUID


class OwnChildOut(BaseModel):
    id: UUID
    person_id: UUID
    """By which the family's page and the consent know the child."""
    name: str
    bracelet: str | None
    consented: bool


class AlertOut(BaseModel):
    id: UUID
    child_id: UUID
    child: str
    fence: str
    fence_id: UUID
    kind: str
    at: datetime


class CaseNew(Given):
    child_id: UUID
    reason: Annotated[Prose, Field(min_length=1, max_length=500)]
    hours: Annotated[int, Field(ge=1, le=24)] = 6


class CaseOut(KeptOut):
    child_id: UUID
    reported_by: UUID
    reason: str
    expires_at: datetime
    state: str


class LookOut(BaseModel):
    """Who looked, or tried to."""

    by: Named | None
    at: datetime
    result: str
