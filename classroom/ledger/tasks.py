"""What beat starts again and again (songjiao.JOBS says how often)."""

from sqlalchemy.ext.asyncio import AsyncSession

from classroom.ledger import attendance, taking
from core.clock import now
from core.connections import Connections
from core.jobs import task


@task
async def take_ledger(session: AsyncSession, ground: Connections) -> None:
    await taking.take(session, ground)


@task
async def look_for_rooms(session: AsyncSession, ground: Connections) -> None:
    await attendance.look(session, ground, now())
