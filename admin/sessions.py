"""Signing in and out: with a password, with a class code, name and PIN, with a paired device's key, or with a
service's."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import services
from admin.models import Device, Organisation, Person, Room, SignIn
from admin.registry import ROLES
from admin.roster.lending import lent_to
from admin.schemas import (
    DeviceSignIn,
    NamedPlace,
    PasswordSignIn,
    PersonHere,
    PupilSignIn,
    RoomHere,
    ServiceSignIn,
    SessionOut,
)
from admin.sign_on.proving import Proven, prove
from admin.who import Actor, digest
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import NotSignedIn

LASTS = timedelta(hours=12)
DEVICE_LASTS = timedelta(days=7)
"""A box signs in again with its key long before."""


async def sign_in(
    session: AsyncSession,
    ground: Connections,
    body: PasswordSignIn | PupilSignIn | DeviceSignIn | ServiceSignIn,
    request: Request,
) -> SessionOut:
    if isinstance(body, ServiceSignIn):
        account = await services.account(session, ground, body.service_key)
        return await open_session(session, Proven(account, "full"), request)
    if isinstance(body, DeviceSignIn):
        device = await _device(session, body.device_key)
        return await open_session(session, Proven(device.person_id, "full"), request, device.id)
    return await open_session(session, await prove(ground, body, request), request)


async def sign_out(session: AsyncSession, who: Actor, request: Request) -> None:
    await session.execute(delete(SignIn).where(SignIn.token == who.token))
    await audit.record(session, who.id, "session.delete", f"person:{who.id}", request=request)


async def person_here(session: AsyncSession, person_id: UUID) -> PersonHere:
    query = select(Person, Room, Organisation, ROLES).outerjoin(Room, Room.id == Person.room_id)
    query = query.outerjoin(Organisation, Organisation.id == Room.school_id).where(Person.id == person_id)
    person, room, school, roles = (await session.execute(query)).one()
    return PersonHere(
        id=person.id,
        name=person.name,
        username=person.username,
        roles=roles,
        room=room_here(room, school) if room else None,
        language=person.language,
        version=person.version,
        lent=await lent_to(session, person.id, now()),
    )


def room_here(room: Room, school: Organisation) -> RoomHere:
    here = NamedPlace(id=school.id, name=school.name_zh, name_en=school.name_en)
    return RoomHere(id=room.id, name=room.name, kind=room.kind, school=here)


async def _device(session: AsyncSession, key: str) -> Device:
    query = select(Device).where(Device.key == digest(key), Device.revoked_at.is_(None))
    device = (await session.scalars(query)).first()
    if device is None:
        zh = "这台设备没有配对，或配对已取消。请在这间教室重新配对。"
        raise NotSignedIn("device-unknown", zh=zh, en="This device is not, or no longer, paired. Pair it again.")
    device.last_seen_at = now()
    return device


async def open_session(
    session: AsyncSession, proven: Proven, request: Request, device_id: UUID | None = None
) -> SessionOut:
    """For a person whose secret was seen; the token is told this once."""
    token = secrets.token_urlsafe(32)
    moment = now()
    expires_at = moment + (DEVICE_LASTS if device_id else LASTS)
    row = SignIn(token=digest(token), person_id=proven.person_id, device_id=device_id, standing=proven.standing)
    row.created_at, row.expires_at = moment, expires_at
    row.address = request.client.host if request.client else None
    row.agent = request.headers.get("user-agent", "")[:160] or None
    session.add(row)
    who = proven.person_id
    await audit.record(session, who, "session.create", f"person:{who}", request=request)
    person = await person_here(session, who)
    return SessionOut(access_token=token, person=person, expires_at=expires_at, standing=proven.standing)
