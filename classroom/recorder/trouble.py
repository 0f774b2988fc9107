"""A recording that is in trouble: written down for the bureau in whose place the lesson is sent."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.who import Actor
from classroom.lessons.reading import one_lesson
from classroom.recorder.schemas import Trouble
from core import audit

log = structlog.get_logger()


async def report(session: AsyncSession, who: Actor, lesson_id: UUID, body: Trouble, request: Request) -> None:
    """Raises NotFound."""
    lesson = await one_lesson(session, who, lesson_id)
    log.warning("recording_trouble", lesson=str(lesson.id), trouble=body.trouble)
    action = "recording.trouble" if body.trouble else "recording.recovered"
    after = {"trouble": body.trouble, "title": lesson.title}
    await audit.record(session, who.id, action, f"lesson:{lesson.id}", after=after, request=request)
