"""Jobs for the tests of jobs."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.connections import Connections
from core.jobs import task


@task
async def write_note(session: AsyncSession, ground: Connections, key: str, value: str) -> None:
    await session.execute(text("INSERT INTO house_notes VALUES (:key, :value)"), {"key": key, "value": value})
    if value == "bad":
        raise RuntimeError("the job fails after its writing")
