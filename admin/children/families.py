"""Who may see and speak for a child: its guardians, and the keepers of its school's place."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import write
from admin.children.ages import needs_guardian
from admin.children.models import Consent, Guardianship, Minor, Purpose
from admin.children.schemas import GuardianNew
from admin.models import Assignment, Organisation, Person
from admin.registry import inside
from admin.rights import Right
from admin.who import Actor
from core import audit
from core.clock import now
from core.errors import Conflict, NotAllowed, NotFound, NotValid
from core.ids import new_id

HERE = ZoneInfo("Asia/Shanghai")
WORDING = "2026-11"
"""The text that guardians are shown today (pages: children.consentText)."""


def within(who: Actor, right: Right) -> ColumnElement[bool]:
    """Pupils of the places of the right, and one's own children."""
    mine = is_guard(who.id, Person.id)
    if not (places := who.places(right)):
        return mine
    held = exists().where(Assignment.person_id == Person.id, Assignment.organisation_id == Organisation.id)
    return mine | held.where(Assignment.role == "student", inside(places))


async def child(session: AsyncSession, who: Actor, child_id: UUID, right: Right) -> Person:
    """Raises NotFound for a child that is not hers to see, as for one that is not there."""
    query = select(Person).where(Person.id == child_id, within(who, right), Person.disabled_at.is_(None))
    found = (await session.scalars(query)).first()
    if found is None:
        raise NotFound("child-unknown", zh="没有这个孩子，或不在您的范围内。", en="No such child within your reach.")
    return found


async def guards(session: AsyncSession, guardian: UUID, child_id: UUID) -> bool:
    query = select(Guardianship.id).where(Guardianship.guardian_id == guardian, Guardianship.child_id == child_id)
    return await session.scalar(query.where(Guardianship.ended_at.is_(None))) is not None


def is_guard(guardian: UUID, child: Any) -> ColumnElement[bool]:
    """Whether the person is a guardian now of the child in the column `child`."""
    own = exists().where(Guardianship.child_id == child, Guardianship.guardian_id == guardian)
    return own.where(Guardianship.ended_at.is_(None))


def agreed(purpose: Purpose, child: Any) -> ColumnElement[bool]:
    """Whether a consent stands for the child in the column `child`."""
    given = exists().where(Consent.child_id == child, Consent.purpose == purpose)
    return given.where(Consent.withdrawn_at.is_(None))


async def add_guardian(session: AsyncSession, who: Actor, child_id: UUID, body: GuardianNew, request: Request) -> None:
    await child(session, who, child_id, "children.keep")
    role = select(Assignment.id).where(Assignment.person_id == body.guardian_id, Assignment.role == "guardian")
    if await session.scalar(role) is None or body.guardian_id == child_id:
        raise NotValid("not-a-guardian", zh="这个账号不是监护人账号。", en="This is not a guardian's account.")
    if await guards(session, body.guardian_id, child_id):
        raise Conflict("guardian-known", zh="已经是这个孩子的监护人。", en="Is this child's guardian already.")
    row = Guardianship(id=new_id(), guardian_id=body.guardian_id, child_id=child_id, relation=body.relation)
    row.confirmed_by, row.since, row.ended_at = who.id, now(), None
    await write(session, row)
    after = {"guardian": body.guardian_id, "relation": body.relation}
    await _note(session, who, "guardian.create", child_id, request, after)


async def end_guardian(
    session: AsyncSession, who: Actor, child_id: UUID, guardian: UUID, request: Request
) -> list[Purpose]:
    """Consents that this guardian gave end with it; what rested on these purposes is ended by the caller."""
    await child(session, who, child_id, "children.keep")
    query = select(Guardianship).where(Guardianship.child_id == child_id, Guardianship.guardian_id == guardian)
    row = (await session.scalars(query.where(Guardianship.ended_at.is_(None)))).first()
    if row is None:
        raise NotFound("guardian-unknown", zh="没有这位监护人。", en="There is no such guardian.")
    row.ended_at = now()
    given = select(Consent).where(Consent.child_id == child_id, Consent.guardian_id == guardian)
    ended = list(await session.scalars(given.where(Consent.withdrawn_at.is_(None))))
    for consent in ended:
        consent.withdrawn_at = row.ended_at
    await _note(session, who, "guardian.end", child_id, request, {"guardian": guardian})
    return [consent.purpose for consent in ended]


async def consent(session: AsyncSession, who: Actor, child_id: UUID, purpose: Purpose, request: Request) -> None:
    """By a guardian only. Giving it twice changes nothing."""
    await _must_guard(session, who, child_id)
    if await _standing(session, child_id, purpose):
        return
    row = Consent(id=new_id(), child_id=child_id, guardian_id=who.id, purpose=purpose, wording=WORDING)
    row.recorded_by = row.paper = row.signed_on = row.withdrawn_at = None
    row.given_at = now()
    await write(session, row)
    await _note(session, who, "consent.give", child_id, request, {"purpose": purpose, "wording": WORDING})


async def withdraw(session: AsyncSession, who: Actor, child_id: UUID, purpose: Purpose, request: Request) -> bool:
    """Whether one stood. What rested on it is ended by the caller (files.end_purpose)."""
    await _must_guard(session, who, child_id)
    return await take_back(session, who, child_id, purpose, request)


async def take_back(session: AsyncSession, who: Actor, child_id: UUID, purpose: Purpose, request: Request) -> bool:
    """Whether one stood. The caller has asked whether `who` may."""
    row = await _standing(session, child_id, purpose)
    if row is None:
        return False
    row.withdrawn_at = now()
    await _note(session, who, "consent.withdraw", child_id, request, {"purpose": purpose})
    return True


async def is_allowed(session: AsyncSession, person: UUID, purpose: Purpose, day: date) -> bool:
    """Whether a pupil's data may serve the purpose: from fourteen on, or with a guardian's standing consent."""
    born = await session.scalar(select(Minor.born).where(Minor.person_id == person))
    return not needs_guardian(born, day) or await stands(session, person, purpose)


async def stands(session: AsyncSession, person: UUID, purpose: Purpose) -> bool:
    """Whether a consent stands, whatever the age."""
    return await _standing(session, person, purpose) is not None


async def must_be_allowed(session: AsyncSession, person: UUID, purpose: Purpose, moment: datetime) -> None:
    """Raises NotAllowed."""
    if not await is_allowed(session, person, purpose, moment.astimezone(HERE).date()):
        zh = "不满十四周岁，要监护人先同意。请家长登录后在“未成年人”里同意，或找班主任。"
        en = "Below fourteen a guardian's consent comes first. Ask your family to give it here, or your teacher."
        raise NotAllowed("consent-missing", zh=zh, en=en, purpose=purpose)


async def _must_guard(session: AsyncSession, who: Actor, child_id: UUID) -> None:
    if not await guards(session, who.id, child_id):
        raise NotFound("child-unknown", zh="没有这个孩子，或不在您的范围内。", en="No such child within your reach.")


async def _standing(session: AsyncSession, child_id: UUID, purpose: Purpose) -> Consent | None:
    query = select(Consent).where(Consent.child_id == child_id, Consent.purpose == purpose)
    return (await session.scalars(query.where(Consent.withdrawn_at.is_(None)))).first()


async def _note(
    session: AsyncSession, who: Actor, action: str, child_id: UUID, request: Request, after: dict[str, Any]
) -> None:
    await audit.record(session, who.id, action, f"person:{child_id}", after=after, request=request, about=child_id)
