"""Asking for an invitation, approving it, taking it back. Two pairs of eyes: the bureau that wants the lesson asks, an
administrator of the prefecture approves. The key is made with the asking and opens nothing before."""

import asyncio
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation
from admin.paging import one_of
from admin.tree import ancestors
from admin.who import Actor, digest, not_your_place
from classroom.invitations.models import Invitation
from classroom.invitations.rules import fits
from classroom.invitations.schemas import InvitationNew
from classroom.lessons.actions import must_not_be_over
from classroom.lessons.models import Lesson
from classroom.lessons.outbox import LEAST, PATIENCE
from classroom.lessons.reading import one_lesson, rooms_of, visible
from classroom.orders import Order, give
from core import audit, database, valkey
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotAllowed, NotFound, NotValid
from core.ids import new_id

log = structlog.get_logger()

KEY_BYTES = 32
OUTAGES: tuple[type[Exception], ...] = (*valkey.OUTAGES, TimeoutError)


async def ask(session: AsyncSession, who: Actor, body: InvitationNew, request: Request) -> tuple[Invitation, str]:
    """The key is in no other answer, and in the house only its digest."""
    lesson = await _lesson_of_ones_own(session, who, body.lesson_id)
    moment = now()
    must_not_be_over(lesson, moment)
    opens = datetime.fromtimestamp(lesson.times.opens_at, UTC)
    valid_from, valid_until = body.valid_from or opens, body.valid_until or lesson.over_at
    if not fits(valid_from, valid_until, opens, lesson.over_at):
        zh = "邀请的时间要在这节课之内：从开门到下课。"
        en = "The invitation's time must lie within the lesson's, from its opening to its end."
        raise NotValid("invitation-outside-lesson", zh=zh, en=en)
    key = secrets.token_urlsafe(KEY_BYTES)
    row = Invitation(
        id=new_id(), lesson_id=lesson.id, name=body.name, organisation=body.organisation, valid_from=valid_from,
        valid_until=valid_until, key=digest(key), asked_by=who.id, asked_at=moment, uses=0,
    )  # fmt: skip
    session.add(row)
    after = {**body.model_dump(mode="json"), "lesson_id": str(lesson.id)}
    await audit.record(session, who.id, "invitation.ask", f"invitation:{row.id}", after=after, request=request)
    return row, key


async def approve(session: AsyncSession, who: Actor, invitation_id: UUID, request: Request) -> Invitation:
    """Raises NotAllowed below the prefecture, and for whoever asked."""
    row = await _one(session, who, invitation_id)
    lesson = await one_lesson(session, who, row.lesson_id)
    if not who.may("invitations.approve", await _prefecture_of(session, lesson)):
        raise not_your_place()
    if row.asked_by == who.id:
        zh, en = "自己提出的邀请要由另一位管理员批准。", "Whoever asked does not approve; another administrator does."
        raise NotAllowed("invitation-is-your-own", zh=zh, en=en)
    if row.revoked_at is not None:
        zh, en = "这份邀请已收回，请重新提出。", "This invitation was taken back; ask anew."
        raise Conflict("invitation-revoked", zh=zh, en=en)
    if row.approved_at is None:
        row.approved_by, row.approved_at = who.id, now()
        await audit.record(session, who.id, "invitation.approve", f"invitation:{row.id}", request=request)
    return row


async def revoke(session: AsyncSession, ground: Connections, who: Actor, invitation_id: UUID, request: Request) -> None:
    """Who sends by it is cut off at once. A second press changes nothing."""
    row = await _one(session, who, invitation_id)
    await _lesson_of_ones_own(session, who, row.lesson_id)
    if row.revoked_at is not None:
        return
    row.revoked_by, row.revoked_at = who.id, now()
    await audit.record(session, who.id, "invitation.revoke", f"invitation:{row.id}", request=request)
    database.after_commit(session, _cut_off, ground, row)


async def _cut_off(ground: Connections, invitation: Invitation) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await give(ground.valkey, _unseat([invitation]), now().timestamp())
    except OUTAGES as error:
        log.warning("unseat_waits", lesson=str(invitation.lesson_id), error=str(error) or type(error).__name__)


async def repeat_taken_back(session: AsyncSession, ground: Connections) -> None:
    """For a Valkey that was away, or has lost its memory: whose tickets could be good. Raises Valkey's OUTAGES."""
    taken_back = Invitation.revoked_at.is_not(None) & (Invitation.uses > 0)
    rows = await session.scalars(select(Invitation).where(taken_back, Invitation.valid_until > now()))
    await give(ground.valkey, _unseat(rows), now().timestamp())


def _unseat(invitations: Iterable[Invitation]) -> dict[Order, float]:
    """No ticket outlives its invitation."""
    return {
        Order(str(one.lesson_id), "unseat", str(one.id)): one.valid_until.timestamp() + LEAST for one in invitations
    }


async def _prefecture_of(session: AsyncSession, lesson: Lesson) -> str:
    """The path of the prefecture that the lesson is sent in."""
    [sending, *_] = (await rooms_of(session, [lesson.id]))[lesson.id]
    above = one_of(Organisation.id, ancestors(sending.path))
    found = await session.scalar(select(Organisation.path).where(above, Organisation.tier == "prefecture"))
    if found is None:
        raise not_your_place()
    return found


async def _one(session: AsyncSession, who: Actor, invitation_id: UUID) -> Invitation:
    query = select(Invitation).join(Lesson, Lesson.id == Invitation.lesson_id)
    query = query.where(Invitation.id == invitation_id, visible(who)).with_for_update(of=Invitation)
    row = (await session.scalars(query)).first()
    if row is None:
        zh, en = "没有这份邀请，或不在您的范围内。", "There is no such invitation within your place."
        raise NotFound("invitation-unknown", zh=zh, en=en)
    return row


async def _lesson_of_ones_own(session: AsyncSession, who: Actor, lesson_id: UUID) -> Lesson:
    lesson = await one_lesson(session, who, lesson_id)
    if not set(who.place_ids("invitations.ask")) & set(lesson.places):
        raise not_your_place()
    return lesson
