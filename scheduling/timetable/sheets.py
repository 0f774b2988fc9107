"""Sheets of drafts and weeks at the edge: what is asked of the database, and what is written into it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from admin import sheets
from admin.who import Actor
from core import audit
from core.errors import NotValid
from scheduling.timetable import draft_view, drafts, moving, sheet, viewing
from scheduling.timetable.models import Draft
from scheduling.timetable.published_schemas import By
from scheduling.timetable.schemas import DraftSheetOut

MOST_ROWS = 5_000


async def of_draft(session: AsyncSession, who: Actor, row: Draft) -> Response:
    week = await draft_view.week(session, who, row, None, None, MOST_ROWS)
    return _as_file(sheets.written("xlsx", sheet.HEAD, sheet.draft_rows(week.cells, week.unplaced)), "draft")


async def of_week(session: AsyncSession, who: Actor, term: UUID, week: int, by: By, of: UUID) -> Response:
    found = await viewing.published(session, who, term, week, by, of, MOST_ROWS)
    return _as_file(sheets.written("xlsx", sheet.WEEK_HEAD, sheet.week_rows(found.cells)), f"week-{week}")


async def into_draft(
    session: AsyncSession, who: Actor, draft: UUID, data: bytes, revision: int, dry_run: bool, request: Request
) -> DraftSheetOut:
    """All rows or none. Raises Conflict when somebody else changed the draft, NotValid with the mistakes."""
    row = await drafts.reached(session, who, "plan.change", draft, lock=True)
    await drafts.must_be_present(session, row, revision)
    courses = (await moving.courses_of(session, row)).values()
    rows = sheets.read(data)
    moves, mistakes = sheet.read(rows, (sheet.Planned(one.id, one.name, one.weekly) for one in courses))
    if mistakes and not dry_run:
        told = [one.model_dump() for one in mistakes]
        zh, en = "表里有错，一行也没有写入。", "The sheet has mistakes; nothing was written."
        raise NotValid("sheet-not-valid", zh=zh, en=en, mistakes=told)
    if not dry_run and moves:
        await moving.move(session, row, moves, who.id)
        after, name = {"rows": len(moves)}, f"timetable-draft:{draft}"
        await audit.record(session, who.id, "timetable-draft.sheet", name, after=after, request=request)
    written = not dry_run and bool(moves)
    return DraftSheetOut(rows=max(len(rows) - 1, 0), mistakes=mistakes, written=written, revision=row.revision)


def _as_file(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="timetable-{name}.xlsx"'}
    return Response(data, media_type=sheets.XLSX, headers=headers)
