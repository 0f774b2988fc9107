"""What beat starts again and again (songjiao.JOBS says how often)."""

from sqlalchemy.ext.asyncio import AsyncSession

from classroom.reports import days
from core.connections import Connections
from core.jobs import task


@task
async def count_days(session: AsyncSession, ground: Connections) -> None:
    await days.count(session)
