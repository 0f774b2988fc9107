from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from admin.change_schemas import Version
from admin.companions.shape.schemas import Day, KeptOut, Line, Prose
from admin.schemas import Given

Colour = Literal["done", "red", "yellow", "green"]


class ItemNew(Given):
    place_id: UUID
    programme: Line
    title: Line
    route: Prose = ""
    starts: Day
    due: Day | None = None
    owner_id: UUID | None = None


class ItemChange(Given):
    version: Version
    programme: Line = Field(default="")
    title: Line = Field(default="")
    route: Prose = Field(default="")
    starts: Day = Field(default=date(2000, 1, 1))
    due: Day | None = None
    owner_id: UUID | None = None


class ItemOut(KeptOut):
    programme: str
    title: str
    route: str
    starts: date
    due: date | None
    owner_id: UUID | None
    place_id: UUID
    state: str


class BarOut(BaseModel):
    """One bar of the wall chart."""

    item: ItemOut
    colour: Colour
    working_days_left: int | None
    """Null without a due day and for what is closed."""
