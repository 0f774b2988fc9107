"""The figures of a time, county by county, inside the asker's places: four statements, whatever the number of rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from admin.registry import inside
from admin.tickets.models import Ticket
from admin.who import Actor
from classroom.lessons.models import Lesson
from classroom.reports import days
from classroom.reports.schemas import CountyFigures, DeliveryReport

HERE = ZoneInfo("Asia/Shanghai")
LESSONS = ("planned", "held", "shut_down")
NONE = dict.fromkeys((*LESSONS, "live", "schools", "rooms", "tickets", "closed"), 0)
TOTAL = {"id": UUID(int=0), "name": "合计", "name_en": "Total"}
Figures = dict[UUID | None, Mapping[str, Any]]
"""By county; None: at places that belong to no county."""


async def report(session: AsyncSession, who: Actor, begins: date, ends: date, moment: datetime) -> DeliveryReport:
    """From the first day to the last one, on the prefecture's clock."""
    places, span = who.places("reports.read"), {"begins": begins, "ends": ends}
    first = datetime.combine(begins, time(), HERE)
    last = datetime.combine(ends + timedelta(days=1), time(), HERE)
    time_of = and_(Lesson.starts_at >= first, Lesson.starts_at < last)
    rows = (await session.execute(_counties(places, and_(time_of, _going(moment))), span)).all()
    received = await _by_county(session, _received(places), span)
    helped = await _by_county(session, _tickets(places, first, last))
    whole = (await session.execute(_whole(who, time_of, moment))).one()
    counties = [_county(row._asdict(), received.get(row.id, {}), helped.get(row.id, {})) for row in rows]
    total = _county(TOTAL, whole._asdict(), _sum(received), _sum(helped))
    return DeliveryReport(begins=begins, ends=ends, at=moment, counties=counties, total=total)


def _going(moment: datetime) -> ColumnElement[bool]:
    """Begun, and neither ended nor over."""
    open_end = Lesson.ended_at.is_(None) & Lesson.shutdown_at.is_(None)
    return Lesson.started_at.is_not(None) & (Lesson.over_at > moment) & open_end


def _counties(places: Sequence[str], going_in_time: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Every county with the lessons that have a room in it."""
    counted = days.COUNTIES.subquery()
    live = select(func.unnest(Lesson.places).label("place")).where(going_in_time).subquery()
    at_once = select(live.c.place, func.count().label("lessons")).group_by(live.c.place).subquery()
    figures = [func.coalesce(counted.c[name], 0).label(name) for name in LESSONS]
    named = (Organisation.id, Organisation.name_zh.label("name"), Organisation.name_en)
    query: Select[*tuple[Any, ...]] = select(*named, *figures)
    query = query.add_columns(func.coalesce(at_once.c.lessons, 0).label("live"))
    query = query.outerjoin(counted, counted.c.county_id == Organisation.id)
    query = query.outerjoin(at_once, at_once.c.place == Organisation.id)
    query = query.where(Organisation.tier == "county", inside(places))
    return query.order_by(Organisation.region_code, Organisation.name_zh)


def _received(places: Sequence[str]) -> Select[*tuple[Any, ...]]:
    counted = days.SCHOOLS.subquery()
    figures = (func.count().label("schools"), func.sum(counted.c.rooms).label("rooms"))
    query = select(Organisation.county_id.label("id"), *figures).select_from(counted)
    query = query.join(Organisation, Organisation.id == counted.c.school_id).where(inside(places))
    return query.group_by(Organisation.county_id)


def _tickets(places: Sequence[str], first: datetime, last: datetime) -> Select[*tuple[Any, ...]]:
    closed = func.count().filter(Ticket.state == "closed").label("closed")
    query = select(Organisation.county_id.label("id"), func.count().label("tickets"), closed).select_from(Ticket)
    query = query.join(Organisation, Organisation.id == Ticket.place_id)
    query = query.where(Ticket.created_at >= first, Ticket.created_at < last, inside(places))
    return query.group_by(Organisation.county_id)


def _whole(who: Actor, time_of: ColumnElement[bool], moment: datetime) -> Select[*tuple[Any, ...]]:
    mine = Lesson.places.overlap(array(who.place_ids("reports.read"))) if who.place_ids("reports.read") else true()
    return select(
        func.count(Lesson.id).label("planned"),
        func.count(Lesson.started_at).label("held"),
        func.count(Lesson.id).filter(_going(moment)).label("live"),
        func.count(Lesson.shutdown_at).label("shut_down"),
    ).where(time_of, mine)


async def _by_county(
    session: AsyncSession, query: Select[*tuple[Any, ...]], values: Mapping[str, Any] | None = None
) -> Figures:
    rows = await session.execute(query, values)
    return {row.id: {name: value for name, value in row._asdict().items() if name != "id"} for row in rows}


def _sum(figures: Figures) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in figures.values():
        found = {name: found.get(name, 0) + value for name, value in one.items()}
    return found


def _county(*told: Mapping[str, Any]) -> CountyFigures:
    values: dict[str, Any] = dict(NONE)
    for one in told:
        values |= one
    return CountyFigures.model_validate(values)
