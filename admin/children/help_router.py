"""Asking for help, and the words that nobody is to read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request

from admin.answers import PROBLEMS
from admin.children import hidden, reports
from admin.children.schemas import ChosenReports, Outcome, OwnReport, ReportNew, ReportOut, WordGiven, WordOut
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.who import Actor, require
from core import audit
from core.database import Session

router = APIRouter(prefix="/api", tags=["children"], responses=PROBLEMS)
Asking = Annotated[Actor, require("reports.make")]
Keeping = Annotated[Actor, require("reports.keep")]
Listing = Annotated[Actor, require("words.keep")]


@router.post("/reports", status_code=201)
async def ask_for_help(body: ReportNew, session: Session, who: Asking, request: Request) -> OwnReport:
    """Bullying, a stranger, something bad: it lies with the school and goes to the tier above when nobody takes it."""
    return await reports.make(session, who, body, request)


@router.get("/reports/own")
async def own_reports(
    session: Session, who: Asking, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[OwnReport]:
    return await reports.own(session, who, after, limit)


@router.get("/reports")
async def list_reports(
    session: Session,
    who: Keeping,
    request: Request,
    state: ChosenReports = "open",
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ReportOut]:
    """With what was written; the look is on record. Open ones are those that wait and those that are taken."""
    found = await reports.listed(session, who, state, after, limit)
    await audit.record(session, who.id, "report.look", "reports", after={"shown": len(found.items)}, request=request)
    return found


@router.post("/reports/{report_id}/take", status_code=204)
async def take_report(report_id: UUID, session: Session, who: Keeping, request: Request) -> None:
    await reports.take(session, who, report_id, request)


@router.post("/reports/{report_id}/close", status_code=204)
async def close_report(report_id: UUID, body: Outcome, session: Session, who: Keeping, request: Request) -> None:
    await reports.close(session, who, report_id, body, request)


@router.get("/hidden-words")
async def list_hidden_words(
    session: Session, who: Listing, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[WordOut]:
    return await hidden.listed(session, after, limit)


@router.post("/hidden-words", status_code=201)
async def hide_word(body: WordGiven, session: Session, who: Listing, request: Request) -> WordOut:
    return await hidden.add(session, who, body.word, request)


@router.delete("/hidden-words/{word}", status_code=204)
async def show_word(
    word: Annotated[str, Path(max_length=40, pattern=r"^[^\x00]*$")], session: Session, who: Listing, request: Request
) -> None:
    await hidden.remove(session, who, word, request)
