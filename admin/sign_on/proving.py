"""Whose secret it is: a password, or a class code, name and PIN, and the second factor where the person has one.

Tries are counted at the door in a transaction of their own, before the request's session has a connection: a class that
signs in all at once must not hold two each.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.doors import count_try, forget_tries, queue_at
from admin.lockout import Failures
from admin.models import Person, Pupil, SchoolClass
from admin.rights import Standing
from admin.schemas import PasswordSignIn, PupilSignIn
from admin.sign_on import factors
from admin.who import digest
from core import audit
from core.connections import Connections
from core.errors import NotSignedIn
from core.passwords import verify_nothing, verify_password


@dataclass(frozen=True)
class Attempt:
    """An account that was named, and the hash that its secret must fit."""

    person_id: UUID
    hashed: str


@dataclass(frozen=True)
class Proven:
    person_id: UUID
    standing: Standing


async def prove(ground: Connections, body: PasswordSignIn | PupilSignIn, request: Request) -> Proven:
    """Raises TooMany or NotSignedIn, and takes as long for an account that does not exist."""
    named = body.username if isinstance(body, PasswordSignIn) else f"{body.class_code}\n{body.name}"
    door = digest(named.lower())
    async with queue_at(door), ground.transaction() as own:
        failures = await count_try(own, door)
        attempt = await (_by_username(own, body.username) if isinstance(body, PasswordSignIn) else _by_class(own, body))
        right = await _fits(attempt, body.password if isinstance(body, PasswordSignIn) else body.pin)
        proven = await _second(own, attempt, body) if attempt and right else None
        if proven:
            await forget_tries(own, door)
        else:
            person = attempt.person_id if attempt else None
            await audit.record(own, person, "session.create", "session", "refused", request=request)
    if proven is None:
        raise factors.wrong_code(failures, NotSignedIn) if right else _wrong(failures)
    return proven


async def standing_without_code(session: AsyncSession, person: UUID) -> Standing:
    """How far a sign-in comes that has given no code."""
    if await factors.is_on(session, person):
        return "factor"
    return "enrol" if await factors.is_compulsory(session, person) else "full"


async def _second(own: AsyncSession, attempt: Attempt, body: PasswordSignIn | PupilSignIn) -> Proven | None:
    """None: the code is wrong. Without a code where one is needed, NotSignedIn: this rolls the counted try back, for
    nothing was guessed, and forgets no other, or guesses at the code would be free."""
    standing = await standing_without_code(own, attempt.person_id)
    if standing != "factor":
        return Proven(attempt.person_id, standing)
    code = body.code if isinstance(body, PasswordSignIn) else None
    if code is None:
        zh, en = "请再填手机上的 6 位验证码。", "Give the six digits that your telephone shows, too."
        raise NotSignedIn("code-needed", zh=zh, en=en)
    return Proven(attempt.person_id, "full") if await factors.fits(own, attempt.person_id, code) else None


async def _by_username(session: AsyncSession, username: str) -> Attempt | None:
    query = select(Person.id, Person.password).where(Person.username == username.lower())
    row = (await session.execute(query.where(Person.disabled_at.is_(None)))).first()
    return Attempt(row.id, row.password) if row and row.password else None


async def _by_class(session: AsyncSession, body: PupilSignIn) -> Attempt | None:
    query = select(Pupil.person_id, Pupil.pin).join(SchoolClass, SchoolClass.id == Pupil.class_id)
    query = query.join(Person, Person.id == Pupil.person_id).where(Person.disabled_at.is_(None))
    row = (await session.execute(query.where(SchoolClass.code == body.class_code, Pupil.name == body.name))).first()
    return Attempt(row.person_id, row.pin) if row and row.pin else None


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
