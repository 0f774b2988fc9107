"""Periodic jobs."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.children import reports
from core.clock import now
from core.connections import Connections
from core.jobs import task


@task
async def hand_reports_on(session: AsyncSession, ground: Connections) -> None:
    await reports.hand_on(session, now())
