"""Beat's reminder: whoever teaches or assists in a lesson is told when its room opens, once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Person
from admin.notices.outbox import tell_all
from admin.paging import one_of
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
    lessons = (await session.scalars(select(Lesson).where(one_of(Lesson.id, await session.scalars(first))))).all()
    people = await _people(session, [one.id for one in lessons])
    await tell_all(session, "lesson.soon", [(people[one.id], _words(one), _page(one.id)) for one in lessons], moment)


def _words(lesson: Lesson) -> dict[str, str]:
    return {"title": lesson.title, "time": f"{lesson.starts_at.astimezone(SHANGHAI):%H:%M}"}


async def _people(session: AsyncSession, lessons: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """By lesson. Holds are of classes too, which have no notices."""
    query = select(LessonHold.lesson_id, Person.id).join(Person, LessonHold.who_id == Person.id)
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for lesson, person in await session.execute(query.where(one_of(LessonHold.lesson_id, lessons))):
        found[lesson].append(person)
    return found


def _page(lesson: UUID) -> str:
    return f"/lessons/{lesson}"
