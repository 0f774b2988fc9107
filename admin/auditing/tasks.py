"""The nightly walk along the audit chain, and the one that the audit administrator asks for."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from admin.auditing.checking import check
from core.connections import Connections
from core.jobs import task

log = structlog.get_logger()


@task
async def walk_chain(session: AsyncSession, ground: Connections, by: str = "") -> None:
    found = await check(session, UUID(by) if by else None)
    if found.broken_at is not None:
        log.error("audit_chain_broken", number=found.broken_at)
