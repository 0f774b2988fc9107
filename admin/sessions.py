"""Signing in and out: with a password, with a class code, name and PIN, or with a paired device's key."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.doors import count_try, forget_tries, queue_at
from admin.lockout import Failures
from admin.models import Device, Organisation, Person, Pupil, Room, SchoolClass, SignIn
from admin.registry import ROLES
from admin.schemas import DeviceSignIn, Named, PasswordSignIn, PersonHere, PupilSignIn, RoomHere, SessionOut
from admin.who import Actor, digest
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import NotSignedIn
from core.passwords import verify_nothing, verify_password

LASTS = timedelta(hours=12)
DEVICE_LASTS = timedelta(days=7)
"""A box signs in again with its key long before."""


@dataclass(frozen=True)
class Attempt:
    """An account that was named, and the hash that its secret must fit."""

    person_id: UUID
    hashed: str


async def sign_in(
    session: AsyncSession, ground: Connections, body: PasswordSignIn | PupilSignIn | DeviceSignIn, request: Request
) -> SessionOut:
    if isinstance(body, DeviceSignIn):
        device = await _device(session, body.device_key)
        return await _open(session, device.person_id, device.id, request)
    return await _open(session, await _prove(ground, body, request), None, request)


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
    )


def room_here(room: Room, school: Organisation) -> RoomHere:
    return RoomHere(id=room.id, name=room.name, kind=room.kind, school=Named(id=school.id, name=school.name_zh))


async def _by_username(session: AsyncSession, username: str) -> Attempt | None:
    query = select(Person.id, Person.password).where(Person.username == username.lower())
    row = (await session.execute(query.where(Person.disabled_at.is_(None)))).first()
    return Attempt(row.id, row.password) if row and row.password else None


async def _by_class(session: AsyncSession, body: PupilSignIn) -> Attempt | None:
    query = select(Pupil.person_id, Pupil.pin).join(SchoolClass, SchoolClass.id == Pupil.class_id)
    query = query.join(Person, Person.id == Pupil.person_id).where(Person.disabled_at.is_(None))
    row = (await session.execute(query.where(SchoolClass.code == body.class_code, Pupil.name == body.name))).first()
    return Attempt(row.person_id, row.pin) if row else None


async def _device(session: AsyncSession, key: str) -> Device:
    query = select(Device).where(Device.key == digest(key), Device.revoked_at.is_(None))
    device = (await session.scalars(query)).first()
    if device is None:
        zh = "这台设备没有配对，或配对已取消。请在这间教室重新配对。"
        raise NotSignedIn("device-unknown", zh=zh, en="This device is not, or no longer, paired. Pair it again.")
    device.last_seen_at = now()
    return device


async def _prove(ground: Connections, body: PasswordSignIn | PupilSignIn, request: Request) -> UUID:
    """Whose secret it is. Raises TooMany or NotSignedIn, and takes as long for an account that does not exist.

    In a transaction of its own, before the request's session has a connection: a class that signs in all at once must
    not hold two each.
    """
    named = body.username if isinstance(body, PasswordSignIn) else f"{body.class_code}\n{body.name}"
    door = digest(named.lower())
    async with queue_at(door), ground.transaction() as own:
        failures = await count_try(own, door)
        attempt = await (_by_username(own, body.username) if isinstance(body, PasswordSignIn) else _by_class(own, body))
        right = await _fits(attempt, body.password if isinstance(body, PasswordSignIn) else body.pin)
        if right:
            await forget_tries(own, door)
        else:
            person = attempt.person_id if attempt else None
            await audit.record(own, person, "session.create", "session", "refused", request=request)
    if attempt is None or not right:
        raise _wrong(failures)
    return attempt.person_id


async def _fits(attempt: Attempt | None, secret: str) -> bool:
    if attempt is None:
        await verify_nothing(secret)
        return False
    return await verify_password(attempt.hashed, secret)


def _wrong(failures: Failures) -> NotSignedIn:
    left = failures.tries_left
    if left:
        zh = f"名字或密码不对，还可以试 {left} 次。忘了请找本校管理员。"
        en = f"The name or the password is not right; {left} tries left. Ask your school's administrator."
    else:
        zh = "名字或密码不对，已锁定 15 分钟。忘了请找本校管理员。"
        en = "The name or the password is not right; locked for 15 min. Ask your school's administrator."
    return NotSignedIn("wrong-password", zh=zh, en=en, tries_left=left)


async def _open(session: AsyncSession, person_id: UUID, device_id: UUID | None, request: Request) -> SessionOut:
    token = secrets.token_urlsafe(32)
    moment = now()
    expires_at = moment + (DEVICE_LASTS if device_id else LASTS)
    row = SignIn(token=digest(token), person_id=person_id, device_id=device_id)
    row.created_at, row.expires_at = moment, expires_at
    session.add(row)
    await audit.record(session, person_id, "session.create", f"person:{person_id}", request=request)
    return SessionOut(access_token=token, person=await person_here(session, person_id), expires_at=expires_at)
