"""Jobs of imports. Each may come twice: the state says whether there is still anything to do."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.roster.intake import working
from admin.roster.intake.models import Import, ImportLine
from core.clock import now
from core.connections import Connections
from core.jobs import task

KEPT = timedelta(days=30)
"""Files and lines of imports name children; so long one may still undo."""


@task
async def check_import(session: AsyncSession, ground: Connections, own: str) -> None:
    found = await session.get(Import, UUID(own), with_for_update=True)
    if found is not None and found.state == "sent":
        await working.check(session, ground, found)


@task
async def apply_import(session: AsyncSession, ground: Connections, own: str) -> None:
    found = await session.get(Import, UUID(own), with_for_update=True)
    if found is not None and found.state == "checked":
        await working.apply(session, ground, found)


@task
async def forget_imports(session: AsyncSession, ground: Connections) -> None:
    old = select(Import).where(Import.at < now() - KEPT)
    lines = select(ImportLine.number).where(ImportLine.import_id == Import.id)
    for one in await session.scalars(old.where(lines.exists())):
        await session.execute(delete(ImportLine).where(ImportLine.import_id == one.id))
        await ground.store.remove(one.name_in_store)
