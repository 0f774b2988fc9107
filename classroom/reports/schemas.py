from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from admin.schemas import Named
from classroom.lessons.rules import State

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


class ChartCounty(BaseModel):
    id: UUID | None
    county: str | None
    """None: above all counties."""
    county_en: str | None
    schools: int
    """That receive a lesson of this day."""


class ChartShutdown(BaseModel):
    at: datetime
    by: str
    reason: str


class ChartLesson(BaseModel):
    id: UUID
    title: str
    subject: str
    starts_at: datetime
    started_at: datetime | None
    state: State
    shutdown: ChartShutdown | None
    teacher: str
    """Who leads it: the substitute where there is one."""
    counties: list[int]
    """Where it goes: places in the list of counties, from 0."""


class DayChart(BaseModel):
    total: int
    counties: list[ChartCounty]
    lessons: list[ChartLesson]


class DeliveryReport(BaseModel):
    begins: date
    ends: date
    """The last day."""
    at: datetime
    """When it was counted."""
    counties: list[CountyFigures]
    total: CountyFigures
    """Lessons once each, whatever the number of counties that received them."""


class SchoolReached(BaseModel):
    id: UUID
    name: str
    name_en: str
    county: str | None
    county_en: str | None
    rooms: int
    """Receiving rooms, once for each lesson."""


class Reception(BaseModel):
    """One room that receives one lesson."""

    lesson_id: UUID
    title: str
    subject: str
    starts_at: datetime
    begun: bool
    shut_down: bool
    room: Named
    school: Named
    school_en: str
    county: str | None
    county_en: str | None
