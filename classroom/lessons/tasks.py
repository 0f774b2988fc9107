"""What beat starts again and again (songjiao.JOBS says how often); the work is in demo.py, sweeps.py and outbox.py."""

from sqlalchemy.ext.asyncio import AsyncSession

from classroom.lessons import demo, sweeps
from classroom.lessons.outbox import repeat, send_unsent
from core.connections import Connections
from core.jobs import task


@task
async def keep_demo_lesson(session: AsyncSession, ground: Connections) -> None:
    await demo.keep(session)


@task
async def close_overrun_lessons(session: AsyncSession, ground: Connections) -> None:
    await sweeps.close_overrun(session, ground)


@task
async def send_unsent_orders(session: AsyncSession, ground: Connections) -> None:
    await send_unsent(ground)
    await repeat(session, ground)


@task
async def forget_expired(session: AsyncSession, ground: Connections) -> None:
    await sweeps.forget_expired(session)
