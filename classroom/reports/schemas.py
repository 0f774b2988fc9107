from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class CountyFigures(BaseModel):
    """One county's lessons that began between two moments. A lesson that several counties receive counts in each."""

    id: UUID
    name: str
    name_en: str
    planned: int
    held: int
    """Of these, begun by a teacher."""
    live: int
    shut_down: int
    schools: int
    """That had a room in one of them as receiver."""
    rooms: int
    """Receiving rooms, once for each lesson."""
    tickets: int
    """Reported in that time."""
    closed: int
    """Of these, closed by now."""


class DeliveryReport(BaseModel):
    begins: date
    ends: date
    """The last day."""
    at: datetime
    """When it was counted."""
    counties: list[CountyFigures]
    total: CountyFigures
    """Lessons once each, whatever the number of counties that received them."""
