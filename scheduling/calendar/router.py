"""Terms, days and bells."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile

from admin import sheets
from admin.answers import PROBLEMS
from admin.who import Actor, require
from core import audit
from core.database import Session
from core.errors import NotValid
from scheduling.calendar import notice, ringing, terms
from scheduling.calendar.models import CalendarDay
from scheduling.calendar.schemas import (
    BellsChange,
    BellsNew,
    BellsOut,
    CalendarOut,
    Day,
    Declaring,
    SheetMistake,
    SheetOut,
    SlotOut,
    TermChange,
    TermNew,
    TermOut,
)

router = APIRouter(prefix="/api", tags=["calendar"], responses=PROBLEMS)
Reader = Annotated[Actor, require("calendar.read")]
Changer = Annotated[Actor, require("calendar.change")]


@router.get("/terms")
async def list_terms(session: Session, who: Reader, place: UUID | None = None) -> list[TermOut]:
    """Those of the place and of all above it; the newest first."""
    return await terms.listed(session, who, place)


@router.post("/terms", status_code=201)
async def create_term(body: TermNew, session: Session, who: Changer, request: Request) -> TermOut:
    return await terms.create(session, who, body, request)


@router.patch("/terms/{term_id}")
async def change_term(term_id: UUID, body: TermChange, session: Session, who: Changer, request: Request) -> TermOut:
    return await terms.change(session, who, term_id, body, request)


@router.get("/terms/{term_id}/days")
async def term_days(term_id: UUID, session: Session, who: Reader) -> CalendarOut:
    """Every day: taught with which weekday's timetable, or why not; and what the bureau still has to decide."""
    return await terms.calendar(session, who, term_id)


@router.put("/calendar-days/{day}", status_code=204)
async def declare_day(day: Day, body: Declaring, session: Session, who: Changer, request: Request) -> None:
    await terms.declare(session, who, day, body, request)


@router.delete("/calendar-days/{day}", status_code=204)
async def take_back_day(day: Day, place: UUID, session: Session, who: Changer, request: Request) -> None:
    await terms.take_back(session, who, day, place, request)


@router.post("/calendar-days/sheet")
async def declare_by_sheet(
    session: Session,
    who: Changer,
    request: Request,
    file: Annotated[UploadFile, File(description="xlsx or CSV: 日期, 上课, 上星期几, 说明")],
    place_id: Annotated[UUID, Form()],
    dry_run: Annotated[bool, Form()] = True,
) -> SheetOut:
    """All rows or none: with any mistake nothing is written (422 unless it is a dry run)."""
    await terms.reach(session, who, "calendar.change", place_id)
    rows, wrong = notice.read(sheets.read(await file.read()))
    mistakes = [SheetMistake(row=row, zh=zh, en=en) for row, zh, en in wrong]
    if mistakes and not dry_run:
        told = [one.model_dump() for one in mistakes]
        zh, en = "表里有错，一行也没有写入。", "The sheet has mistakes; nothing was written."
        raise NotValid("sheet-not-valid", zh=zh, en=en, mistakes=told)
    if not dry_run:
        for _, day, own in rows:
            await session.merge(CalendarDay(place_id=place_id, day=day, **vars(own)))
        after = {"days": len(rows)}
        await audit.record(session, who.id, "calendar.sheet", f"organisation:{place_id}", after=after, request=request)
    return SheetOut(rows=len(rows) + len({one.row for one in mistakes}), mistakes=mistakes, written=not dry_run)


@router.get("/bells")
async def list_bells(session: Session, who: Reader, place: UUID) -> list[BellsOut]:
    """Those of the place and of all above it."""
    return await ringing.listed(session, who, place)


@router.post("/bells", status_code=201)
async def create_bells(body: BellsNew, session: Session, who: Changer, request: Request) -> BellsOut:
    """422 with `faults`, one for each wrong row."""
    return await ringing.create(session, who, body, request)


@router.patch("/bells/{bells_id}")
async def change_bells(bells_id: UUID, body: BellsChange, session: Session, who: Changer, request: Request) -> BellsOut:
    return await ringing.change(session, who, bells_id, body, request)


@router.delete("/bells/{bells_id}", status_code=204)
async def remove_bells(bells_id: UUID, session: Session, who: Changer, request: Request) -> None:
    await ringing.remove(session, who, bells_id, request)


@router.get("/bells/shared")
async def shared(
    session: Session,
    who: Reader,
    school: Annotated[list[UUID], Query(min_length=1, max_length=ringing.MOST_SCHOOLS)],
    day: date,
    minutes: Annotated[int, Query(ge=10, le=120)] = 40,
) -> list[SlotOut]:
    """The intervals of the clock that lie inside a period of every one of the schools."""
    return await ringing.shared(session, who, list(dict.fromkeys(school)), day, minutes)
