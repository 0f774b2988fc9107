"""What the organisation's routes take and give, as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.change_schemas import Identification, Name, NameEn, Version
from admin.schemas import Given, Named, Place
from admin.tree import Tier

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]
RegionCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Z]{6,12}$")]
Grade = Annotated[int, Field(ge=1, le=12)]


class PlaceNew(Given):
    parent_id: UUID
    tier: Literal["prefecture", "county", "township", "school", "teaching_point"]
    name: Name
    name_en: NameEn = ""
    region_code: RegionCode | None = None
    """Without one the place has that of the place above."""
    identification: Identification | None = None
    since: date | None = None


class PlaceChange(Given):
    """Only the fields that are sent change."""

    version: Version
    on: date | None = None
    """The first day on which it is so; null corrects what was never right, and leaves no history."""
    name: Name | None = None
    name_en: NameEn | None = None
    parent_id: UUID | None = None
    region_code: RegionCode | None = None
    identification: Identification | None = None
    first_grade: Grade | None = None
    last_grade: Grade | None = None
    reason: Reason = ""


class PlaceEnd(Given):
    version: Version
    on: date
    """The first day on which the place is no more."""
    successor_id: UUID | None = None
    reason: Reason = ""


class TreePlace(Place):
    """As it was on the day that was asked for."""

    parent_id: UUID | None
    region_code: str | None
    since: date | None
    until: date | None
    below: int
    """How many places hang straight under it on that day."""
    manages: bool
    """Whether who asks may change it."""


class StateOut(BaseModel):
    since: date | None
    until: date | None
    name: str
    name_en: str
    parent: Named | None
    region_code: str | None
    identification: str | None
    reason: str
    by: str | None
    at: datetime | None
    standing: Literal["past", "present", "planned"]


class PlaceOut(Place):
    way: list[Named]
    """From the root down to the place above, today."""
    region_code: str | None
    identification: str | None
    since: date | None
    ended: date | None
    successor: Named | None
    first_grade: int | None
    last_grade: int | None
    manages: bool
    version: int
    states: list[StateOut]
    """The newest first."""
    tier: Tier
