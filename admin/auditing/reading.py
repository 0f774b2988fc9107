"""Searching the audit log, opening an entry, handing it out. Each of these is written down in the same log."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.auditing.schemas import EntryLine, EntryOut, Form, Wanted
from admin.models import Assignment, Organisation, Person
from admin.paging import Order, containing, page
from admin.registry import inside
from admin.schemas import Named, Page
from admin.who import Actor
from core import audit
from core.audit import AuditEntry
from core.connections import Connections
from core.errors import NotFound

NEWEST = Order((AuditEntry.number,), descending=True)
COLUMNS = ("number", "at", "actor", "name", "action", "object", "result", "address", "request", "digest")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be computed by a spreadsheet (OWASP, CSV injection)."""
NOBODY = "已删除"


async def search(
    session: AsyncSession, who: Actor, wanted: Wanted, after: str | None, limit: int, request: Request
) -> Page[EntryLine]:
    rows, total, following = await page(session, _within(who, _matching(wanted)), NEWEST, after, limit)
    await _look(session, who, "audit.search", wanted, request)
    return Page(items=[EntryLine(**_line(row)) for row in rows], total=total, next=following)


async def open_entry(session: AsyncSession, who: Actor, number: int, request: Request) -> EntryOut:
    """Raises NotFound, also for an entry of somebody outside the place."""
    row = (await session.execute(_within(who, _matching(Wanted())).where(AuditEntry.number == number))).first()
    if row is None:
        raise NotFound("entry-unknown", zh="没有这条记录。", en="There is no such entry.")
    entry: AuditEntry = row[0]
    before, after = await audit.opened(session, entry.before), await audit.opened(session, entry.after)
    await audit.record(session, who.id, "audit.open", f"audit:{number}", request=request)
    lost = any(
        audit.is_sealed(value) and shown is None for value, shown in ((entry.before, before), (entry.after, after))
    )
    return EntryOut(**_line(row), before=before, after=after, erased=lost, digest=entry.digest.hex())


async def note_export(session: AsyncSession, who: Actor, wanted: Wanted, form: Form, request: Request) -> None:
    await _look(session, who, f"audit.export.{form}", wanted, request)


async def export(ground: Connections, who: Actor, wanted: Wanted, form: Form) -> AsyncIterator[bytes]:
    """In the chain's order. As JSON lines each entry has the exact text that its digest covers, behind the digest
    before it: SHA-256 of the two is the entry's own, so a reader needs nothing of ours to check the chain. What is
    sealed stays sealed."""
    query = _within(who, _matching(wanted)).order_by(AuditEntry.number).execution_options(yield_per=500)
    write = _csv_row if form == "csv" else _json_line
    if form == "csv":
        yield ("\ufeff" + _csv(COLUMNS)).encode()  # the mark by which Excel reads UTF-8
    async with ground.transaction() as session:
        async for row in await session.stream(query):
            yield write(row)
            session.expunge(row[0])


def _matching(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(AuditEntry, Person.name)
    query = query.outerjoin(Person, Person.id == AuditEntry.actor)
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.at < wanted.until)
    if wanted.action:
        query = query.where(AuditEntry.action.like(containing(wanted.action)[1:]))
    for column, value in (
        (AuditEntry.actor, wanted.actor),
        (AuditEntry.object, wanted.object),
        (AuditEntry.result, wanted.result),
    ):
        if value:
            query = query.where(column == value)
    return query


def _within(who: Actor, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The audit administrator of the whole house sees all, those below what their own people did."""
    places = who.places("audit.read")
    if any("." not in place for place in places):
        return query
    held = exists().where(Assignment.person_id == AuditEntry.actor, Assignment.organisation_id == Organisation.id)
    return query.where(held.where(inside(places)))


async def _look(session: AsyncSession, who: Actor, action: str, wanted: Wanted, request: Request) -> None:
    asked = wanted.model_dump(mode="json", exclude_none=True)
    await audit.record(session, who.id, action, "audit", after=asked, request=request)


def _line(row: Row[Any]) -> dict[str, Any]:
    entry: AuditEntry = row[0]
    plain = {
        name: getattr(entry, name) for name in ("number", "at", "action", "object", "result", "address", "request")
    }
    actor = Named(id=entry.actor, name=row.name or NOBODY) if entry.actor else None
    return plain | {"actor": actor, "sealed": audit.is_sealed(entry.before) or audit.is_sealed(entry.after)}


def _json_line(row: Row[Any]) -> bytes:
    entry: AuditEntry = row[0]
    line = {"number": entry.number, "content": entry.content().decode(), "digest": entry.digest.hex()}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _csv_row(row: Row[Any]) -> bytes:
    entry: AuditEntry = row[0]
    name = row.name or ""
    values = [entry.number, entry.at.isoformat(), entry.actor or "", name, entry.action, entry.object, entry.result]
    return _csv([*values, entry.address or "", entry.request or "", entry.digest.hex()]).encode()


def _csv(values: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([f"'{text}" if (text := str(value)).startswith(FORMULA) else text for value in values])
    return written.getvalue()
