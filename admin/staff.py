"""Making and changing people and their roles. Who may give a role, and where, is one table and one rule: a role that
one may give, at a place inside one's own. A person who holds anything beyond that is changed by the tier above."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import registry
from admin.change_schemas import PersonChange, PersonNew
from admin.changes import put, take_turn, write
from admin.models import Assignment, Organisation, Person, SignIn
from admin.registry import inside
from admin.rights import Role
from admin.schemas import PersonOut
from admin.sign_on.password_rules import must_be_good
from admin.tree import is_inside
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound
from core.ids import new_id
from core.passwords import hash_password

OFFICES: frozenset[Role] = frozenset({"hospital", "insurer", "police", "guardian", "gateway"})
"""Of companion modules: other offices than the education bureau's, and families."""
SCHOOLS: frozenset[Role] = frozenset({"bureau", "teacher", "assistant"})
GIVES: dict[Role, frozenset[Role]] = {
    "admin": frozenset({"admin", *SCHOOLS, *OFFICES}),
    "bureau": SCHOOLS,
}
Pair = tuple[Role, UUID]


async def create_person(session: AsyncSession, who: Actor, body: PersonNew, request: Request) -> PersonOut:
    pairs = {given.pair for given in body.roles}
    await _must_give(session, who, pairs)
    row = Person(id=new_id(), name=body.name, username=body.username, language="zh", version=1)
    if body.password:
        must_be_good(body.password, row.username, row.name)
        row.password = await hash_password(body.password)
    await write(session, row)
    await write(session, *_assignments(row.id, pairs))
    after = body.model_dump(mode="json", exclude={"password"})
    await audit.record(session, who.id, "person.create", f"person:{row.id}", after=after, request=request, about=row.id)
    return await registry.one_person(session, row.id)


async def change_person(
    session: AsyncSession, who: Actor, person: UUID, body: PersonChange, request: Request
) -> PersonOut:
    row = await session.get(Person, person, with_for_update=True)
    held = await _held(session, person)
    if row is None or row.disabled_at is not None or (held and not await _any_within(session, who, held)):
        raise NotFound(
            "person-unknown", zh="没有这个人，或不在您的范围内。", en="There is no such person within your place."
        )
    wanted = held if body.roles is None else {given.pair for given in body.roles}
    await _must_give(session, who, held | wanted)
    if row.id == who.id and (body.disabled or wanted != held):
        zh, en = (
            "不能改自己的角色，也不能停用自己，请找上级。",
            "Ask somebody else to change your own roles or account.",
        )
        raise Conflict("not-yourself", zh=zh, en=en)
    take_turn(row, body, await registry.one_person(session, row.id))
    sent = {name: value for name in ("name", "username") if (value := getattr(body, name)) is not None}
    before = put(row, sent) | {"roles": _plain(held)}
    await _secure(session, row, body)
    await _assign(session, row.id, held, wanted)
    await write(session, row)
    after = sent | {"roles": _plain(wanted), "disabled": bool(body.disabled), "new_password": bool(body.password)}
    await audit.record(
        session, who.id, "person.change", f"person:{row.id}", before=before, after=after, request=request, about=row.id
    )
    return await registry.one_person(session, row.id)


async def _secure(session: AsyncSession, row: Person, body: PersonChange) -> None:
    """A new password, or none any more, signs out everywhere."""
    if body.password and not row.username:
        zh, en = "先给他一个用户名，再设密码。", "Give a user name before a password."
        raise Conflict("no-username", zh=zh, en=en)
    if body.password:
        must_be_good(body.password, row.username, row.name)
        row.password = await hash_password(body.password)
    if body.disabled:
        row.disabled_at = now()
    if body.password or body.disabled:
        await session.execute(delete(SignIn).where(SignIn.person_id == row.id))


async def _assign(session: AsyncSession, person: UUID, held: set[Pair], wanted: set[Pair]) -> None:
    for role, place in held - wanted:
        gone = delete(Assignment).where(Assignment.person_id == person, Assignment.role == role)
        await session.execute(gone.where(Assignment.organisation_id == place))
    await write(session, *_assignments(person, wanted - held))


def _assignments(person: UUID, pairs: Iterable[Pair]) -> list[Assignment]:
    return [Assignment(id=new_id(), person_id=person, role=role, organisation_id=place) for role, place in pairs]


async def _held(session: AsyncSession, person: UUID) -> set[Pair]:
    query = select(Assignment.role, Assignment.organisation_id).where(Assignment.person_id == person)
    return {(role, place) for role, place in await session.execute(query)}


async def _any_within(session: AsyncSession, who: Actor, pairs: set[Pair]) -> bool:
    query = select(Organisation.id).where(Organisation.id.in_({place for _, place in pairs}))
    return await session.scalar(query.where(inside(who.places("people.change"))).limit(1)) is not None


async def _must_give(session: AsyncSession, who: Actor, pairs: set[Pair]) -> None:
    query = select(Organisation.id, Organisation.path).where(Organisation.id.in_({place for _, place in pairs}))
    paths: dict[UUID, str] = {row.id: row.path for row in await session.execute(query)}
    if not all(place in paths and _may_give(who, role, paths[place]) for role, place in pairs):
        raise not_your_place()


def _may_give(who: Actor, role: Role, path: str) -> bool:
    """What is lent cannot be handed on: it would outlive the loan."""
    own = [held for held in who.roles if not held.lent]
    return any(role in GIVES.get(held.role, ()) and is_inside(path, held.path) for held in own)


def _plain(pairs: Iterable[Pair]) -> list[dict[str, Any]]:
    return [{"role": role, "organisation_id": str(place)} for role, place in sorted(pairs, key=str)]
