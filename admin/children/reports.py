"""Somebody asks for help (未成年人保护法, article 39: bullying is stopped at once). A report lies with the school; when
its time is over and nobody has taken it, it goes to the tier above, until the prefecture has it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import write
from admin.children.models import AbuseReport
from admin.children.schemas import ChosenReports, Outcome, OwnReport, ReportNew, ReportOut, ReportState
from admin.models import Assignment, Organisation, Person
from admin.paging import Order, page
from admin.registry import inside
from admin.schemas import Named, Page
from admin.tree import is_inside_any
from admin.who import Actor
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound
from core.ids import new_id

TAKEN_IN = timedelta(hours=24)
HIGHEST = "prefecture"
SOONEST = Order((AbuseReport.due_at, AbuseReport.id))
NEWEST = Order((AbuseReport.at, AbuseReport.id), descending=True)


def state_of(row: AbuseReport) -> ReportState:
    return "closed" if row.closed_at else "taken" if row.taken_at else "waiting"


async def make(session: AsyncSession, who: Actor, body: ReportNew, request: Request) -> OwnReport:
    """Anybody who is signed in, for herself or another; the words are only for who takes it."""
    place = await session.scalar(
        select(Assignment.organisation_id).where(Assignment.person_id == who.id).order_by(Assignment.id).limit(1)
    )
    assert place is not None  # without a role nobody has the right to come here
    row = AbuseReport(id=new_id(), by_id=who.id, kind=body.kind, words=body.words, lesson_id=body.lesson_id)
    row.organisation_id, row.at, row.handed_on = place, now(), 0
    row.due_at = row.at + TAKEN_IN
    row.taken_at = row.taken_by = row.closed_at = row.closed_by = row.outcome = None
    await write(session, row)
    await _note(session, who, "report.create", row, request)
    name = await session.scalar(select(Organisation.name_zh).where(Organisation.id == place))
    return OwnReport(id=row.id, kind=row.kind, at=row.at, state="waiting", place=name or "")


async def own(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[OwnReport]:
    query: Select[*tuple[Any, ...]] = select(AbuseReport, Organisation.name_zh).join(Organisation)
    rows, total, following = await page(session, query.where(AbuseReport.by_id == who.id), NEWEST, after, limit)
    items = [
        OwnReport(id=row[0].id, kind=row[0].kind, at=row[0].at, state=state_of(row[0]), place=row[1]) for row in rows
    ]
    return Page(items=items, total=total, next=following)


CHOSEN: dict[ChosenReports, ColumnElement[bool]] = {
    "open": AbuseReport.closed_at.is_(None),
    "waiting": AbuseReport.taken_at.is_(None),
    "closed": AbuseReport.closed_at.is_not(None),
}


async def listed(
    session: AsyncSession, who: Actor, chosen: ChosenReports, after: str | None, limit: int
) -> Page[ReportOut]:
    """With what was written: so each listing is on record in the route."""
    query = REPORTS.where(inside(who.places("reports.keep")), CHOSEN[chosen])
    rows, total, following = await page(session, query, SOONEST, after, limit)
    return Page(items=[_out(row) for row in rows], total=total, next=following)


async def take(session: AsyncSession, who: Actor, report_id: UUID, request: Request) -> None:
    row = await _mine(session, who, report_id)
    if row.taken_at:
        raise Conflict("report-taken", zh="已经有人在处理。", en="Somebody has taken it.")
    row.taken_at, row.taken_by = now(), who.id
    await _note(session, who, "report.take", row, request)


async def close(session: AsyncSession, who: Actor, report_id: UUID, body: Outcome, request: Request) -> None:
    row = await _mine(session, who, report_id)
    if row.taken_by != who.id or row.closed_at:
        raise Conflict("report-not-yours", zh="先接下来，再由接的人办结。", en="Who has taken it closes it.")
    row.closed_at, row.closed_by, row.outcome = now(), who.id, body.outcome
    await _note(session, who, "report.close", row, request)


async def hand_on(session: AsyncSession, moment: datetime) -> int:
    """Gives what nobody has taken in time to the place above; how many went."""
    late = select(AbuseReport, Organisation).join(Organisation, Organisation.id == AbuseReport.organisation_id)
    late = late.where(AbuseReport.due_at <= moment, AbuseReport.taken_at.is_(None), Organisation.parent_id.is_not(None))
    rows = await session.execute(late.where(Organisation.tier != HIGHEST).with_for_update(of=AbuseReport))
    moved = 0
    for row, place in rows:
        assert place.parent_id is not None  # asked for above
        row.organisation_id, row.due_at, row.handed_on = place.parent_id, moment + TAKEN_IN, row.handed_on + 1
        after = {"from": place.id, "to": place.parent_id}
        await audit.record(session, None, "report.hand-on", f"report:{row.id}", after=after)
        moved += 1
    return moved


async def _mine(session: AsyncSession, who: Actor, report_id: UUID) -> AbuseReport:
    row = await session.get(AbuseReport, report_id, with_for_update=True)
    place = await session.get(Organisation, row.organisation_id) if row else None
    if row is None or place is None or not is_inside_any(place.path, who.places("reports.keep")):
        raise NotFound("report-unknown", zh="没有这条求助，或不在您的范围内。", en="No such report within your reach.")
    return row


def _reports() -> Select[*tuple[Any, ...]]:
    query = select(AbuseReport, Organisation.name_zh.label("place"), Person.name.label("by"))
    query = query.join(Organisation, Organisation.id == AbuseReport.organisation_id)
    return query.join(Person, Person.id == AbuseReport.by_id)


REPORTS = _reports()


def _out(row: Row[Any]) -> ReportOut:
    report: AbuseReport = row[0]
    names = ("id", "kind", "at", "words", "lesson_id", "due_at", "handed_on", "outcome")
    plain = {name: getattr(report, name) for name in names}
    return ReportOut(**plain, state=state_of(report), place=row.place, by=Named(id=report.by_id, name=row.by))


async def _note(session: AsyncSession, who: Actor, action: str, row: AbuseReport, request: Request) -> None:
    await audit.record(session, who.id, action, f"report:{row.id}", after={"kind": row.kind}, request=request)
