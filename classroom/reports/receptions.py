"""The rows behind two of the figures: the schools that received lessons, and each room of each lesson."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.models import Organisation, Room
from admin.paging import Order, page
from admin.registry import inside
from admin.schemas import Named, Page
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.reading import Fate, day_of, of_fate
from classroom.reports.schemas import Reception, SchoolReached

COUNTY = aliased(Organisation)
BY_NAME = Order((Organisation.name_zh, Organisation.id))
EARLIEST_FIRST = Order((Lesson.starts_at, LessonRoom.lesson_id, LessonRoom.room_id))


@dataclass(frozen=True)
class Wanted:
    day: date
    until: date
    place: UUID | None = None
    """The county."""
    school: UUID | None = None
    fate: Fate | None = None
    mine: bool = False
    """Of the lessons that the asker leads, wherever they were received."""


async def schools(
    session: AsyncSession, who: Actor, wanted: Wanted, after: str | None, limit: int
) -> Page[SchoolReached]:
    heard = _of(select(Room.school_id, func.count().label("rooms")), who, wanted).group_by(Room.school_id).subquery()
    query = select(Organisation.id, Organisation.name_zh, Organisation.name_en, heard.c.rooms, *_county())
    query = query.join(heard, heard.c.school_id == Organisation.id)
    query = query.outerjoin(COUNTY, COUNTY.id == Organisation.county_id)
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    items = [SchoolReached(name=row.name_zh, **_plain(row, SchoolReached)) for row in rows]
    return Page(items=items, total=total, next=following)


async def rooms(session: AsyncSession, who: Actor, wanted: Wanted, after: str | None, limit: int) -> Page[Reception]:
    lesson = (Lesson.title, Lesson.subject, Lesson.starts_at, Lesson.started_at, Lesson.shutdown_at)
    school = (Organisation.id.label("school_id"), Organisation.name_zh, Organisation.name_en.label("school_en"))
    named = (LessonRoom.lesson_id, LessonRoom.room_id, Room.name.label("room"))
    query = _of(select(*lesson, *named, *school, *_county()), who, wanted)
    query = query.outerjoin(COUNTY, COUNTY.id == Organisation.county_id)
    rows, total, following = await page(session, query, EARLIEST_FIRST, after, limit)
    return Page(items=[_reception(row) for row in rows], total=total, next=following)


def _county() -> tuple[ColumnElement[str], ColumnElement[str]]:
    return COUNTY.name_zh.label("county"), COUNTY.name_en.label("county_en")


def _of(query: Select[*tuple[Any, ...]], who: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = query.select_from(LessonRoom).join(Lesson, Lesson.id == LessonRoom.lesson_id)
    query = query.join(Room, Room.id == LessonRoom.room_id).join(Organisation, Organisation.id == Room.school_id)
    first, last = day_of(wanted.day)[0], day_of(wanted.until)[1]
    conditions = [LessonRoom.part == "receiving", Lesson.starts_at >= first, Lesson.starts_at < last]
    if wanted.place:
        conditions.append(Organisation.county_id == wanted.place)
    if wanted.school:
        conditions.append(Room.school_id == wanted.school)
    if wanted.fate:
        conditions.append(of_fate(wanted.fate))
    return query.where(_seen(who, wanted), *conditions)


def _seen(who: Actor, wanted: Wanted) -> ColumnElement[bool]:
    """Rooms at one's places, or those of one's own lessons."""
    places = who.places("reports.read")
    led = or_(Lesson.teacher_id == who.id, Lesson.substitute_id == who.id)
    return led if wanted.mine or not places else inside(places)


def _plain(row: Any, shape: type[SchoolReached] | type[Reception]) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name in shape.model_fields}


def _reception(row: Any) -> Reception:
    told = _plain(row, Reception) | {"begun": row.started_at is not None, "shut_down": row.shutdown_at is not None}
    told |= {"room": Named(id=row.room_id, name=row.room), "school": Named(id=row.school_id, name=row.name_zh)}
    return Reception.model_validate(told)
