"""What beat starts again and again (songjiao.JOBS says how often)."""

from sqlalchemy.ext.asyncio import AsyncSession

from classroom.invitations import actions
from core.connections import Connections
from core.jobs import task


@task
async def repeat_taken_back(session: AsyncSession, ground: Connections) -> None:
    await actions.repeat_taken_back(session, ground)
