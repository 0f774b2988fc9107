"""Jobs of the roster."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.roster import organisations
from admin.today import today
from core.connections import Connections
from core.jobs import task


@task
async def let_changes_take_effect(session: AsyncSession, ground: Connections) -> None:
    await organisations.let_take_effect(session, today())
