"""What beat starts each minute: uploads that nobody finishes, and stages that a lost task left behind."""

from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit, jobs
from core.clock import now
from core.connections import Connections
from core.errors import Problem
from core.jobs import task
from resources import recordings, turns, uploads
from resources.looking import look_at
from resources.models import Resource, Upload

log = structlog.get_logger()
STUCK = timedelta(minutes=2)
"""What has not moved for so long is sent again: the task before it failed, or is at work and keeps others away."""
A_SWEEP = 200


@task
async def sweep(session: AsyncSession, ground: Connections) -> None:
    await _late(ground)
    await _stuck(ground)


async def _late(ground: Connections) -> None:
    async with ground.transaction() as session:
        query = select(Upload.id).where(Upload.completed_at.is_(None), Upload.deadline < now()).limit(A_SWEEP)
        late = list((await session.scalars(query)).all())
    for upload in late:
        try:
            await _end(ground, upload)
        except Problem as problem:
            log.warning("late_upload_stays", upload=str(upload), reason=problem.code)


async def _end(ground: Connections, upload_id: object) -> None:
    """A person's is forgotten; of a recording what arrived is kept. One transaction each: a failure costs no other."""
    async with ground.transaction() as session:
        upload = await session.get(Upload, upload_id, with_for_update=True)
        if upload is None or upload.completed_at:
            return
        row = await session.get_one(Resource, upload.resource_id)
        if row.lesson_id is not None:
            return await recordings.close_late(session, ground, row, upload)
        await uploads.forget(session, ground, row, upload)
        await audit.record(session, None, "resource.expire", f"resource:{row.id}")


async def _stuck(ground: Connections) -> None:
    """What somebody waits for, each; and the line of the rest, whose jobs send for each other."""
    async with ground.transaction() as session:
        late = Resource.changed_at < now() - STUCK
        query = select(Resource.id, Resource.stage).where(Resource.stage.in_(("sent", "probed")), late)
        query = query.where(Resource.progress < 100, Resource.identifier.is_(None)).limit(A_SWEEP)
        for resource, stage in await session.execute(query):
            jobs.after_commit(session, look_at if stage == "sent" else turns.make_first, resource)
        if await session.scalar(select(Resource.id).where(turns.UNDONE, late).limit(1)):
            jobs.after_commit(session, turns.make_rest)
