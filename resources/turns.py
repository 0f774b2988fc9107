"""In which order things are made. What somebody waits for is made as soon as a job of the worker is free. All the rest
stands in one line, longest waiting first: fifty lessons that end at once are hours of work, and at most AT_ONCE of a
worker's jobs are at it, so that the next upload, an order to a relay and a notice find one free."""

import asyncio
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import jobs
from core.connections import Connections
from core.jobs import task
from resources import keeping, making
from resources.media import ffmpeg
from resources.models import Resource

AT_ONCE = 2
"""Of the worker's four."""
NICE = 10
A_LOOK = 20
UNDONE = Resource.stage.in_(("probed", "playable")) & (Resource.progress < 100) & Resource.identifier.is_(None)
_places = asyncio.Semaphore(AT_ONCE)
"""All jobs of a worker share one loop."""


@task
async def make_first(session: AsyncSession, ground: Connections, resource: str) -> None:
    """What somebody waits for; then the line is set going."""
    async with keeping.alone(ground, UUID(resource)) as mine:
        kept = await keeping.held(ground, UUID(resource)) if mine else None
        if kept is None or kept.row.stage not in ("probed", "playable"):
            return
        if await making.make(ground, kept, only_first=True):
            jobs.after_commit(session, make_rest)


@task
async def make_rest(session: AsyncSession, ground: Connections) -> None:
    """One of the line; the next is another job, so that a worker that is told to end need not work off the line."""
    if _places.locked():
        return
    ffmpeg.NICENESS.set(NICE)
    async with _places:
        if await _make_next(ground):
            jobs.after_commit(session, make_rest)


async def _make_next(ground: Connections) -> bool:
    async with ground.transaction() as session:
        query = select(Resource.id).where(UNDONE).order_by(Resource.changed_at).limit(A_LOOK)
        waiting = list(await session.scalars(query))
    for resource in waiting:
        async with keeping.alone(ground, resource) as mine:
            kept = await keeping.held(ground, resource) if mine else None
            if kept is not None and kept.row.stage in ("probed", "playable") and kept.row.progress < 100:
                await keeping.note(ground, resource)  # changed now: one that fails goes to the end of the line
                await making.make(ground, kept)
                return True
    return False
