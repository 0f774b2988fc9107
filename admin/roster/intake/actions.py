"""An import's way: a file comes in, is checked, applied, and may be taken back."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import UploadFile
from sqlalchemy import Row, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation, Person
from admin.paging import Order, page
from admin.registry import inside
from admin.roster.intake import tasks, working
from admin.roster.intake.models import Import, ImportLine, Kind, State
from admin.roster.intake.schemas import ImportOut, LineOut, Progress
from admin.schemas import Page
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotFound, TooLarge
from core.ids import new_id
from core.jobs import after_commit

MOST_BYTES = 100_000_000
NEWEST = Order((Import.at, Import.id), descending=True)
BY_NUMBER = Order((ImportLine.number,))


async def send(
    session: AsyncSession,
    ground: Connections,
    who: Actor,
    file: UploadFile,
    place: UUID,
    kind: Kind,
    day: date,
    request: Request,
) -> ImportOut:
    row = await session.get(Organisation, place)
    if row is None or not who.may("imports.run", row.path):
        raise not_your_place()
    size = file.size or 0
    if size > MOST_BYTES:
        raise TooLarge("file-too-large", zh="文件超过 100 MB，请分成几份。", en="Over 100 MB; split the file.")
    one = Import(id=new_id(), place_id=row.id, kind=kind, state="sent", by=who.id, at=now(), day=day, counts={})
    one.file_name = (file.filename or "file").replace("\x00", "")[:200]
    session.add(one)
    await session.flush()
    await ground.store.put(one.name_in_store, file.file, size, "application/octet-stream")
    after = {"file": one.file_name, "kind": kind, "place": row.name_zh, "bytes": size}
    await audit.record(session, who.id, "import.send", f"import:{one.id}", after=after, request=request)
    after_commit(session, tasks.check_import, one.id)
    return await _out(session, ground, one.id)


async def listed(
    session: AsyncSession, ground: Connections, who: Actor, after: str | None, limit: int
) -> Page[ImportOut]:
    query = IMPORTS.where(inside(who.places("imports.run")))
    rows, total, following = await page(session, query, NEWEST, after, limit)
    return Page(items=[_told(row, None) for row in rows], total=total, next=following)


async def one(session: AsyncSession, ground: Connections, who: Actor, own: UUID) -> ImportOut:
    await _mine(session, who, own)
    return await _out(session, ground, own)


async def lines(
    session: AsyncSession, who: Actor, own: UUID, wrong: bool, after: str | None, limit: int, request: Request
) -> Page[LineOut]:
    """The look is logged: the lines name children."""
    await _mine(session, who, own)
    query = select(ImportLine).where(ImportLine.import_id == own)
    if wrong:
        query = query.where(func.json_array_length(ImportLine.mistakes) > 0)
    rows, total, following = await page(session, query, BY_NUMBER, after, limit)
    await audit.record(session, who.id, "import.look", f"import:{own}", after={"shown": len(rows)}, request=request)
    items = [LineOut.model_validate(row[0], from_attributes=True) for row in rows]
    return Page(items=items, total=total, next=following)


async def apply(session: AsyncSession, ground: Connections, who: Actor, own: UUID, request: Request) -> ImportOut:
    """By a worker, once the answer has left."""
    found = await _mine(session, who, own)
    _must_be(found, "checked")
    if not found.counts["create"] + found.counts["move"]:
        raise Conflict("nothing-to-import", zh="没有要写入的行。", en="No line is to be written.")
    await audit.record(session, who.id, "import.apply", f"import:{own}", after=found.counts, request=request)
    after_commit(session, tasks.apply_import, own)
    return await _out(session, ground, own)


async def undo(session: AsyncSession, ground: Connections, who: Actor, own: UUID, request: Request) -> ImportOut:
    found = await _mine(session, who, own)
    _must_be(found, "applied")
    await working.undo(session, found)
    await audit.record(session, who.id, "import.undo", f"import:{own}", request=request)
    return await _out(session, ground, own)


async def discard(session: AsyncSession, ground: Connections, who: Actor, own: UUID, request: Request) -> None:
    """The file and its lines go; what was applied stays as it is."""
    found = await _mine(session, who, own)
    if found.state == "sent":
        _must_be(found, "checked")
    if found.state in ("checked", "unreadable"):
        found.state = "discarded"
    await session.execute(delete(ImportLine).where(ImportLine.import_id == own))
    await ground.store.remove(found.name_in_store)
    await audit.record(session, who.id, "import.discard", f"import:{own}", request=request)


def _must_be(one: Import, state: State) -> None:
    if one.state != state:
        zh = "这一步现在办不了，请刷新看进度。"
        raise Conflict("import-state", zh=zh, en="Not at this stage; look at its progress.", state=one.state)


async def _mine(session: AsyncSession, who: Actor, own: UUID) -> Import:
    row = await session.get(Import, own, with_for_update=True)
    path = await session.scalar(select(Organisation.path).where(Organisation.id == row.place_id)) if row else None
    if row is None or path is None or not who.may("imports.run", path):
        raise NotFound("import-unknown", zh="没有这次导入。", en="There is no such import.")
    return row


async def _out(session: AsyncSession, ground: Connections, own: UUID) -> ImportOut:
    await session.flush()
    said = await ground.valkey.get(working.progress_key(own))
    return _told((await session.execute(IMPORTS.where(Import.id == own))).one(), said)


def _told(row: Row[Any], said: Any) -> ImportOut:
    found: Import = row.Import
    plain = ("id", "kind", "file_name", "state", "at", "day", "counts", "said", "applied_at", "undone_at")
    return ImportOut.model_validate(
        {name: getattr(found, name) for name in plain}
        | {"place": {"id": found.place_id, "name": row.place, "name_en": row.place_en}}
        | {"by": {"id": found.by, "name": row.person}}
        | {"progress": Progress.model_validate(json.loads(said)) if said else None}
    )


IMPORTS: Select[*tuple[Any, ...]] = (
    select(
        Import, Organisation.name_zh.label("place"), Organisation.name_en.label("place_en"), Person.name.label("person")
    )
    .join(Organisation, Organisation.id == Import.place_id)
    .join(Person, Person.id == Import.by)
)
