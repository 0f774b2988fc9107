"""Consents on paper: families sign, a teacher of the school writes a whole class down in one act, with the children
whose paper is missing left out."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.children import deciding
from admin.children.ages import needs_guardian
from admin.children.families import WORDING, take_back
from admin.children.models import PURPOSES, Consent, Minor, Purpose
from admin.children.schemas import ClassChild, ClassConsents, PaperConsents, PapersRecorded
from admin.models import Organisation, Person, Pupil, SchoolClass
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import NotFound, NotValid
from core.ids import new_id

OLDEST = timedelta(days=366)
"""A paper that was signed longer ago is asked for anew."""


async def of_class(session: AsyncSession, who: Actor, class_id: UUID, day: date, request: Request) -> ClassConsents:
    """The look is on record."""
    row, school = await _class(session, who, class_id)
    children = [_child(one, day) for one in await _pupils(session, class_id)]
    await audit.record(session, who.id, "consents.look", f"class:{class_id}", request=request)
    return ClassConsents(id=row.id, name=row.name, school=school, wording=WORDING, children=children)


async def record(
    session: AsyncSession, who: Actor, class_id: UUID, body: PaperConsents, day: date, request: Request
) -> PapersRecorded:
    """One act, one entry in the audit log, which names every child. Raises NotValid for children of other classes."""
    await _class(session, who, class_id)
    if not day - OLDEST <= body.signed_on <= day:
        zh, en = "签字日期不能在今天以后，也不能早于一年前。", "The day of signing is after today or over a year ago."
        raise NotValid("day-out-of-range", zh=zh, en=en)
    rows = await _pupils(session, class_id)
    _must_be_theirs(rows, body.without | body.again)
    asked = [_asked(row) for row in rows if needs_guardian(row.born, day)]
    wanted = [one for one in PURPOSES if one in body.purposes]
    told = deciding.given(asked, wanted, frozenset(body.without), frozenset(body.again))
    kept = {"recorded_by": who.id, "paper": body.paper, "signed_on": body.signed_on, "wording": WORDING}
    kept |= {"given_at": now()}
    values = [kept | {"id": new_id(), "child_id": child, "purpose": purpose} for child, purpose in told]
    if values:
        await session.execute(insert(Consent).on_conflict_do_nothing(), values)
    after = body.model_dump(mode="json") | {"given": [[child, purpose] for child, purpose in told], "wording": WORDING}
    await audit.record(session, who.id, "consents.record", f"class:{class_id}", after=after, request=request)
    children = {child for child, _ in told}
    return PapersRecorded(consents=len(told), children=len(children), left_out=len(asked) - len(children))


async def withdraw_on_paper(
    session: AsyncSession, who: Actor, class_id: UUID, child_id: UUID, purpose: Purpose, request: Request
) -> bool:
    """Whether one stood."""
    await _class(session, who, class_id)
    _must_be_theirs(await _pupils(session, class_id), {child_id})
    return await take_back(session, who, child_id, purpose, request)


async def _class(session: AsyncSession, who: Actor, class_id: UUID) -> tuple[SchoolClass, str]:
    query = select(SchoolClass, Organisation.name_zh, Organisation.path)
    query = query.join(Organisation, Organisation.id == SchoolClass.school_id).where(SchoolClass.id == class_id)
    found = (await session.execute(query)).first()
    if found is None or not who.may("consents.record", found.path):
        raise not_your_place()
    return found[0], found.name_zh


async def _pupils(session: AsyncSession, class_id: UUID) -> list[Row[Any]]:
    """With the last consent to each purpose: `standing` and `refused` are lists of purposes."""
    last = select(Consent.child_id, Consent.purpose, Consent.withdrawn_at)
    last = last.ext(distinct_on(Consent.child_id, Consent.purpose))
    last_word = last.order_by(Consent.child_id, Consent.purpose, Consent.given_at.desc()).subquery()
    ended = last_word.c.withdrawn_at
    query = select(Pupil.person_id, Pupil.name, Minor.born)
    query = query.add_columns(
        func.array_agg(last_word.c.purpose).filter(last_word.c.purpose.is_not(None), ended.is_(None)).label("standing"),
        func.array_agg(last_word.c.purpose).filter(ended.is_not(None)).label("refused"),
    )
    query = query.join(Person, Person.id == Pupil.person_id).outerjoin(Minor, Minor.person_id == Pupil.person_id)
    query = query.outerjoin(last_word, last_word.c.child_id == Pupil.person_id)
    query = query.where(Pupil.class_id == class_id, Person.disabled_at.is_(None))
    query = query.group_by(Pupil.person_id, Pupil.name, Minor.born).order_by(Pupil.name, Pupil.person_id)
    return list(await session.execute(query))


def _must_be_theirs(rows: list[Row[Any]], named: set[UUID]) -> None:
    if named - {row.person_id for row in rows}:
        zh, en = "点名的孩子不在这个班。", "A child that is named is not in this class."
        raise NotFound("child-unknown", zh=zh, en=en)


def _asked(row: Row[Any]) -> deciding.Pupil:
    return deciding.Pupil(row.person_id, frozenset(row.standing or ()), frozenset(row.refused or ()))


def _child(row: Row[Any], day: date) -> ClassChild:
    standing, refused = set(row.standing or ()), set(row.refused or ())
    return ClassChild(
        id=row.person_id,
        name=row.name,
        under_14=needs_guardian(row.born, day),
        birthday_known=row.born is not None,
        consents=[one for one in PURPOSES if one in standing],
        refused=[one for one in PURPOSES if one in refused],
    )
