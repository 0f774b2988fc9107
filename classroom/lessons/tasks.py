"""What beat starts again and again. Each run looks at the database and does what is due; a second run does nothing."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Pairing, SignIn, SignInFailures
from classroom.lessons import demo
from classroom.lessons.actions import close
from classroom.lessons.models import Lesson, LessonOrder
from classroom.lessons.orders import send_unsent
from core.clock import now
from core.connections import Connections
from core.jobs import every, task

KEEP_SENT = timedelta(days=7)
AT_ONCE = 200


@task
async def keep_demo_lesson(session: AsyncSession, ground: Connections) -> None:
    await demo.keep(session)


@task
async def close_overrun_lessons(session: AsyncSession, ground: Connections) -> None:
    """Lessons that nobody ended: they count as ended already, here it is written down and told."""
    due = select(Lesson).where(Lesson.over_at <= now(), Lesson.ended_at.is_(None), Lesson.shutdown_at.is_(None))
    for lesson in (await session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True))).all():
        await close(session, ground, lesson, lesson.over_at)


@task
async def send_unsent_orders(session: AsyncSession, ground: Connections) -> None:
    await send_unsent(ground)
    await session.execute(delete(LessonOrder).where(LessonOrder.sent_at < now() - KEEP_SENT))


@task
async def forget_what_expired(session: AsyncSession, ground: Connections) -> None:
    await session.execute(delete(SignIn).where(SignIn.expires_at < now()))
    await session.execute(delete(Pairing).where(Pairing.expires_at < now()))
    await session.execute(delete(SignInFailures).where(SignInFailures.last_at < now() - timedelta(hours=1)))


every(30, keep_demo_lesson)
every(30, close_overrun_lessons)
every(10, send_unsent_orders)
every(3600, forget_what_expired)
