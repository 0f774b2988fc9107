"""The registry's lists. Each is a constant number of queries, whatever the number of rows."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.models import Assignment, Device, Organisation, Person, Region, Room
from admin.paging import Order, having, page
from admin.regions import is_valid
from admin.rights import Role
from admin.schemas import (
    OrganisationOut,
    Page,
    PersonOut,
    Place,
    RegionOut,
    RoomKind,
    RoomOut,
    SchoolOut,
)
from admin.tree import TEACHING_TIERS, Tier

PRIVATE: tuple[Role, ...] = ("student", "room")
"""Pupils and boxes are not in the list of people."""

PLACE = (Organisation.id, Organisation.name_zh, Organisation.name_en, Organisation.tier)
MODEL = (Organisation.model_from, Organisation.model_to)
PLACES_READ = TypeAdapter(dict[str, Place])
BY_TIER = Order((Organisation.tier, Organisation.name_zh, Organisation.id))
BY_NAME = Order((Organisation.name_zh, Organisation.id))
BY_KEY = Order((Room.key,))
BY_PERSON = Order((Person.name, Person.id))


def inside(places: Iterable[str]) -> ColumnElement[bool]:
    """Organisations at one of the places or below it. The pattern is safe: a path is hexadecimal and dots."""
    return or_(*[or_(Organisation.path == place, Organisation.path.like(f"{place}.%")) for place in places])


def standing_on(day: date) -> ColumnElement[bool]:
    """Places that are not closed."""
    return or_(Organisation.ended.is_(None), Organisation.ended > day)


async def places_named(session: AsyncSession, labels_wanted: Iterable[str]) -> dict[str, Place]:
    """Places by their labels in paths; made of one JSON text, because a long list names hundreds of them."""
    told = (await session.execute(PLACES, {"labels": ",".join(labels_wanted)})).scalar_one()
    return PLACES_READ.validate_json(told or "{}")


def _places() -> Select[Any]:
    key = func.replace(cast(Organisation.id, Text), "-", "")
    wanted = cast(func.string_to_array(bindparam("labels", type_=Text), ","), ARRAY(Uuid))  # one text is sent faster
    return select(cast(func.json_object_agg(key, _as_json()), Text)).where(Organisation.id == any_(wanted))


def _as_json() -> ColumnElement[Any]:
    """A Place, made by the database."""
    names = ("name", Organisation.name_zh, "name_en", Organisation.name_en)
    return func.json_build_object("id", Organisation.id, *names, "tier", Organisation.tier)


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
) -> Page[OrganisationOut]:
    query = ORGANISATIONS.where(inside(places), standing_on(day))
    if tier:
        query = query.where(Organisation.tier == tier)
    if parent:
        query = query.where(Organisation.parent_id == parent)
    if q:
        query = query.where(having(q, Organisation.name_zh, Organisation.name_en))
    rows, total, following = await page(session, query, BY_TIER, after, limit)
    items = [_organisation(row, day) for row in rows]
    return Page[OrganisationOut].model_validate({"items": items, "total": total, "next": following})


def _organisations() -> Select[*tuple[Any, ...]]:
    parent = aliased(Organisation)
    query = select(*PLACE, Organisation.region_code, Organisation.identification, *MODEL)
    query = query.add_columns(parent.id.label("parent_id"), parent.name_zh.label("parent"))
    return query.outerjoin(parent, parent.id == Organisation.parent_id)


def _organisation(row: Row[Any], day: date) -> dict[str, Any]:
    return _place(row) | {
        "parent": _named(row.parent_id, row.parent),
        "region_code": row.region_code,
        "identification": row.identification,
        "model_school": _is_model(row, day),
    }


async def schools(
    session: AsyncSession,
    places: Sequence[str],
    day: date,
    county: UUID | None,
    model: bool | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Page[SchoolOut]:
    query = SCHOOLS.where(inside(places), standing_on(day), Organisation.tier.in_(TEACHING_TIERS))
    if county:
        query = query.where(Organisation.county_id == county)
    if model is not None:
        is_model = and_(Organisation.model_from <= day, func.coalesce(Organisation.model_to > day, True))
        query = query.where(func.coalesce(is_model, False) == model)
    if q:
        query = query.where(having(q, Organisation.name_zh) | (Organisation.identification == q.strip()))
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    items = [_school(row, day) for row in rows]
    return Page[SchoolOut].model_validate({"items": items, "total": total, "next": following})


def _schools() -> Select[*tuple[Any, ...]]:
    """Each with the two places above it: a school's township, or a point's centre school and its township."""
    county, above, higher = (aliased(Organisation) for _ in range(3))
    rooms = select(func.count(Room.id)).where(Room.school_id == Organisation.id).scalar_subquery()
    query = select(*PLACE, Organisation.identification, *MODEL, Organisation.version, rooms.label("rooms"))
    query = query.add_columns(county.id.label("county_id"), county.name_zh.label("county"))
    for name, place in (("above", above), ("higher", higher)):
        query = query.add_columns(
            place.id.label(f"{name}_id"), place.name_zh.label(name), place.tier.label(f"{name}_tier")
        )
    query = query.outerjoin(county, county.id == Organisation.county_id)
    return query.outerjoin(above, above.id == Organisation.parent_id).outerjoin(higher, higher.id == above.parent_id)


def _school(row: Row[Any], day: date) -> dict[str, Any]:
    way = {row.higher_tier: _named(row.higher_id, row.higher), row.above_tier: _named(row.above_id, row.above)}
    return _place(row) | {
        "identification": row.identification,
        "hung_under": way.get("school"),
        "county": _named(row.county_id, row.county),
        "township": way.get("township"),
        "model_school": _is_model(row, day),
        "model_from": row.model_from,
        "model_to": row.model_to,
        "rooms": row.rooms,
        "version": row.version,
    }


async def rooms(
    session: AsyncSession,
    places: Sequence[str],
    school: UUID | None,
    kind: RoomKind | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Page[RoomOut]:
    query = ROOMS.where(inside(places))
    if school:
        query = query.where(Room.school_id == school)
    if kind:
        query = query.where(Room.kind == kind)
    if q:
        at = select(Organisation.id).where(inside(places), having(q, Organisation.name_zh))
        query = query.where(Room.school_id.in_(at) | having(q, Room.name))
    rows, total, following = await page(session, query, BY_KEY, after, limit)
    items = [_room(row) for row in rows]
    return Page[RoomOut].model_validate({"items": items, "total": total, "next": following})


def _rooms() -> Select[*tuple[Any, ...]]:
    devices = select(func.count(Device.id)).where(Device.room_id == Room.id, Device.revoked_at.is_(None))
    county = aliased(Organisation)
    query = select(Room.id, Room.name, Room.key, Room.kind, Room.school_id, Organisation.name_zh.label("school"))
    query = query.add_columns(county.name_zh.label("county"), devices.scalar_subquery().label("devices"), Room.version)
    query = query.join(Organisation, Organisation.id == Room.school_id)
    return query.outerjoin(county, county.id == Organisation.county_id)


def _room(row: Row[Any]) -> dict[str, Any]:
    school = {"id": row.school_id, "name": row.school, "county": row.county}
    plain = {name: getattr(row, name) for name in ("id", "name", "key", "kind", "devices", "version")}
    return {**plain, "school": school}


async def people(
    session: AsyncSession, places: Sequence[str], role: Role | None, q: str | None, after: str | None, limit: int
) -> Page[PersonOut]:
    held = exists().where(Assignment.person_id == Person.id, Assignment.organisation_id == Organisation.id)
    held = held.where(inside(places), Assignment.role.not_in(PRIVATE))
    if role:
        held = held.where(Assignment.role == role)
    query = PEOPLE.where(held, Person.disabled_at.is_(None))
    if q:
        query = query.where(having(q, Person.name) | (Person.username == q.strip().lower()))
    rows, total, following = await page(session, query, BY_PERSON, after, limit)
    items = [row._mapping for row in rows]
    return Page[PersonOut].model_validate({"items": items, "total": total, "next": following})


async def one_school(session: AsyncSession, school: UUID, day: date) -> SchoolOut:
    row = (await session.execute(SCHOOLS.where(Organisation.id == school))).one()
    return SchoolOut.model_validate(_school(row, day))


async def one_room(session: AsyncSession, room: UUID) -> RoomOut:
    return RoomOut.model_validate(_room((await session.execute(ROOMS.where(Room.id == room))).one()))


async def one_person(session: AsyncSession, person: UUID) -> PersonOut:
    row = (await session.execute(PEOPLE.where(Person.id == person))).one()
    return PersonOut.model_validate(row._mapping)


def _roles() -> ScalarSelect[Any]:
    """The roles of the person in the enclosing query, as PersonOut has them."""
    role = func.json_build_object("role", Assignment.role, "organisation", _as_json())
    in_order = aggregate_order_by(role, Assignment.role, Organisation.path)
    query = select(func.coalesce(func.json_agg(in_order, type_=JSON), text("'[]'"), type_=JSON))
    query = query.join_from(Assignment, Organisation, Organisation.id == Assignment.organisation_id)
    return query.where(Assignment.person_id == Person.id).correlate(Person).scalar_subquery()


def _place(row: Row[Any]) -> dict[str, Any]:
    return {"id": row.id, "name": row.name_zh, "name_en": row.name_en, "tier": row.tier}


def _named(place: UUID | None, name: str | None) -> dict[str, Any] | None:
    return {"id": place, "name": name} if place else None


def _is_model(row: Row[Any], day: date) -> bool:
    return row.model_from is not None and is_valid(row.model_from, row.model_to, day)


# Made once: building a statement of several joins takes longer than its answer.
ROLES = _roles()
ORGANISATIONS, SCHOOLS, ROOMS = _organisations(), _schools(), _rooms()
PEOPLE: Select[*tuple[Any, ...]] = select(Person.id, Person.name, Person.username, Person.version, ROLES.label("roles"))
PLACES = _places()
