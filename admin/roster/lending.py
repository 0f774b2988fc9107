"""Delegation: somebody lends a role, at the own place or below it, until a day. It ends by itself, and at once when its
giver loses the role."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from starlette.requests import Request

from admin.models import Assignment, Delegation, Organisation, Person, SignIn
from admin.paging import Order, page
from admin.registry import inside
from admin.rights import SEPARATED, TWO_FACTORS, Role
from admin.roster.lending_schemas import DelegationNew, DelegationOut
from admin.schemas import LentRole, Page, Place
from admin.sign_on.models import SecondFactor
from admin.tree import is_inside
from admin.who import Actor, lent_roles, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id

LONGEST = timedelta(days=366)
NEWEST = Order((Delegation.created_at, Delegation.id), descending=True)


async def lend(session: AsyncSession, who: Actor, body: DelegationNew, request: Request) -> DelegationOut:
    moment = now()
    starts = max(body.starts_at or moment, moment)
    if not starts < body.ends_at <= moment + 2 * LONGEST or body.ends_at - starts > LONGEST:
        zh, en = "结束时间要晚于开始，最长一年。", "It ends after it starts, within a year."
        raise NotValid("delegation-days", zh=zh, en=en)
    place = await session.get(Organisation, body.organisation_id)
    if place is None or not _holds(who, body.role, place.path):
        raise not_your_place()
    await _must_be_fit(session, who, body)
    row = Delegation(id=new_id(), given_by=who.id, created_at=moment, starts_at=starts, revoked_at=None)
    row.person_id, row.role, row.organisation_id = body.person_id, body.role, body.organisation_id
    row.ends_at, row.reason = body.ends_at, body.reason
    session.add(row)
    await session.flush()
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "delegation.give", f"person:{row.person_id}", after=after, request=request)
    return _out((await session.execute(DELEGATIONS.where(Delegation.id == row.id))).one(), moment)


async def revoke(session: AsyncSession, who: Actor, delegation: UUID, request: Request) -> None:
    """By its giver, or by who may lend at that place. The borrower is signed out, so that it counts at once."""
    row = await session.get(Delegation, delegation, with_for_update=True)
    place = await session.get(Organisation, row.organisation_id) if row else None
    if row is None or place is None or not (row.given_by == who.id or _holds(who, row.role, place.path)):
        raise NotFound("delegation-unknown", zh="没有这项授权。", en="There is no such delegation.")
    if row.revoked_at is None:
        row.revoked_at = now()
        await session.execute(delete(SignIn).where(SignIn.person_id == row.person_id))
        await audit.record(session, who.id, "delegation.revoke", f"person:{row.person_id}", request=request)


async def listed(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[DelegationOut]:
    """Those inside one's places, and those that one gave or has."""
    mine = or_(Delegation.given_by == who.id, Delegation.person_id == who.id)
    query = DELEGATIONS.where(or_(inside(who.places("delegations.read")), mine))
    rows, total, following = await page(session, query, NEWEST, after, limit)
    moment = now()
    return Page(items=[_out(row, moment) for row in rows], total=total, next=following)


async def lent_to(session: AsyncSession, person: UUID, moment: datetime) -> list[LentRole]:
    """What holds at the moment."""
    giver = aliased(Person)
    query = lent_roles(moment).join(Person, Person.id == Delegation.person_id)
    query = query.join(giver, giver.id == Delegation.given_by).where(Person.id == person)
    query = query.with_only_columns(Delegation, Organisation, giver.name).order_by(Delegation.ends_at)
    rows = (await session.execute(query)).all()
    return [LentRole(role=one.role, organisation=_place(place), until=one.ends_at, by=by) for one, place, by in rows]


def _holds(who: Actor, role: Role, path: str) -> bool:
    own = [held for held in who.roles if not held.lent]
    return any(held.role == role and is_inside(path, held.path) for held in own)


async def _must_be_fit(session: AsyncSession, who: Actor, body: DelegationNew) -> None:
    person = await session.get(Person, body.person_id)
    held = set(await session.scalars(select(Assignment.role).where(Assignment.person_id == body.person_id)))
    if person is None or person.disabled_at is not None or not held - {"student", "room", "host"}:
        raise NotFound("person-unknown", zh="没有这个人。", en="There is no such person.")
    if person.id == who.id:
        raise NotValid("not-to-yourself", zh="不能授权给自己。", en="One cannot lend to oneself.")
    if held & SEPARATED:
        zh, en = "安全、审计管理员不能兼任其他职务。", "Security and audit administrators hold no other office."
        raise Conflict("offices-separated", zh=zh, en=en)
    if body.role in TWO_FACTORS and not person.demo and not await _has_factor(session, person.id):
        zh = "这项职务要两步验证，请对方先在“我的账号”里设好。"
        raise Conflict("needs-factor", zh=zh, en="This office needs a second factor; let the person set it up first.")


async def _has_factor(session: AsyncSession, person: UUID) -> bool:
    factor = await session.get(SecondFactor, person)
    return factor is not None and factor.confirmed_at is not None


def _delegations() -> Select[*tuple[Any, ...]]:
    giver, person = aliased(Person), aliased(Person)
    query = select(Delegation, Organisation, person.name.label("to"), giver.name.label("by"))
    query = query.join(Organisation, Organisation.id == Delegation.organisation_id)
    query = query.join(person, person.id == Delegation.person_id)
    return query.join(giver, giver.id == Delegation.given_by)


def _out(row: Row[Any], moment: datetime) -> DelegationOut:
    one: Delegation = row.Delegation
    plain = {name: getattr(one, name) for name in ("id", "role", "starts_at", "ends_at", "revoked_at", "reason")}
    over = one.revoked_at is not None or one.ends_at <= moment
    return DelegationOut.model_validate(
        plain
        | {"to": {"id": one.person_id, "name": row.to}, "by": {"id": one.given_by, "name": row.by}}
        | {"organisation": _place(row.Organisation)}
        | {"state": "over" if over else "to_come" if one.starts_at > moment else "holds"}
    )


def _place(place: Organisation) -> Place:
    return Place(id=place.id, name=place.name_zh, name_en=place.name_en, tier=place.tier)


DELEGATIONS = _delegations()
