"""What is due by the clock alone. Each looks at the database and does it; a second run does nothing."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Pairing, SignIn, SignInFailures
from classroom.lessons.actions import close
from classroom.lessons.models import Lesson, LessonOrder
from core.clock import now
from core.connections import Connections

KEEP_SENT = timedelta(days=7)
KEEP_FAILURES = timedelta(hours=1)
AT_ONCE = 200


async def close_overrun(session: AsyncSession, ground: Connections) -> None:
    """Lessons that nobody ended count as ended already; here it is written down and told."""
    due = select(Lesson).where(Lesson.over_at <= now(), Lesson.ended_at.is_(None), Lesson.shutdown_at.is_(None))
    for lesson in (await session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True))).all():
        await close(session, ground, lesson, lesson.over_at)


async def forget_expired(session: AsyncSession) -> None:
    await session.execute(delete(SignIn).where(SignIn.expires_at < now()))
    await session.execute(delete(Pairing).where(Pairing.expires_at < now()))
    await session.execute(delete(SignInFailures).where(SignInFailures.last_at < now() - KEEP_FAILURES))
    await session.execute(delete(LessonOrder).where(LessonOrder.sent_at < now() - KEEP_SENT))
