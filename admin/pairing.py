"""Pairing a room's box, its screen or its recording host: it shows six digits, someone of the school types them in
once, and the box gets a key of its own. The key is made when the box collects it and is nowhere else; whoever holds
`devices.revoke` can end it."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from starlette.requests import Request

from admin.models import Assignment, Device, Organisation, Pairing, Person, Room, SignIn
from admin.paging import Order, page
from admin.registry import inside
from admin.rights import Role
from admin.schemas import DeviceKind, DeviceOut, Named, Page, PairingClaim, PairingOut, PairingState
from admin.sessions import room_here
from admin.who import Actor, digest, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound, NotSignedIn, TooMany
from core.ids import new_id

LASTS = timedelta(minutes=10)
MOST_WAITING = 2000
"""Boxes that may wait at once in the whole prefecture: nobody signs in to begin a pairing, so it is bounded."""
SCHEME = "Pairing "
KINDS: dict[DeviceKind, tuple[Role, str]] = {"screen": ("room", ""), "host": ("host", " 录播主机")}
"""The role of each kind's account, and how it is told from the room."""
NAME = 80
"""Characters of an account's name."""
BY_PAIRED = Order((Device.paired_at, Device.id), descending=True)


async def begin(session: AsyncSession, kind: DeviceKind) -> PairingOut:
    await session.execute(delete(Pairing).where(Pairing.expires_at < now()))
    waiting = await session.scalar(select(func.count()).select_from(Pairing))
    if (waiting or 0) >= MOST_WAITING:
        zh, en = "同时配对的设备太多，请 10 分钟后再试。", "Too many devices are pairing; try again in 10 min."
        raise TooMany("too-many-pairings", zh=zh, en=en, headers={"Retry-After": "600"})
    secret = secrets.token_urlsafe(32)
    row = Pairing(id=new_id(), kind=kind, code=await _free_code(session), secret=digest(secret))
    row.created_at, row.expires_at = now(), now() + LASTS
    session.add(row)
    return PairingOut(id=row.id, code=row.code, secret=secret, expires_at=row.expires_at)


async def look(session: AsyncSession, pairing_id: UUID, authorization: str, request: Request) -> PairingState:
    pairing = await session.get(Pairing, pairing_id, with_for_update=True)
    if pairing is None or pairing.expires_at < now():
        zh, en = "这次配对已过期，请重新取配对码。", "This pairing has expired; get a new code."
        raise NotFound("pairing-gone", zh=zh, en=en)
    if digest(authorization.removeprefix(SCHEME)) != pairing.secret:
        zh, en = (
            "配对凭证不对，请在这台设备上重新配对。",
            "The pairing's secret is not right; start again on this device.",
        )
        raise NotSignedIn("pairing-secret", zh=zh, en=en, headers={"WWW-Authenticate": "Pairing"})
    if pairing.room_id is None:
        return PairingState(state="waiting", kind=pairing.kind, device_key=None, room=None)
    room, school = await _room(session, pairing.room_id)
    key = await _collect(session, pairing, room, school, request) if pairing.collected_at is None else None
    return PairingState(state="claimed", kind=pairing.kind, device_key=key, room=room_here(room, school))


async def claim(session: AsyncSession, who: Actor, body: PairingClaim, request: Request) -> PairingState:
    room, school = await _room(session, body.room_id)
    if not who.may("devices.pair", school.path):
        raise not_your_place()
    query = select(Pairing).where(Pairing.code == body.code, Pairing.expires_at >= now(), Pairing.room_id.is_(None))
    pairing = (await session.scalars(query.with_for_update())).first()
    if pairing is None:
        zh, en = (
            "没有这个配对码，或已过期。请看设备屏幕上的 6 位数字。",
            "No device shows this code; look at its screen.",
        )
        raise NotFound("pairing-unknown", zh=zh, en=en)
    if pairing.kind == "host" and room.kind == "listening":
        zh, en = (
            "收看教室不送画面，接不了录播主机。请选主讲或互动教室。",
            "A listening room sends no picture and takes no recording host. Choose a sending or interactive room.",
        )
        raise Conflict("room-sends-nothing", zh=zh, en=en)
    pairing.room_id, pairing.claimed_by = room.id, who.id
    after = {"kind": pairing.kind}
    await audit.record(session, who.id, "pairing.claim", f"room:{room.id}", after=after, request=request)
    return PairingState(state="claimed", kind=pairing.kind, device_key=None, room=room_here(room, school))


async def devices(
    session: AsyncSession,
    places: tuple[str, ...],
    room: UUID | None,
    kind: DeviceKind | None,
    after: str | None,
    limit: int,
) -> Page[DeviceOut]:
    pairer = aliased(Person)
    columns = (Device, Room, Organisation, pairer.name.label("pairer"))
    query: Select[*tuple[Any, ...]] = select(*columns).join(Room, Room.id == Device.room_id)
    query = query.join(Organisation, Organisation.id == Room.school_id).join(pairer, pairer.id == Device.paired_by)
    query = query.where(inside(places), Device.revoked_at.is_(None))
    if room:
        query = query.where(Device.room_id == room)
    if kind:
        query = query.where(Device.kind == kind)
    rows, total, following = await page(session, query, BY_PAIRED, after, limit)
    items = [
        DeviceOut(
            id=device.id,
            kind=device.kind,
            room=room_here(place, school),
            paired_at=device.paired_at,
            paired_by=Named(id=device.paired_by, name=pairer_name),
            last_seen_at=device.last_seen_at,
            told=device.told,
            told_at=device.told_at,
        )
        for device, place, school, pairer_name, _ in rows
    ]
    return Page(items=items, total=total, next=following)


async def revoke(session: AsyncSession, who: Actor, device_id: UUID, request: Request) -> None:
    device = await session.get(Device, device_id)
    if device is None or device.revoked_at is not None:
        zh, en = "没有这台设备，或配对已取消。", "No such device, or its pairing has ended already."
        raise NotFound("device-unknown", zh=zh, en=en)
    _, school = await _room(session, device.room_id)
    if not who.may("devices.revoke", school.path):
        raise not_your_place()
    device.revoked_at = now()
    await session.execute(delete(SignIn).where(SignIn.device_id == device.id))
    await session.execute(update(Person).where(Person.id == device.person_id).values(disabled_at=now()))
    await audit.record(session, who.id, "device.revoke", f"device:{device.id}", request=request)


async def _collect(session: AsyncSession, pairing: Pairing, room: Room, school: Organisation, request: Request) -> str:
    assert pairing.claimed_by is not None  # set together with the room
    key = secrets.token_urlsafe(32)
    role, called = KINDS[pairing.kind]
    person = Person(id=new_id(), name=f"{school.name_zh} {room.name}{called}"[:NAME], room_id=room.id)
    session.add(person)
    await session.flush()
    session.add(Assignment(person_id=person.id, role=role, organisation_id=school.id))
    device = Device(id=new_id(), kind=pairing.kind, key=digest(key), room_id=room.id, person_id=person.id)
    device.paired_by = pairing.claimed_by
    device.paired_at = pairing.collected_at = now()
    session.add(device)
    await audit.record(session, pairing.claimed_by, "device.create", f"device:{device.id}", request=request)
    return key


async def _free_code(session: AsyncSession) -> str:
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        if not await session.scalar(select(Pairing.id).where(Pairing.code == code)):
            return code


async def _room(session: AsyncSession, room_id: UUID) -> tuple[Room, Organisation]:
    query = select(Room, Organisation).join(Organisation, Organisation.id == Room.school_id)
    row = (await session.execute(query.where(Room.id == room_id))).first()
    if row is None:
        zh, en = "没有这间教室，请从列表里选。", "There is no such room; choose one from the list."
        raise NotFound("room-unknown", zh=zh, en=en)
    return row[0], row[1]
