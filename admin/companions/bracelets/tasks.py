"""What beat starts again and again; songjiao.JOBS says how often."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.bracelets import actions
from core.clock import now
from core.connections import Connections
from core.jobs import task


@task
async def watch_fences(session: AsyncSession, ground: Connections) -> None:
    await actions.watch(session, now())


@task
async def forget_tracks(session: AsyncSession, ground: Connections) -> None:
    await actions.forget_tracks(session, now())
