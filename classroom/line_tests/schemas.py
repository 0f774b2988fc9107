"""What clients send and get about tests of their line."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.devices.schemas import Check
from admin.schemas import Given, Named, NamedPlace
from classroom.lessons.schemas import IceServer


class LineTestNew(Given):
    room_id: UUID | None = None
    """Where it is made; without it a room's account tests its room's line, anybody else that of her place."""


class LineTestBegun(BaseModel):
    """A lesson of one's own for some minutes: one publishes its slot `teacher` and watches it come back."""

    id: UUID
    ticket: str
    whip_urls: list[str]
    whep_urls: list[str]
    ice_servers: list[IceServer]
    expires_at: datetime


class LineTestTold(Given):
    browser: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    checks: Annotated[list[Check], Field(min_length=1, max_length=10)]


class LineTestOut(BaseModel):
    id: UUID
    place: NamedPlace
    room: Named | None
    by: Named
    begun_at: datetime
    told_at: datetime | None
    """None for one that was broken off, or is under way."""
    browser: str
    checks: list[Check]
