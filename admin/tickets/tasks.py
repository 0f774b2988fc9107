"""What beat starts again and again; songjiao.JOBS says how often."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.tickets.actions import hand_up
from core.clock import now
from core.connections import Connections
from core.jobs import task


@task
async def hand_up_tickets(session: AsyncSession, ground: Connections) -> None:
    await hand_up(session, now())
