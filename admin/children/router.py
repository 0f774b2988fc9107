"""Routes about children: their files, families, requests. Reports for help and the word list are in help_router.py."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from admin.answers import PROBLEMS
from admin.children import asking, families, files, yearly
from admin.children.models import Purpose
from admin.children.schemas import (
    ChildFile,
    ChildLine,
    Correction,
    Erasure,
    GuardianNew,
    RequestAnswer,
    RequestNew,
    RequestOut,
    Unmasked,
    Unmasking,
    YearlyReport,
)
from admin.paging import DEFAULT_LIMIT, After, Limit, Words
from admin.schemas import Page
from admin.today import Today
from admin.who import Actor, require
from core import audit
from core.connections import Ground
from core.database import Session

router = APIRouter(prefix="/api/children", tags=["children"], responses=PROBLEMS)


Seeing = Annotated[Actor, require("children.see")]
Keeping = Annotated[Actor, require("children.keep")]
Guarding = Annotated[Actor, require("children.own")]


@router.get("")
async def list_children(
    session: Session,
    who: Seeing,
    day: Today,
    request: Request,
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ChildLine]:
    """A guardian's own children; a keeper's pupils. The look is on record."""
    found = await files.children(session, who, day, q, after, limit)
    await audit.record(session, who.id, "child.list", "children", after={"shown": len(found.items)}, request=request)
    return found


@router.get("/requests")
async def list_requests(
    session: Session, who: Keeping, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[RequestOut]:
    """Open ones, the most urgent first."""
    return await asking.waiting(session, who, after, limit)


@router.post("/requests/{request_id}/answer", status_code=204)
async def answer_request(
    request_id: UUID, body: RequestAnswer, session: Session, who: Keeping, request: Request
) -> None:
    await asking.answer(session, who, request_id, body, request)


@router.get("/report")
async def yearly_report(
    session: Session, who: Keeping, day: Today, request: Request, year: Annotated[int, Query(ge=2020, le=2100)]
) -> YearlyReport:
    """The yearly audit of minors' data, for the office that asks for it."""
    return await yearly.report(session, who, year, day, request)


@router.get("/{child_id}")
async def child_file(child_id: UUID, session: Session, who: Seeing, day: Today, request: Request) -> ChildFile:
    """Everything that is stored about the child. The look is on record and part of the page."""
    return await files.file(session, who, child_id, day, request)


@router.get("/{child_id}/export")
async def export_child(child_id: UUID, session: Session, who: Seeing, day: Today, request: Request) -> ChildFile:
    return await files.export(session, who, child_id, day, request)


@router.post("/{child_id}/correction", status_code=204)
async def correct_child(child_id: UUID, body: Correction, session: Session, who: Keeping, request: Request) -> None:
    await files.correct(session, who, child_id, body, request)


@router.post("/{child_id}/erasure", status_code=204)
async def erase_child(
    child_id: UUID, body: Erasure, session: Session, ground: Ground, who: Keeping, request: Request
) -> None:
    """For good: the child's key is destroyed too, so that no backup brings back what was sealed with it."""
    await files.erase(session, ground, who, child_id, body, request)


@router.post("/{child_id}/unmasking")
async def unmask_number(
    child_id: UUID,
    body: Unmasking,
    session: Session,
    who: Annotated[Actor, require("numbers.unmask")],
    request: Request,
) -> Unmasked:
    """One number in full. On record, with the reason."""
    return await files.unmask(session, who, child_id, body, request)


@router.post("/{child_id}/guardians", status_code=204)
async def add_guardian(child_id: UUID, body: GuardianNew, session: Session, who: Keeping, request: Request) -> None:
    await families.add_guardian(session, who, child_id, body, request)


@router.delete("/{child_id}/guardians/{guardian_id}", status_code=204)
async def end_guardian(
    child_id: UUID, guardian_id: UUID, session: Session, ground: Ground, who: Keeping, request: Request
) -> None:
    """The consents that this guardian gave end too, and what rested on them."""
    for purpose in await families.end_guardian(session, who, child_id, guardian_id, request):
        await files.end_purpose(session, ground, child_id, purpose)


@router.post("/{child_id}/consents/{purpose}", status_code=204)
async def give_consent(child_id: UUID, purpose: Purpose, session: Session, who: Guarding, request: Request) -> None:
    await families.consent(session, who, child_id, purpose, request)


@router.delete("/{child_id}/consents/{purpose}", status_code=204)
async def withdraw_consent(
    child_id: UUID, purpose: Purpose, session: Session, ground: Ground, who: Guarding, request: Request
) -> None:
    """What rested on it ends at once: shown recordings are taken back, sign-ins end."""
    if await families.withdraw(session, who, child_id, purpose, request):
        await files.end_purpose(session, ground, child_id, purpose)


@router.post("/{child_id}/requests", status_code=201)
async def ask_for(child_id: UUID, body: RequestNew, session: Session, who: Guarding, request: Request) -> RequestOut:
    return await asking.ask(session, who, child_id, body, request)
