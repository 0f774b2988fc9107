"""What schools lack."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit, Words
from admin.schemas import Page
from admin.who import Actor, require
from core.database import Session
from scheduling.needs import actions, reading
from scheduling.needs.schemas import Correcting, NeedsOut, QuotaIn, QuotasOut, SchoolNeeds, TimetableRead

router = APIRouter(prefix="/api", tags=["needs"], responses=PROBLEMS)
Reader = Annotated[Actor, require("needs.read")]
Corrector = Annotated[Actor, require("needs.correct")]


@router.get("/needs")
async def list_needs(
    session: Session, who: Reader, q: Words = None, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[SchoolNeeds]:
    """Each school's 开齐率, 开足率 and 专递供给率 with numerator and denominator."""
    return await reading.listed(session, who, q, after, limit)


@router.get("/needs/{school_id}")
async def needs_of_school(school_id: UUID, session: Session, who: Reader) -> NeedsOut:
    """With every missing lesson, by class and subject."""
    return await reading.one(session, await actions.reach(session, who, "needs.read", school_id))


@router.put("/needs/corrections")
async def correct(body: Correcting, session: Session, who: Corrector, request: Request) -> NeedsOut:
    """The school knows best what is really taught."""
    return await actions.correct(session, who, body, request)


@router.post("/needs/{school_id}/timetable")
async def take_timetable(
    school_id: UUID,
    session: Session,
    who: Corrector,
    request: Request,
    file: Annotated[
        UploadFile, File(description="xlsx or CSV: 班级, 星期, 节次, 科目, 教师, 合格; or a solved FET or XHSTT file")
    ],
    dry_run: Annotated[bool, Form()] = True,
) -> TimetableRead:
    """The school's own timetable. All rows or none (422 with `mistakes` unless it is a dry run)."""
    return await actions.take_timetable(session, who, school_id, await file.read(), dry_run, request)


@router.get("/quotas")
async def get_quotas(place: UUID, session: Session, who: Reader) -> QuotasOut:
    """How many lessons of which subject each grade has at the place, and whose table that is."""
    return await actions.quotas(session, await actions.reach(session, who, "needs.read", place))


@router.put("/quotas")
async def set_quota(
    body: QuotaIn, session: Session, who: Annotated[Actor, require("calendar.change")], request: Request
) -> QuotasOut:
    """One grade's whole table at a place; an empty one gives the decision back to the place above."""
    return await actions.set_quota(session, who, body, request)
