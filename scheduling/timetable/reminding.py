"""Beat's reminder: whoever teaches or assists in a lesson is told when its room opens, once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Person
from admin.notices.outbox import tell
from classroom.lessons.models import Lesson
from classroom.lessons.rules import OPENS_BEFORE
from core.clock import now
from core.connections import Connections
from core.jobs import task
from scheduling.release.changes import SHANGHAI
from scheduling.timetable.models import LessonHold, Reminder

AHEAD = timedelta(seconds=OPENS_BEFORE)


@task
async def remind(session: AsyncSession, ground: Connections) -> None:
    await remind_of(session, now())


async def remind_of(session: AsyncSession, moment: datetime) -> None:
    """The lessons that open now. A lesson's row keeps a second worker, and a second round, from telling again."""
    near = Lesson.starts_at.between(moment, moment + AHEAD)
    due = select(Lesson.id).where(near, Lesson.over_at > moment, Lesson.demo.is_(False)).order_by(Lesson.id)
    found = [{"lesson_id": one, "at": moment} for one in await session.scalars(due)]
    if not found:
        return
    first = insert(Reminder).values(found).on_conflict_do_nothing().returning(Reminder.lesson_id)
    for lesson in await session.scalars(select(Lesson).where(Lesson.id.in_((await session.scalars(first)).all()))):
        starts = f"{lesson.starts_at.astimezone(SHANGHAI):%H:%M}"
        people = await _people(session, lesson.id)
        await tell(session, people, "lesson.soon", {"title": lesson.title, "time": starts}, _page(lesson.id), moment)


async def _people(session: AsyncSession, lesson: UUID) -> list[UUID]:
    """Holds are of classes too, which have no notices."""
    query = select(Person.id).join(LessonHold, LessonHold.who_id == Person.id).where(LessonHold.lesson_id == lesson)
    return list(await session.scalars(query))


def _page(lesson: UUID) -> str:
    return f"/lessons/{lesson}"
