"""What the worker does for the library. Each takes ids and may run again: what is there already is not made twice."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.connections import Connections
from core.jobs import task
from resources import looking, making, sweeping


@task
async def look_at(session: AsyncSession, ground: Connections, resource: str) -> None:
    await looking.look(ground, UUID(resource))


@task
async def make_renditions(session: AsyncSession, ground: Connections, resource: str) -> None:
    await making.make(ground, UUID(resource))


@task
async def sweep(session: AsyncSession, ground: Connections) -> None:
    await sweeping.sweep(ground)
