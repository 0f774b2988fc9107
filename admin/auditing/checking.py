"""Walking along the chain, and keeping what each walk found."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.auditing.models import AuditCheck
from admin.auditing.schemas import CheckOut
from admin.models import Person
from admin.paging import Order, page
from admin.schemas import Named, Page
from core import audit
from core.audit import AuditEntry, Chain
from core.clock import now

NEWEST = Order((AuditCheck.at, AuditCheck.id), descending=True)


async def check(session: AsyncSession, by: UUID | None) -> AuditCheck:
    """Reads every entry: seconds for each hundred thousand, so it belongs into a job or a command."""
    began = now()
    cut = await _missing_head(session)
    chain = await audit.walk(session)
    row = AuditCheck(at=began, by=by, entries=chain.entries, head=chain.head, head_digest=chain.digest)
    row.broken_at = _first(chain, cut)
    row.seconds = (now() - began).total_seconds()
    session.add(row)
    return row


async def checks(session: AsyncSession, after: str | None, limit: int) -> Page[CheckOut]:
    query: Select[*tuple[Any, ...]] = select(AuditCheck, Person.name).outerjoin(Person, Person.id == AuditCheck.by)
    rows, total, following = await page(session, query, NEWEST, after, limit)
    items = [_out(row[0], row.name) for row in rows]
    return Page(items=items, total=total, next=following)


async def _missing_head(session: AsyncSession) -> int | None:
    """The head of the last whole walk, when it is no longer there or has another digest: the end was cut off, or the
    chain was written anew from some place on."""
    whole = select(AuditCheck).where(AuditCheck.broken_at.is_(None), AuditCheck.head.is_not(None))
    last = (await session.scalars(whole.order_by(AuditCheck.at.desc()).limit(1))).first()
    if last is None:
        return None
    digest = await session.scalar(select(AuditEntry.digest).where(AuditEntry.number == last.head))
    return None if digest == last.head_digest else last.head


def _first(chain: Chain, cut: int | None) -> int | None:
    broken = [number for number in (chain.broken, cut) if number is not None]
    return min(broken) if broken else None


def _out(row: AuditCheck, name: str | None) -> CheckOut:
    by = Named(id=row.by, name=name or "") if row.by else None
    return CheckOut(id=row.id, at=row.at, by=by, entries=row.entries, broken_at=row.broken_at, seconds=row.seconds)
