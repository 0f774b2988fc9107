"""`songjiao backup` and `songjiao restore`: what core/backup does, and around it what only the registry knows: who was
erased, and whether the audit chain is whole."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.auditing.checking import check
from admin.children.files import let_go
from admin.models import Person
from core import person_keys
from core.backup import making, restoring
from core.backup.ground import standing
from core.clock import now
from core.connections import Connections, open_connections
from core.database import HouseNote
from core.errors import StartError
from core.person_keys import sealer_of
from core.settings import DatabaseSettings, DataSettings, load

NOTE = "backup"
"""The house's note of its last backup, which the status page shows."""
LATE = timedelta(hours=36)


def backup(folder: Path, data: Path | None, keep_days: int) -> str:
    """What was done, in one sentence. Raises StartError; also for a broken audit chain, which no backup should hide."""
    with standing(load(DataSettings, data=data).data):
        return asyncio.run(back_up(folder.resolve(), keep_days, now()))


def restore(folder: Path, data: Path | None, stamp: str | None) -> str:
    """The same; the house must not run, and its database must be empty."""
    with standing(load(DataSettings, data=data).data):
        return asyncio.run(bring_back(folder.resolve(), stamp))


async def back_up(folder: Path, keep_days: int, moment: datetime) -> str:
    async with open_connections() as ground:
        async with ground.transaction() as session:
            entries = await _whole(session)
            sealer = sealer_of(session)
        await ground.store.answers()
        made = await asyncio.to_thread(making.make, _url(), ground.store, sealer, folder, moment, keep_days)
        size = sum(one.size for one in made.objects)
        told = {"at": moment.isoformat(), "stamp": made.stamp, "objects": len(made.objects), "bytes": size}
        async with ground.transaction() as session:
            await session.merge(HouseNote(key=NOTE, value=json.dumps(told)))
    return f"{made.stamp}: schema {made.schema}, {len(made.objects)} objects, {entries} audit entries, all fit."


async def bring_back(folder: Path, stamp: str | None) -> str:
    from core import migrate  # loads Alembic, for which a start of the web should not wait

    async with open_connections() as ground:
        async with ground.sessions() as session:
            sealer = sealer_of(session)
        opened = await asyncio.to_thread(restoring.open_backup, folder, sealer, stamp)
        await restoring.restore(opened, _url(), ground.store, sealer)
        await asyncio.to_thread(migrate.upgrade, _url())
        async with ground.transaction() as session:
            again = await _erase_again(session, ground)
        async with ground.transaction() as session:
            entries = await _whole(session)
    objects = len(opened.manifest.objects)
    return (
        f"{opened.manifest.stamp}: {objects} objects, {entries} audit entries, all fit; {again} persons erased again."
    )


async def _erase_again(session: AsyncSession, ground: Connections) -> int:
    """Whom the tombstones name and the old database still has."""
    gone = select(Person.id).where(Person.id.in_(await person_keys.tombstones(session)), Person.disabled_at.is_(None))
    persons = list(await session.scalars(gone))
    for person in persons:
        await let_go(session, ground, person)
    return len(persons)


async def _whole(session: AsyncSession) -> int:
    found = await check(session, None)
    if found.broken_at is not None:
        raise StartError(f"the audit chain is broken at entry {found.broken_at}; see `songjiao audit verify`.")
    return found.entries


def _url() -> str:
    url = load(DatabaseSettings).database_url
    assert url is not None  # `standing` has set it
    return url
