"""The figures of a time, county by county, inside the asker's places: three statements, whatever the number of rows."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, func, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room
from admin.registry import inside
from admin.tickets.models import Ticket
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom
from classroom.reports.schemas import CountyFigures, DeliveryReport

HERE = ZoneInfo("Asia/Shanghai")
LESSONS = ("planned", "held", "live", "shut_down")
KEPT = ("id", "started_at", "over_at", "ended_at", "shutdown_at")
"""What the counts ask of a lesson."""
OTHERS = ("schools", "rooms", "tickets", "closed")


async def report(session: AsyncSession, who: Actor, begins: date, ends: date, moment: datetime) -> DeliveryReport:
    """From the first day to the last one, on the prefecture's clock."""
    places = who.places("reports.read")
    first = datetime.combine(begins, time(), HERE)
    last = datetime.combine(ends + timedelta(days=1), time(), HERE)
    time_of = and_(Lesson.starts_at >= first, Lesson.starts_at < last)
    rows = await session.execute(_counties(places, time_of, moment))
    found = {row.id: {**row._mapping} for row in rows}
    await _add(session, found, _tickets(places, first, last))
    counties = [CountyFigures.model_validate(_filled(values)) for values in found.values()]
    whole = (await session.execute(_whole(who, time_of, moment))).one()
    total = _total(counties, dict(whole._mapping))
    return DeliveryReport(begins=begins, ends=ends, at=moment, counties=counties, total=total)


def _counts(lesson: Any, moment: datetime) -> list[ColumnElement[int]]:
    """Of lessons, or of a subquery with these columns of theirs."""
    begun, over = lesson.started_at.is_not(None), lesson.over_at <= moment
    going = begun & ~over & lesson.ended_at.is_(None) & lesson.shutdown_at.is_(None)
    return [
        func.count(lesson.id).label("planned"),
        func.count(lesson.id).filter(begun).label("held"),
        func.count(lesson.id).filter(going).label("live"),
        func.count(lesson.id).filter(lesson.shutdown_at.is_not(None)).label("shut_down"),
    ]


def _reached(places: Sequence[str], time_of: ColumnElement[bool]) -> CTE:
    """Each room of each lesson with its school and county. Both the lessons and the rooms are counted from it, because
    a month of the prefecture has sixty thousand and reading them is most of the work."""
    query = select(*(getattr(Lesson, name) for name in KEPT), LessonRoom.part)
    query = query.add_columns(Organisation.id.label("school"), Organisation.county_id.label("county"))
    query = query.select_from(Lesson).join(LessonRoom, LessonRoom.lesson_id == Lesson.id)
    query = query.join(Room, Room.id == LessonRoom.room_id).join(Organisation, Organisation.id == Room.school_id)
    return query.where(time_of, inside(places)).cte("reached")


def _counties(places: Sequence[str], time_of: ColumnElement[bool], moment: datetime) -> Select[*tuple[Any, ...]]:
    """Every county with its lessons, once each, and its receptions."""
    reached = _reached(places, time_of)
    once = select(reached.c.county, *(reached.c[name] for name in KEPT)).distinct().subquery()
    lessons = select(once.c.county, *_counts(once.c, moment)).group_by(once.c.county).subquery()
    by_school = select(reached.c.county, func.count().label("times")).where(reached.c.part == "receiving")
    receptions = by_school.group_by(reached.c.county, reached.c.school).subquery()
    counted = (func.count().label("schools"), func.sum(receptions.c.times).label("rooms"))
    rooms = select(receptions.c.county, *counted).group_by(receptions.c.county).subquery()
    figures = [func.coalesce(table.c[name], 0).label(name) for table, name in _named(lessons, rooms)]
    query = select(Organisation.id, Organisation.name_zh.label("name"), Organisation.name_en, *figures)
    query = query.outerjoin(lessons, lessons.c.county == Organisation.id)
    query = query.outerjoin(rooms, rooms.c.county == Organisation.id)
    query = query.where(Organisation.tier == "county", inside(places))
    return query.order_by(Organisation.region_code, Organisation.name_zh)


def _named(lessons: Subquery, rooms: Subquery) -> list[tuple[Subquery, str]]:
    return [(lessons, name) for name in LESSONS] + [(rooms, name) for name in ("schools", "rooms")]


def _tickets(places: Sequence[str], first: datetime, last: datetime) -> Select[*tuple[Any, ...]]:
    closed = func.count().filter(Ticket.state == "closed").label("closed")
    query = select(Organisation.county_id.label("id"), func.count().label("tickets"), closed).select_from(Ticket)
    query = query.join(Organisation, Organisation.id == Ticket.place_id)
    query = query.where(Ticket.created_at >= first, Ticket.created_at < last, inside(places))
    return query.group_by(Organisation.county_id)


def _whole(who: Actor, time_of: ColumnElement[bool], moment: datetime) -> Select[*tuple[Any, ...]]:
    mine = Lesson.places.overlap(array(who.place_ids("reports.read"))) if who.place_ids("reports.read") else true()
    return select(*_counts(Lesson, moment)).where(time_of, mine)


async def _add(session: AsyncSession, found: dict[UUID, dict[str, Any]], query: Select[*tuple[Any, ...]]) -> None:
    for row in await session.execute(query):
        if row.id in found:
            found[row.id] |= row._mapping


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(OTHERS, 0) | values


def _total(counties: Sequence[CountyFigures], lessons: dict[str, int]) -> CountyFigures:
    others = {name: sum(getattr(county, name) for county in counties) for name in OTHERS}
    return CountyFigures.model_validate({"id": UUID(int=0), "name": "合计", "name_en": "Total"} | others | lessons)
