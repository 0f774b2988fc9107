"""What the library's tasks read of a resource and write about it, each in a short transaction of its own: a task runs
for minutes, and holds no connection meanwhile."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from admin.models import Organisation
from core import audit
from core.clock import now
from core.connections import Connections
from core.ids import new_id
from resources.kinds import GUESTS, FileRole, Medium
from resources.media.refusing import Refused
from resources.models import Resource, ResourceFile, Upload
from resources.searching import index
from resources.stages import Stage, advance

log = structlog.get_logger()
LOCK_SECONDS = 60


@dataclass(frozen=True)
class Held:
    """A resource as a task found it."""

    row: Resource
    uploads: list[Upload]
    files: list[ResourceFile]

    def has(self, role: FileRole, track: str = "main", number: int = 0) -> bool:
        return any((one.role, one.track, one.number) == (role, track, number) for one in self.files)

    @property
    def prefix(self) -> str:
        return f"resources/{self.row.id}"


async def held(ground: Connections, resource: UUID) -> Held | None:
    async with ground.transaction() as session:
        row = await session.get(Resource, resource)
        if row is None:
            return None
        uploads = select(Upload).where(Upload.resource_id == resource, Upload.completed_at.is_not(None))
        files = select(ResourceFile).where(ResourceFile.resource_id == resource)
        sources = list((await session.scalars(uploads.order_by(Upload.track.desc(), Upload.take))).all())
        return Held(row, sources, list((await session.scalars(files)).all()))


async def put_file(
    ground: Connections, kept: Held, path: Path, role: FileRole, content_type: str, **facts: Any
) -> None:
    """Into the store, then into the table: a task that dies between the two makes it again under the same name."""
    track, number = facts.get("track", "main"), facts.get("number", 0)
    name = f"{kept.prefix}/{role}/{track}-{number}{path.suffix}"
    await ground.store.put_file(name, path, content_type)
    facts |= {"role": role, "store_name": name, "content_type": content_type, "bytes": await ground.store.size(name)}
    if not await note_file(ground, kept.row.id, **facts):
        await ground.store.remove(name)
    await asyncio.to_thread(path.unlink)


async def note_file(ground: Connections, resource: UUID, **facts: Any) -> bool:
    """False for what is made of a receiving room's track that has been taken down meanwhile."""
    values = {"id": new_id(), "resource_id": resource, "track": "main", "number": 0, "fragments": [], "label": ""}
    values |= facts
    async with ground.transaction() as session:
        if values["track"] in GUESTS:
            sent = select(Upload.id).where(Upload.resource_id == resource, Upload.track == values["track"]).limit(1)
            if await session.scalar(sent.with_for_update(read=True)) is None:
                return False
        await session.execute(insert(ResourceFile).values(values).on_conflict_do_nothing())
    return True


async def note(ground: Connections, resource: UUID, stage: Stage | None = None, **facts: Any) -> None:
    """Sets facts about the resource and moves it on."""
    async with ground.transaction() as session:
        row = await session.get(Resource, resource, with_for_update=True)
        if row is None:
            return
        text = facts.pop("text", None)
        for name, value in facts.items():
            setattr(row, name, value)
        if stage and row.stage != "playable":
            row.stage = advance(row.stage, stage)
        if text is not None:
            provider = await session.get_one(Organisation, row.provider_id)
            index(row, provider.name_zh, text)
        row.changed_at = now()


async def refuse(ground: Connections, kept: Held, refusal: Refused) -> None:
    """The reason stays, the bytes go."""
    async with ground.transaction() as session:
        row = await session.get(Resource, kept.row.id, with_for_update=True)
        if row is None or row.stage in ("refused", "playable"):
            return
        row.stage, row.refusal, row.changed_at = advance(row.stage, "refused"), refusal.words, now()
        await session.execute(delete(ResourceFile).where(ResourceFile.resource_id == row.id))
        await audit.record(session, None, "resource.refuse", f"resource:{row.id}", after=refusal.words)
    log.info("resource_refused", resource=str(kept.row.id), code=refusal.words["code"])
    await ground.store.remove_under(f"{kept.prefix}/")


@asynccontextmanager
async def alone(ground: Connections, resource: UUID) -> AsyncIterator[bool]:
    """Whether this task is the only one at work on the resource; a task that dies stops saying so within a minute."""
    key = f"songjiao:library:{resource}"
    mine = bool(await ground.valkey.set(key, "1", nx=True, ex=LOCK_SECONDS))
    renewing = asyncio.create_task(_renew(ground, key)) if mine else None
    try:
        yield mine
    finally:
        if renewing:
            renewing.cancel()
            await ground.valkey.delete(key)


async def _renew(ground: Connections, key: str) -> None:
    while True:
        await asyncio.sleep(LOCK_SECONDS / 3)
        await ground.valkey.expire(key, LOCK_SECONDS)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="songjiao-") as folder:
        yield Path(folder)


def medium_of(family: str, has_picture: bool = False) -> Medium:
    known: dict[str, Medium] = {"pdf": "document", "office": "document", "image": "image"}
    if family == "av":
        return "video" if has_picture else "audio"
    return known.get(family, "file")
