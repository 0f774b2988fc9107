"""A child's file: everything that is stored about it on one page, to be seen, corrected, taken away and erased."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from starlette.requests import Request

from admin import numbers
from admin.children import families, holdings
from admin.children.ages import needs_guardian
from admin.children.models import PURPOSES, ChildRequest, Consent, Guardianship, Minor, Purpose
from admin.children.schemas import (
    ChildFile,
    ChildLine,
    ConsentOut,
    Correction,
    Erasure,
    GuardianOut,
    HoldingOut,
    Look,
    RequestOut,
    Unmasked,
    Unmasking,
)
from admin.models import Organisation, Person, Pupil, SchoolClass
from admin.paging import Order, having, page
from admin.schemas import Named, Page
from admin.who import Actor
from core import audit, person_keys
from core.audit import AuditEntry
from core.clock import now
from core.connections import Connections

BY_NAME = Order((Person.name, Person.id))
LOOKS = 50
LOOKING = ("child.look", "child.export", "number.unmask")


async def children(
    session: AsyncSession, who: Actor, day: date, q: str | None, after: str | None, limit: int
) -> Page[ChildLine]:
    """Pupils of one's place, or one's own children."""
    query = CHILDREN.where(families.within(who, "children.read"), Person.disabled_at.is_(None))
    if q:
        query = query.where(having(q, Person.name))
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    return Page(items=[ChildLine(**_line(row, day)) for row in rows], total=total, next=following)


def _children() -> Select[*tuple[Any, ...]]:
    standing = select(func.array_agg(Consent.purpose)).where(Consent.child_id == Person.id)
    standing = standing.where(Consent.withdrawn_at.is_(None))
    query = select(Person.id, Person.name, Minor.born, Organisation.name_zh.label("school"))
    query = query.add_columns(SchoolClass.name.label("class_name"), standing.scalar_subquery().label("consents"))
    query = query.outerjoin(Minor, Minor.person_id == Person.id).outerjoin(Pupil, Pupil.person_id == Person.id)
    query = query.outerjoin(SchoolClass, SchoolClass.id == Pupil.class_id)
    return query.outerjoin(Organisation, Organisation.id == SchoolClass.school_id)


CHILDREN = _children()


async def file(session: AsyncSession, who: Actor, child_id: UUID, day: date, request: Request) -> ChildFile:
    """The look is on record."""
    await families.child(session, who, child_id, "children.read")
    found = await _file(session, who, child_id, day)
    await audit.record(session, who.id, "child.look", f"person:{child_id}", request=request)
    return found


async def export(session: AsyncSession, who: Actor, child_id: UUID, day: date, request: Request) -> ChildFile:
    """The same to take away, for a guardian or a keeper; numbers stay masked."""
    if not await families.guards(session, who.id, child_id):
        await families.child(session, who, child_id, "children.keep")
    found = await _file(session, who, child_id, day)
    await audit.record(session, who.id, "child.export", f"person:{child_id}", request=request)
    return found


async def correct(session: AsyncSession, who: Actor, child_id: UUID, body: Correction, request: Request) -> None:
    row = await families.child(session, who, child_id, "children.keep")
    before: dict[str, Any] = {"name": row.name}
    if body.name:
        row.name = body.name
        for pupil in await session.scalars(select(Pupil).where(Pupil.person_id == child_id)):
            pupil.name = body.name
    if body.born:
        known = await session.get(Minor, child_id)
        before["born"] = known.born if known else None
        await session.merge(Minor(person_id=child_id, born=body.born))
    after = body.model_dump(mode="json", exclude_none=True)
    what = f"person:{child_id}"
    await audit.record(
        session, who.id, "child.correct", what, before=before, after=after, request=request, about=child_id
    )


async def unmask(session: AsyncSession, who: Actor, child_id: UUID, body: Unmasking, request: Request) -> Unmasked:
    await families.child(session, who, child_id, "numbers.unmask")
    return Unmasked(number=await numbers.unmask(session, who, child_id, body.kind, body.reason, request))


async def erase(
    session: AsyncSession, ground: Connections, who: Actor, child_id: UUID, body: Erasure, request: Request
) -> None:
    """Every holding lets go, then the key is destroyed: what was sealed is unreadable in the audit log and in every
    backup. The reason is sealed too, so it is told to nobody afterwards; that it happened stays on record."""
    await families.child(session, who, child_id, "children.keep")
    what = f"person:{child_id}"
    after = {"reason": body.reason}
    await audit.record(session, who.id, "child.erase", what, after=after, request=request, about=child_id)
    await let_go(session, ground, child_id)


async def let_go(session: AsyncSession, ground: Connections, person: UUID) -> None:
    """Also run for every tombstone when an old backup is restored; a second time changes nothing. The packages above
    let go first: what they hold is found by what the registry knows."""
    for holding in reversed(holdings.all_holdings()):
        await holding.erase(session, ground, person)
    await person_keys.destroy(session, person, now())


async def end_purpose(session: AsyncSession, ground: Connections, person: UUID, purpose: Purpose) -> None:
    for holding in holdings.all_holdings():
        if holding.purpose == purpose and holding.withdraw:
            await holding.withdraw(session, ground, person)


async def _file(session: AsyncSession, who: Actor, child_id: UUID, day: date) -> ChildFile:
    row = (await session.execute(CHILDREN.where(Person.id == child_id))).one()
    return ChildFile(
        **_line(row, day),
        born=row.born,
        guardians=await _guardians(session, child_id),
        history=await _history(session, child_id),
        holdings=[
            HoldingOut(key=one.key, zh=one.zh, en=one.en, rows=await one.tell(session, child_id))
            for one in holdings.all_holdings()
        ],
        requests=await _requests(session, child_id, row.name),
        looks=await _looks(session, child_id),
        mine=await families.guards(session, who.id, child_id),
    )


async def _guardians(session: AsyncSession, child_id: UUID) -> list[GuardianOut]:
    query = select(Person.id, Person.name, Guardianship.relation, Guardianship.since)
    query = query.join(Guardianship, Guardianship.guardian_id == Person.id)
    rows = await session.execute(query.where(Guardianship.child_id == child_id, Guardianship.ended_at.is_(None)))
    return [GuardianOut.model_validate(row._mapping) for row in rows]


async def _history(session: AsyncSession, child_id: UUID) -> list[ConsentOut]:
    query = select(Consent.purpose, Person.name.label("guardian"), Consent.given_at, Consent.withdrawn_at)
    query = query.add_columns(Consent.paper, Consent.signed_on).where(Consent.child_id == child_id)
    query = query.outerjoin(Person, Person.id == Consent.guardian_id)
    rows = await session.execute(query.order_by(Consent.given_at.desc()))
    return [ConsentOut.model_validate(row._mapping) for row in rows]


async def _requests(session: AsyncSession, child_id: UUID, name: str) -> list[RequestOut]:
    query = select(ChildRequest).where(ChildRequest.child_id == child_id).order_by(ChildRequest.at.desc())
    return [request_out(row, Named(id=child_id, name=name)) for row in await session.scalars(query)]


def request_out(row: ChildRequest, child: Named) -> RequestOut:
    plain = {name: getattr(row, name) for name in ("id", "kind", "words", "at", "due_at", "done_at", "answer")}
    return RequestOut(child=child, **plain)


async def _looks(session: AsyncSession, child_id: UUID) -> list[Look]:
    by = aliased(Person)
    query = select(AuditEntry.at, AuditEntry.action, by.name).outerjoin(by, by.id == AuditEntry.actor)
    query = query.where(AuditEntry.object == f"person:{child_id}", AuditEntry.action.in_(LOOKING))
    rows = await session.execute(query.order_by(AuditEntry.number.desc()).limit(LOOKS))
    return [Look(at=row.at, by=row.name or "", action=row.action) for row in rows]


def _line(row: Row[Any], day: date) -> dict[str, Any]:
    given = set(row.consents or ())
    return {
        "id": row.id,
        "name": row.name,
        "school": row.school,
        "class_name": row.class_name,
        "under_14": needs_guardian(row.born, day),
        "consents": [purpose for purpose in PURPOSES if purpose in given],
    }
