"""What beat starts again and again (songjiao.JOBS says how often); the work is in trouble.py."""

from sqlalchemy.ext.asyncio import AsyncSession

from classroom.recorder import trouble
from core.connections import Connections
from core.jobs import task


@task
async def watch_recordings(session: AsyncSession, ground: Connections) -> None:
    await trouble.watch(session, ground)
