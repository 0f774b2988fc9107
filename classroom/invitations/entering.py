"""From a key to a ticket, without a sign-in: for one lesson, for publishing alone, no longer than the invitation."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.who import digest
from classroom.invitations.models import Invitation
from classroom.invitations.rules import SLOTS, Span, Standing, standing
from classroom.invitations.schemas import Invited, InvitedLesson
from classroom.lessons.actions import must_be_open
from classroom.lessons.models import Lesson
from classroom.lessons.reading import rooms_of
from classroom.lessons.relays import Way, way_for
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import NotAllowed, NotSignedIn
from core.settings import RelaysSettings, load
from core.tickets import Ticket

MOST_SESSIONS = 4
"""Two slots, and each once more while it is replaced."""
REFUSALS: dict[Standing, tuple[str, str]] = {
    "asked": (
        "这份邀请还没有批准，请联系邀请您的教育局。",
        "This invitation is not approved yet; ask who invited you.",
    ),
    "approved": ("邀请的时间还没到，请到时再来。", "The invitation's time has not come; return then."),
    "expired": ("邀请的时间已过。", "The invitation's time is over."),
    "revoked": ("这份邀请已被收回，请联系邀请您的教育局。", "This invitation was taken back; ask who invited you."),
}


async def enter(session: AsyncSession, ground: Connections, key: str, request: Request) -> Invited:
    """Raises NotSignedIn for an unknown key, NotAllowed with the reason, Conflict while the lesson is not open."""
    query = select(Invitation).where(Invitation.key == digest(key)).with_for_update()
    row = (await session.scalars(query)).first()
    if row is None:
        zh, en = (
            "这把钥匙打不开任何课，请检查收到的地址。",
            "This key opens no lesson; check the address you were sent.",
        )
        raise NotSignedIn("invitation-key-unknown", zh=zh, en=en, headers={"WWW-Authenticate": "Invitation"})
    moment = now()
    state = standing(Span(row.valid_from, row.valid_until, row.approved_at, row.revoked_at), moment)
    if state != "open":
        zh, en = REFUSALS[state]
        raise NotAllowed(f"invitation-{state}", zh=zh, en=en)
    lesson = await session.get_one(Lesson, row.lesson_id)
    must_be_open(lesson, moment)
    way = await _way(session, ground, lesson)
    ticket = _ticket(row, lesson, way, moment)
    row.uses, row.used_at = row.uses + 1, moment
    after = {"lesson": str(lesson.id), "ticket": ticket.id}
    await audit.record(session, None, "invitation.use", f"invitation:{row.id}", after=after, request=request)
    return _answer(row, lesson, ticket, ground.signer.sign, way)


async def _way(session: AsyncSession, ground: Connections, lesson: Lesson) -> Way:
    """Whoever comes from outside enters at the lesson's anchor, as the sending room would."""
    ends = [part.path for part in (await rooms_of(session, [lesson.id]))[lesson.id]]
    return await way_for(ground, str(lesson.id), ends[0], ends, load(RelaysSettings).relays)


def _ticket(row: Invitation, lesson: Lesson, way: Way, moment: datetime) -> Ticket:
    return Ticket(
        person=str(row.id), name=row.name, lesson=str(lesson.id), stage="live", role="equipment", room=None,
        room_name=None, publish=SLOTS, watch=False, human=True, takeover=False, max_sessions=MOST_SESSIONS,
        issued_at=moment.timestamp(), expires_at=row.valid_until.timestamp(), id=secrets.token_hex(16),
        ways=way.ways, anchor=way.anchor,
    )  # fmt: skip


def _answer(row: Invitation, lesson: Lesson, ticket: Ticket, sign: Callable[[Ticket], str], way: Way) -> Invited:
    whip = [f"{relay}/whip/{lesson.id}" for relay in way.publish]
    return Invited(
        name=row.name,
        organisation=row.organisation,
        lesson=InvitedLesson(id=lesson.id, title=lesson.title, starts_at=lesson.starts_at, ends_at=lesson.ends_at),
        ticket=sign(ticket),
        whip_url=whip[0],
        whip_urls=whip,
        slots=list(SLOTS),
        expires_at=datetime.fromtimestamp(ticket.expires_at, UTC),
    )
