"""A recording that is in trouble: written down, and told to the bureaus in whose place the lesson is. Either its
recorder says so, or nobody has the lesson."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Assignment
from admin.notices import outbox
from admin.who import Actor
from classroom.interaction.log import LessonLog
from classroom.lessons.models import Lesson
from classroom.lessons.reading import in_state, one_lesson
from classroom.recorder.schemas import Trouble
from core import alive, audit
from core.clock import now
from core.connections import Connections

NOBODY = timedelta(seconds=30)
"""How long after its beginning a lesson may be without a recorder."""
LOST = "songjiao:recording-lost:{lesson}"
"""The bureau has been told that nobody records it."""
LOST_SECONDS = 6 * 3600
AT_ONCE = 500

log = structlog.get_logger()


async def report(session: AsyncSession, who: Actor, lesson_id: UUID, body: Trouble, request: Request) -> None:
    """Raises NotFound."""
    lesson = await one_lesson(session, who, lesson_id)
    await _tell(session, lesson, body.trouble, who.id, request)


async def watch(session: AsyncSession, ground: Connections) -> None:
    """Lessons under way that should be recorded, and are by nobody, or are again."""
    begun = Lesson.starts_at < now() - NOBODY
    live = select(Lesson).where(in_state("live", now()), Lesson.recording != "none", begun).limit(AT_ONCE)
    lessons = (await session.scalars(live)).all()
    if not lessons:
        return
    held = await ground.valkey.mget([alive.RECORDING.format(lesson=one.id) for one in lessons])
    for lesson, holder in zip(lessons, held, strict=True):
        key = LOST.format(lesson=lesson.id)
        if holder is None and await ground.valkey.set(key, "1", nx=True, ex=LOST_SECONDS):
            await _tell(session, lesson, "no recorder", None, None)
            fact: dict[str, Any] = {"state": "trouble", "slots": [], "since": None}
            await LessonLog(ground.valkey).append(str(lesson.id), "recording", "", fact)
        elif holder is not None and await ground.valkey.delete(key):
            await _tell(session, lesson, None, None, None)


async def _tell(
    session: AsyncSession, lesson: Lesson, trouble: str | None, by: UUID | None, request: Request | None
) -> None:
    log.warning("recording_trouble", lesson=str(lesson.id), trouble=trouble)
    kind = "recording.trouble" if trouble else "recording.recovered"
    after = {"trouble": trouble, "title": lesson.title}
    await audit.record(session, by, kind, f"lesson:{lesson.id}", after=after, request=request)
    bureaus = select(Assignment.person_id).where(
        Assignment.role == "bureau", Assignment.organisation_id.in_(lesson.places)
    )
    people = (await session.scalars(bureaus)).all()
    await outbox.tell(session, people, kind, {"title": lesson.title}, f"/lessons?lesson={lesson.id}", now())
