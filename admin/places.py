"""Making and changing schools, teaching points and rooms, by whoever administers the place above them."""

import secrets
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import registry
from admin.change_schemas import RoomChange, RoomNew, SchoolChange, SchoolNew
from admin.changes import put, take_turn, write
from admin.models import Organisation, Room
from admin.rights import Right
from admin.schemas import RoomOut, SchoolOut
from admin.tree import TEACHING_TIERS, may_hang_under, path_of
from admin.who import Actor, not_your_place
from core import audit
from core.errors import NotFound, NotValid
from core.ids import new_id

UNMISTAKABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and figures that are not mixed up on the telephone."""


async def create_school(
    session: AsyncSession, who: Actor, body: SchoolNew, day: date, request: Request | None
) -> SchoolOut:
    above = await _place(session, who, "schools.create", body.parent_id)
    if not may_hang_under(body.tier, above.tier):
        zh = f"{above.name_zh}下面不能挂这一类，请选它的上级。"
        raise NotValid("wrong-parent", zh=zh, en=f"This cannot hang under {above.name_en}; choose a higher place.")
    row = Organisation(id=new_id(), parent_id=above.id, county_id=above.county_id, region_code=above.region_code)
    row.tier, row.name_zh, row.name_en = body.tier, body.name, body.name_en or body.name
    row.path, row.version = path_of(row.id, above.path), 1
    put(row, body.model_dump(include={"identification", "model_from", "model_to"}))
    _check_school(row)
    await write(session, row)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "school.create", f"organisation:{row.id}", after=after, request=request)
    return await registry.one_school(session, row.id, day)


async def change_school(
    session: AsyncSession, who: Actor, school: UUID, body: SchoolChange, day: date, request: Request
) -> SchoolOut:
    row = await _place(session, who, "schools.change", school, lock=True)
    if row.tier not in TEACHING_TIERS:
        raise _unknown("school-unknown", "没有这所学校。", "There is no such school.")
    take_turn(row, body, await registry.one_school(session, row.id, day))
    changes = body.model_dump(exclude_unset=True, exclude={"version"})
    names = {"name": "name_zh"}
    optional = ("identification", "model_from", "model_to")
    sent = {names.get(name, name): value for name, value in changes.items() if value is not None or name in optional}
    before = put(row, sent)
    _check_school(row)
    await write(session, row)
    await audit.record(
        session, who.id, "school.change", f"organisation:{row.id}", before=before, after=sent, request=request
    )
    return await registry.one_school(session, row.id, day)


async def create_room(session: AsyncSession, who: Actor, body: RoomNew, request: Request) -> RoomOut:
    school = await _place(session, who, "rooms.create", body.school_id)
    if school.tier not in TEACHING_TIERS:
        zh, en = "教室只能建在学校或教学点。", "A room belongs to a school or a teaching point."
        raise NotValid("not-a-school", zh=zh, en=en)
    row = Room(id=new_id(), school_id=school.id, name=body.name, kind=body.kind, version=1)
    row.key = body.key or "R-" + "".join(secrets.choice(UNMISTAKABLE) for _ in range(6))
    await write(session, row)
    after = body.model_dump(mode="json") | {"key": row.key}
    await audit.record(session, who.id, "room.create", f"room:{row.id}", after=after, request=request)
    return await registry.one_room(session, row.id)


async def change_room(session: AsyncSession, who: Actor, room: UUID, body: RoomChange, request: Request) -> RoomOut:
    row = await session.get(Room, room, with_for_update=True)
    if row is None:
        raise _unknown("room-unknown", "没有这间教室。", "There is no such room.")
    await _place(session, who, "rooms.change", row.school_id)
    take_turn(row, body, await registry.one_room(session, row.id))
    sent = {name: value for name, value in _changes(body).items() if value is not None}
    before = put(row, sent)
    await write(session, row)
    await audit.record(session, who.id, "room.change", f"room:{row.id}", before=before, after=sent, request=request)
    return await registry.one_room(session, row.id)


def _changes(body: RoomChange) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True, exclude={"version"})


async def _place(session: AsyncSession, who: Actor, right: Right, place: UUID, lock: bool = False) -> Organisation:
    """A place outside one's reach is refused like one that does not exist."""
    query = select(Organisation).where(Organisation.id == place)
    row = (await session.scalars(query.with_for_update() if lock else query)).first()
    if row is None or not who.may(right, row.path):
        raise not_your_place()
    return row


def _check_school(row: Organisation) -> None:
    if row.tier == "teaching_point" and row.identification:
        zh, en = "教学点没有自己的标识码，它用中心校的。", "A teaching point has no code of its own; leave it empty."
        raise NotValid("point-has-no-code", zh=zh, en=en)
    if row.model_to and (row.model_from is None or row.model_to <= row.model_from):
        zh, en = "示范校的结束日期要晚于开始日期。", "A model school's last day comes after its first."
        raise NotValid("model-dates", zh=zh, en=en)


def _unknown(code: str, zh: str, en: str) -> NotFound:
    return NotFound(code, zh=zh, en=en)
