"""Who is signed in where: one's own sessions, and, for the security administrator, everybody's of the place."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.doors import count_try, forget_tries, queue_at
from admin.models import Assignment, Organisation, Person, SignIn
from admin.paging import Order, having, page
from admin.registry import inside
from admin.schemas import Named, Page
from admin.sign_on import factors
from admin.sign_on.password_rules import must_be_good
from admin.sign_on.schemas import PasswordChange, SessionLine, SessionOf
from admin.who import Actor, digest
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotFound, NotValid
from core.passwords import hash_password, verify_password

NEWEST = Order((SignIn.created_at, SignIn.id), descending=True)


async def own(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[SessionLine]:
    query = select(SignIn).where(SignIn.person_id == who.id, SignIn.expires_at > now())
    rows, total, following = await page(session, query, NEWEST, after, limit)
    return Page(items=[SessionLine(**_line(row[0], who)) for row in rows], total=total, next=following)


async def end_own(session: AsyncSession, who: Actor, session_id: UUID | None, request: Request) -> None:
    """One of one's own, or, with None, all but the one that asks. Raises NotFound."""
    mine = delete(SignIn).where(SignIn.person_id == who.id)
    which = SignIn.id == session_id if session_id else SignIn.token != who.token
    ended = (await session.execute(mine.where(which).returning(SignIn.id))).all()
    if session_id and not ended:
        raise _unknown()
    after = {"ended": len(ended)}
    await audit.record(session, who.id, "session.end", f"person:{who.id}", after=after, request=request)


async def change_password(
    session: AsyncSession, ground: Connections, who: Actor, body: PasswordChange, request: Request
) -> None:
    """Signs out everywhere else. Raises NotValid, TooMany, and Conflict for an account without a password."""
    row = (await session.scalars(select(Person).where(Person.id == who.id))).one()
    if not row.password:
        zh, en = "这个账号不用密码登录。", "This account has no password."
        raise Conflict("no-password", zh=zh, en=en)
    await _must_know(ground, who, row.password, body.now)
    must_be_good(body.new, row.username, row.name)
    row.password = await hash_password(body.new)
    await session.execute(delete(SignIn).where(SignIn.person_id == who.id, SignIn.token != who.token))
    await audit.record(session, who.id, "password.change", f"person:{who.id}", request=request)


async def _must_know(ground: Connections, who: Actor, hashed: str, typed: str) -> None:
    """Whoever sits at a forgotten sign-in must not try passwords freely."""
    door = digest(f"password\n{who.id}")
    async with queue_at(door), ground.transaction() as own:
        await count_try(own, door)
        right = await verify_password(hashed, typed)
        if right:
            await forget_tries(own, door)
    if not right:
        raise NotValid("wrong-password", zh="现在的密码不对。", en="The present password is not right.")


async def everybodys(
    session: AsyncSession, who: Actor, q: str | None, after: str | None, limit: int
) -> Page[SessionOf]:
    query: Select[*tuple[Any, ...]] = select(SignIn, Person.name).join(Person, Person.id == SignIn.person_id)
    query = query.where(SignIn.expires_at > now(), _within(who.places("sessions.read")))
    if q:
        query = query.where(having(q, Person.name) | (Person.username == q.strip().lower()))
    rows, total, following = await page(session, query, NEWEST, after, limit)
    return Page(items=[_of(row, who) for row in rows], total=total, next=following)


async def end_anyones(session: AsyncSession, who: Actor, session_id: UUID, request: Request) -> None:
    within = select(Person.id).where(_within(who.places("sessions.end")))
    gone = delete(SignIn).where(SignIn.id == session_id, SignIn.person_id.in_(within)).returning(SignIn.person_id)
    person = await session.scalar(gone)
    if person is None:
        raise _unknown()
    await audit.record(session, who.id, "session.end", f"person:{person}", request=request)


async def reset_factor(session: AsyncSession, who: Actor, person: UUID, request: Request) -> None:
    """For somebody who has lost telephone and recovery codes: ends all sessions; the next sign-in sets it up anew."""
    within = select(Person.id).where(Person.id == person, _within(who.places("factors.reset")))
    if await session.scalar(within) is None or not await factors.is_on(session, person):
        zh, en = "这个人没有开两步验证。", "This person has no second factor."
        raise NotFound("factor-unknown", zh=zh, en=en)
    await factors.forget(session, person)
    await session.execute(delete(SignIn).where(SignIn.person_id == person))
    await audit.record(session, who.id, "factor.reset", f"person:{person}", request=request)


def _within(places: Sequence[str]) -> Any:
    """People who hold a role at one of the places or below."""
    held = exists().where(Assignment.person_id == Person.id, Assignment.organisation_id == Organisation.id)
    return held.where(inside(places))


def _line(row: SignIn, who: Actor) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("id", "created_at", "expires_at", "address", "agent", "standing")}
    return plain | {"device": row.device_id is not None, "here": row.token == who.token}


def _of(row: Row[Any], who: Actor) -> SessionOf:
    return SessionOf(**_line(row[0], who), person=Named(id=row[0].person_id, name=row.name))


def _unknown() -> NotFound:
    return NotFound("session-unknown", zh="没有这次登录，或已经退出。", en="No such sign-in, or it has ended.")
