"""The list of invitations, of lessons in one's place."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Person
from admin.paging import Order, one_of, page
from admin.schemas import Named, Page
from admin.who import Actor
from classroom.invitations.models import Invitation
from classroom.invitations.rules import Span, standing
from classroom.invitations.schemas import InvitationOut, InvitedLesson
from classroom.lessons.models import Lesson
from core.clock import now

LATEST_FIRST = Order((Invitation.asked_at, Invitation.id), descending=True)


async def invitations(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[InvitationOut]:
    own = Lesson.places.overlap(list(who.place_ids("invitations.ask")))
    query = select(Invitation, Lesson).join(Lesson, Lesson.id == Invitation.lesson_id).where(own)
    rows, total, following = await page(session, query, LATEST_FIRST, after, limit)
    people = await _people(session, [row[0] for row in rows])
    return Page(items=[_shown(row[0], row[1], people) for row in rows], total=total, next=following)


async def one_shown(session: AsyncSession, row: Invitation) -> InvitationOut:
    await session.flush()
    lesson = await session.get_one(Lesson, row.lesson_id)
    return _shown(row, lesson, await _people(session, [row]))


async def _people(session: AsyncSession, rows: Sequence[Invitation]) -> dict[UUID, Named]:
    ids = {one for row in rows for one in (row.asked_by, row.approved_by, row.revoked_by) if one}
    found = await session.execute(select(Person.id, Person.name).where(one_of(Person.id, ids)))
    return {identity: Named(id=identity, name=name) for identity, name in found}


def _shown(row: Invitation, lesson: Lesson, people: dict[UUID, Named]) -> InvitationOut:
    return InvitationOut(
        id=row.id,
        lesson=InvitedLesson(id=lesson.id, title=lesson.title, starts_at=lesson.starts_at, ends_at=lesson.ends_at),
        name=row.name,
        organisation=row.organisation,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=standing(Span(row.valid_from, row.valid_until, row.approved_at, row.revoked_at), now()),
        asked_by=people[row.asked_by],
        approved_by=people[row.approved_by] if row.approved_by else None,
        revoked_by=people[row.revoked_by] if row.revoked_by else None,
        uses=row.uses,
        used_at=row.used_at,
    )
