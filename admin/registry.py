"""The registry's lists: one statement each, whatever the number of rows, told by the database (admin/telling.py)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from admin.models import Assignment, Device, Organisation, Person, Region, Room
from admin.paging import Order, as_written, having
from admin.regions import is_valid
from admin.rights import Role
from admin.schemas import Page, PersonOut, RegionOut, RoomKind, RoomOut, SchoolOut
from admin.telling import json_of, page_told, told
from admin.tree import TEACHING_TIERS, Tier

Told = Select[*tuple[Any, ...]]
Out = TypeVar("Out", bound=BaseModel)

PRIVATE: tuple[Role, ...] = ("student", "room", "host")
"""Pupils and boxes are not in the list of people."""

BY_TIER = Order((Organisation.tier, Organisation.name_zh, Organisation.id))
BY_NAME = Order((Organisation.name_zh, Organisation.id))
BY_KEY = Order((Room.key,))
BY_PERSON = Order((Person.name, Person.id))


def inside(places: Iterable[str]) -> ColumnElement[bool]:
    """Organisations at one of the places or below it. The pattern is safe: a path is hexadecimal and dots. It stands in
    the statement: a prepared plan that does not know the place guesses that almost nothing lies below it."""
    below = [(as_written(place), as_written(f"{place}.%")) for place in places]
    return or_(*[or_(Organisation.path == place, Organisation.path.like(pattern)) for place, pattern in below])


def standing_on(day: date) -> ColumnElement[bool]:
    """Places that are not closed."""
    return or_(Organisation.ended.is_(None), Organisation.ended > day)


async def regions(session: AsyncSession, day: date | None) -> Page[RegionOut]:
    rows = (await session.scalars(select(Region).order_by(Region.code))).all()
    valid = [row for row in rows if day is None or is_valid(row.valid_from, row.valid_to, day)]
    items = [RegionOut.model_validate(row, from_attributes=True) for row in valid]
    return Page(items=items, total=len(items), next=None)


async def organisations(
    session: AsyncSession,
    places: Sequence[str],
    day: date,
    tier: Tier | None,
    parent: UUID | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Response:
    query = ORGANISATIONS.where(inside(places), standing_on(day))
    if tier:
        query = query.where(Organisation.tier == tier)
    if parent:
        query = query.where(Organisation.parent_id == parent)
    if q:
        query = query.where(having(q, Organisation.name_zh, Organisation.name_en))
    return await page_told(session, query, BY_TIER, after, limit, {"day": day})


def _organisations() -> Told:
    parent = aliased(Organisation)
    fields = _placed(Organisation) | {
        "parent": case((parent.id.is_not(None), json_of(_named(parent)))),
        "region_code": Organisation.region_code,
        "identification": Organisation.identification,
        "model_school": _is_model(bindparam("day", type_=Date)),
    }
    return told(fields, BY_TIER).select_from(Organisation).outerjoin(parent, parent.id == Organisation.parent_id)


async def schools(
    session: AsyncSession,
    places: Sequence[str],
    day: date,
    county: UUID | None,
    model: bool | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Response:
    query = SCHOOLS.where(inside(places), standing_on(day), Organisation.tier.in_(TEACHING_TIERS))
    if county:
        query = query.where(Organisation.county_id == county)
    if model is not None:
        query = query.where(_is_model(day) == model)
    if q:
        query = query.where(having(q, Organisation.name_zh) | (Organisation.identification == q.strip()))
    return await page_told(session, query, BY_NAME, after, limit, {"day": day})


def _schools() -> Told:
    """Each with the two places above it: a school's township, or a point's centre school and its township."""
    county, above, higher = (aliased(Organisation) for _ in range(3))
    rooms = select(func.count(Room.id)).where(Room.school_id == Organisation.id).correlate(Organisation)
    fields = _placed(Organisation) | {
        "identification": Organisation.identification,
        "hung_under": case((above.tier == "school", json_of(_named(above)))),
        "county": case((county.id.is_not(None), json_of(_named(county)))),
        "township": case(*((place.tier == "township", json_of(_named(place))) for place in (above, higher))),
        "model_school": _is_model(bindparam("day", type_=Date)),
        "model_from": Organisation.model_from,
        "model_to": Organisation.model_to,
        "rooms": rooms.scalar_subquery(),
        "version": Organisation.version,
    }
    query = told(fields, BY_NAME).select_from(Organisation).outerjoin(county, county.id == Organisation.county_id)
    return query.outerjoin(above, above.id == Organisation.parent_id).outerjoin(higher, higher.id == above.parent_id)


async def rooms(
    session: AsyncSession,
    places: Sequence[str],
    school: UUID | None,
    kind: RoomKind | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Response:
    query = ROOMS.where(inside(places))
    if school:
        query = query.where(Room.school_id == school)
    if kind:
        query = query.where(Room.kind == kind)
    if q:
        at = select(Organisation.id).where(inside(places), having(q, Organisation.name_zh))
        query = query.where(Room.school_id.in_(at) | having(q, Room.name))
    return await page_told(session, query, BY_KEY, after, limit)


def _rooms() -> Told:
    county = aliased(Organisation)
    devices = select(func.count(Device.id)).where(Device.room_id == Room.id, Device.revoked_at.is_(None))
    school = _named(Organisation) | {"county": county.name_zh, "county_en": county.name_en}
    fields = {
        "id": Room.id,
        "name": Room.name,
        "key": Room.key,
        "kind": Room.kind,
        "school": json_of(school),
        "devices": devices.correlate(Room).scalar_subquery(),
        "version": Room.version,
    }
    query = told(fields, BY_KEY).select_from(Room).join(Organisation, Organisation.id == Room.school_id)
    return query.outerjoin(county, county.id == Organisation.county_id)


async def people(
    session: AsyncSession,
    places: Sequence[str],
    role: Role | None,
    school: UUID | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Response:
    held = exists().where(Assignment.person_id == Person.id, Assignment.organisation_id == Organisation.id)
    held = held.where(inside(places), Assignment.role.not_in(PRIVATE))
    if role:
        held = held.where(Assignment.role == role)
    if school:
        held = held.where(Assignment.organisation_id == school)
    query = PEOPLE.where(held, Person.disabled_at.is_(None))
    if q:
        query = query.where(having(q, Person.name) | (Person.username == q.strip().lower()))
    return await page_told(session, query, BY_PERSON, after, limit)


async def one_school(session: AsyncSession, school: UUID, day: date) -> SchoolOut:
    return await _one(session, SCHOOLS.where(Organisation.id == school), SchoolOut, {"day": day})


async def one_room(session: AsyncSession, room: UUID) -> RoomOut:
    return await _one(session, ROOMS.where(Room.id == room), RoomOut)


async def one_person(session: AsyncSession, person: UUID) -> PersonOut:
    return await _one(session, PEOPLE.where(Person.id == person), PersonOut)


async def _one(session: AsyncSession, query: Told, kind: type[Out], values: dict[str, Any] | None = None) -> Out:
    row = (await session.execute(query, values or {})).one()
    return kind.model_validate_json(row.item)


def _people() -> Told:
    fields = {"id": Person.id, "name": Person.name, "username": Person.username, "version": Person.version}
    return told({**fields, "roles": ROLES}, BY_PERSON).select_from(Person)


def _roles() -> ScalarSelect[Any]:
    """The roles of the person in the enclosing query, as PersonOut has them."""
    role = json_of({"role": Assignment.role, "organisation": json_of(_placed(Organisation))})
    in_order = aggregate_order_by(role, Assignment.role, Organisation.path)
    query = select(func.coalesce(func.json_agg(in_order, type_=JSON), text("'[]'"), type_=JSON))
    query = query.join_from(Assignment, Organisation, Organisation.id == Assignment.organisation_id)
    return query.where(Assignment.person_id == Person.id).correlate(Person).scalar_subquery()


def _named(place: type[Organisation]) -> dict[str, InstrumentedAttribute[Any]]:
    return {"id": place.id, "name": place.name_zh, "name_en": place.name_en}


def _placed(place: type[Organisation]) -> dict[str, InstrumentedAttribute[Any]]:
    return {**_named(place), "tier": place.tier}


def _is_model(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The same as regions.is_valid, for lists."""
    within = and_(Organisation.model_from <= day, func.coalesce(Organisation.model_to > day, True))
    return func.coalesce(within, False)


# Made once: building a statement of several joins takes longer than its answer.
ROLES = _roles()
ORGANISATIONS, SCHOOLS, ROOMS, PEOPLE = _organisations(), _schools(), _rooms(), _people()
