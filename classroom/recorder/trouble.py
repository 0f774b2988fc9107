"""A recording that is in trouble: written down, and told to the bureaus in whose place the lesson is."""

from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Assignment
from admin.notices import outbox
from admin.who import Actor
from classroom.lessons.reading import one_lesson
from classroom.recorder.schemas import Trouble
from core import audit
from core.clock import now

log = structlog.get_logger()


async def report(session: AsyncSession, who: Actor, lesson_id: UUID, body: Trouble, request: Request) -> None:
    """Raises NotFound."""
    lesson = await one_lesson(session, who, lesson_id)
    log.warning("recording_trouble", lesson=str(lesson.id), trouble=body.trouble)
    kind = "recording.trouble" if body.trouble else "recording.recovered"
    after = {"trouble": body.trouble, "title": lesson.title}
    await audit.record(session, who.id, kind, f"lesson:{lesson.id}", after=after, request=request)
    bureaus = select(Assignment.person_id).where(
        Assignment.role == "bureau", Assignment.organisation_id.in_(lesson.places)
    )
    people = (await session.scalars(bureaus)).all()
    await outbox.tell(session, people, kind, {"title": lesson.title}, f"/lessons?lesson={lesson.id}", now())
