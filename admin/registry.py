"""The registry's lists. Each is a constant number of queries, whatever the number of rows."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Assignment, Device, Organisation, Person, Region, Room
from admin.paging import Order, containing, one_of, page
from admin.regions import is_valid
from admin.rights import Role
from admin.schemas import (
    Named,
    OrganisationOut,
    Page,
    PersonOut,
    Place,
    RegionOut,
    RoleOut,
    RoomKind,
    RoomOut,
    SchoolHere,
    SchoolOut,
)
from admin.tree import TEACHING_TIERS, Tier, label, labels

PRIVATE: tuple[Role, ...] = ("student", "room")
"""Pupils and boxes are not in the list of people."""

BY_TIER = Order((Organisation.tier, Organisation.name_zh, Organisation.id))
BY_NAME = Order((Organisation.name_zh, Organisation.id))
BY_KEY = Order((Room.key,))
BY_PERSON = Order((Person.name, Person.id))


def inside(places: Iterable[str]) -> ColumnElement[bool]:
    """Organisations at one of the places or below it. The pattern is safe: a path is hexadecimal and dots."""
    return or_(*[or_(Organisation.path == place, Organisation.path.like(f"{place}.%")) for place in places])


async def places_named(session: AsyncSession, labels_wanted: Iterable[str]) -> dict[str, Place]:
    """Places by their labels in paths."""
    columns = (Organisation.id, Organisation.name_zh, Organisation.name_en, Organisation.tier)
    rows = await session.execute(select(*columns).where(one_of(Organisation.id, labels_wanted)))
    return {label(row.id): Place(id=row.id, name=row.name_zh, name_en=row.name_en, tier=row.tier) for row in rows}


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
    query = select(Organisation).where(inside(places))
    if tier:
        query = query.where(Organisation.tier == tier)
    if parent:
        query = query.where(Organisation.parent_id == parent)
    if q:
        query = query.where(Organisation.name_zh.ilike(containing(q)) | Organisation.name_en.ilike(containing(q)))
    rows, total, following = await page(session, query, BY_TIER, after, limit)
    found = [row[0] for row in rows]
    parents = await places_named(session, (label(row.parent_id) for row in found if row.parent_id))
    return Page(items=[_organisation(row, parents, day) for row in found], total=total, next=following)


def _organisation(row: Organisation, parents: dict[str, Place], day: date) -> OrganisationOut:
    return OrganisationOut(
        id=row.id,
        name=row.name_zh,
        name_en=row.name_en,
        tier=row.tier,
        parent=_named(parents.get(label(row.parent_id)) if row.parent_id else None),
        region_code=row.region_code,
        identification=row.identification,
        model_school=_is_model(row, day),
    )


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
    rooms = select(func.count(Room.id)).where(Room.school_id == Organisation.id).scalar_subquery()
    query = select(Organisation, rooms.label("rooms")).where(inside(places), Organisation.tier.in_(TEACHING_TIERS))
    if county:
        query = query.where(Organisation.county_id == county)
    if model is not None:
        is_model = and_(Organisation.model_from <= day, func.coalesce(Organisation.model_to > day, True))
        query = query.where(func.coalesce(is_model, False) == model)
    if q:
        query = query.where(Organisation.name_zh.ilike(containing(q)) | (Organisation.identification == q.strip()))
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    around = await places_named(session, (step for row in rows for step in labels(row[0].path)))
    return Page(items=[_school(row[0], row.rooms, around, day) for row in rows], total=total, next=following)


def _school(row: Organisation, rooms: int, around: dict[str, Place], day: date) -> SchoolOut:
    way = {around[step].tier: around[step] for step in labels(row.path)}
    return SchoolOut(
        id=row.id,
        name=row.name_zh,
        name_en=row.name_en,
        tier=row.tier,
        identification=row.identification,
        hung_under=_named(way.get("school")) if row.tier == "teaching_point" else None,
        county=_named(way.get("county")),
        township=_named(way.get("township")),
        model_school=_is_model(row, day),
        rooms=rooms,
    )


async def rooms(
    session: AsyncSession,
    places: Sequence[str],
    school: UUID | None,
    kind: RoomKind | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Page[RoomOut]:
    devices = select(func.count(Device.id)).where(Device.room_id == Room.id, Device.revoked_at.is_(None))
    columns = (Room, Organisation.name_zh, Organisation.county_id, devices.scalar_subquery().label("devices"))
    query = select(*columns).join(Organisation, Organisation.id == Room.school_id).where(inside(places))
    if school:
        query = query.where(Room.school_id == school)
    if kind:
        query = query.where(Room.kind == kind)
    if q:
        query = query.where(Organisation.name_zh.ilike(containing(q)) | Room.name.ilike(containing(q)))
    rows, total, following = await page(session, query, BY_KEY, after, limit)
    counties = await places_named(session, (label(row.county_id) for row in rows if row.county_id))
    return Page(items=[_room(row, counties) for row in rows], total=total, next=following)


def _room(row: Row[Any], counties: dict[str, Place]) -> RoomOut:
    room: Room = row[0]
    county = counties[label(row.county_id)].name if row.county_id else None
    school = SchoolHere(id=room.school_id, name=row.name_zh, county=county)
    return RoomOut(id=room.id, name=room.name, key=room.key, kind=room.kind, school=school, devices=row.devices)


async def people(
    session: AsyncSession, places: Sequence[str], role: Role | None, q: str | None, after: str | None, limit: int
) -> Page[PersonOut]:
    held = select(Assignment.person_id).join(Organisation, Organisation.id == Assignment.organisation_id)
    held = held.where(inside(places), Assignment.role.not_in(PRIVATE))
    if role:
        held = held.where(Assignment.role == role)
    query = select(Person).where(Person.id.in_(held), Person.disabled_at.is_(None))
    if q:
        query = query.where(Person.name.ilike(containing(q)) | (Person.username == q.strip().lower()))
    rows, total, following = await page(session, query, BY_PERSON, after, limit)
    roles = await roles_of(session, [row[0].id for row in rows])
    items = [
        PersonOut(id=row[0].id, name=row[0].name, username=row[0].username, roles=roles.get(row[0].id, []))
        for row in rows
    ]
    return Page(items=items, total=total, next=following)


async def roles_of(session: AsyncSession, people_ids: Sequence[UUID]) -> dict[UUID, list[RoleOut]]:
    place = (Organisation.id, Organisation.name_zh, Organisation.name_en, Organisation.tier)
    query = select(Assignment.person_id, Assignment.role, *place)
    query = query.join(Organisation, Organisation.id == Assignment.organisation_id)
    query = query.where(one_of(Assignment.person_id, people_ids)).order_by(Assignment.role, Organisation.path)
    found: dict[UUID, list[RoleOut]] = {}
    for person, role, place_id, name, name_en, tier in await session.execute(query):
        here = Place(id=place_id, name=name, name_en=name_en, tier=tier)
        found.setdefault(person, []).append(RoleOut(role=role, organisation=here))
    return found


def _named(place: Place | None) -> Named | None:
    return Named(id=place.id, name=place.name) if place else None


def _is_model(row: Organisation, day: date) -> bool:
    return row.model_from is not None and is_valid(row.model_from, row.model_to, day)
