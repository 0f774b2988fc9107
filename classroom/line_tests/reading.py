"""Tests of the lines of one's places, the latest first."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Person, Room
from admin.paging import Order, page
from admin.registry import inside
from admin.schemas import Named, NamedPlace, Page
from admin.who import Actor
from classroom.line_tests.models import LineTest
from classroom.line_tests.schemas import LineTestOut

LATEST_FIRST = Order((LineTest.begun_at, LineTest.id), descending=True)


async def tests(
    session: AsyncSession, who: Actor, place: UUID | None, after: str | None, limit: int
) -> Page[LineTestOut]:
    """`place`: one school or teaching point."""
    query = _told().where(inside(who.places("lines.test")))
    if place is not None:
        query = query.where(LineTest.place_id == place)
    rows, total, following = await page(session, query, LATEST_FIRST, after, limit)
    return Page(items=[_shown(row) for row in rows], total=total, next=following)


async def one(session: AsyncSession, test_id: UUID) -> LineTestOut:
    return _shown((await session.execute(_told().where(LineTest.id == test_id))).one())


def _told() -> Select[*tuple[Any, ...]]:
    names = (Organisation.name_zh, Organisation.name_en, Room.name.label("room"), Person.name.label("by"))
    query: Select[*tuple[Any, ...]] = select(LineTest, *names).join(Organisation, Organisation.id == LineTest.place_id)
    return query.join(Person, Person.id == LineTest.begun_by).outerjoin(Room, Room.id == LineTest.room_id)


def _shown(row: Any) -> LineTestOut:
    test: LineTest = row[0]
    plain = {name: getattr(test, name) for name in ("id", "begun_at", "told_at", "browser", "checks")}
    place = NamedPlace(id=test.place_id, name=row.name_zh, name_en=row.name_en or row.name_zh)
    room = Named(id=test.room_id, name=row.room) if test.room_id else None
    return LineTestOut.model_validate(
        {**plain, "place": place, "room": room, "by": Named(id=test.begun_by, name=row.by)}
    )
