"""Published timetables: the week as everybody sees it, versions, cancelled and substituted lessons, rates."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.sheets import XLSX
from admin.who import Actor, require
from core.connections import Ground
from core.database import Session
from scheduling.timetable import exceptions, fallback_films, ledger, rates, sheets, versions, viewing
from scheduling.timetable.published_schemas import (
    By,
    CancelIn,
    ChangeOut,
    CourseRate,
    FallbackOut,
    FallbackPlayed,
    LedgerLesson,
    RatesOut,
    SubstituteIn,
    VersionOut,
    WeekNumber,
    WeekOut,
)

router = APIRouter(prefix="/api", tags=["timetable"], responses=PROBLEMS)
Everyone = Annotated[Actor, require("calendar.read")]
Reader = Annotated[Actor, require("plan.read")]
Planner = Annotated[Actor, require("plan.change")]
Reporter = Annotated[Actor, require("reports.read")]
Attending = Annotated[Actor, require("lessons.attend")]
SHEET: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}
Cells = Annotated[int, Query(ge=1, le=2000)]
MOST_CELLS = 500


@router.get("/timetable/week")
async def published_week(
    term: UUID, week: WeekNumber, by: By, of: UUID, session: Session, who: Everyone, limit: Cells = MOST_CELLS
) -> WeekOut:
    """Of a class, room, teacher, school or county (or the prefecture), in the order of time; cancelled lessons too."""
    return await viewing.published(session, who, term, week, by, of, limit)


@router.get("/timetable/week/sheet", response_class=Response, responses=SHEET)
async def week_sheet(term: UUID, week: WeekNumber, by: By, of: UUID, session: Session, who: Everyone) -> Response:
    """The same as xlsx."""
    return await sheets.of_week(session, who, term, week, by, of)


@router.get("/timetable-versions")
async def list_versions(
    term: UUID,
    session: Session,
    who: Reader,
    place: UUID | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[VersionOut]:
    """The newest first; of one place, or of all of one's places."""
    return await versions.listed(session, who, term, place, after, limit)


@router.get("/timetable-versions/{version_id}/changes")
async def version_changes(
    version_id: UUID,
    session: Session,
    who: Reader,
    of: UUID | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ChangeOut]:
    """What the version changed: all of it, or what touches one person, class or room."""
    return await versions.changes(session, who, version_id, of, after, limit)


@router.post("/published-lessons/{published_id}/cancel", status_code=201)
async def cancel_lesson(
    published_id: UUID, body: CancelIn, session: Session, ground: Ground, who: Planner, request: Request
) -> VersionOut:
    """A new version in which this one lesson is not held."""
    return await exceptions.cancel(session, who, published_id, body, request)


@router.post("/published-lessons/{published_id}/restore", status_code=201)
async def restore_lesson(
    published_id: UUID, session: Session, ground: Ground, who: Planner, request: Request
) -> VersionOut:
    """A new version in which it is held as planned again, by its own teacher."""
    return await exceptions.restore(session, who, published_id, request)


@router.post("/published-lessons/{published_id}/substitute", status_code=201)
async def substitute_lesson(
    published_id: UUID, body: SubstituteIn, session: Session, ground: Ground, who: Planner, request: Request
) -> VersionOut:
    """A new version in which somebody else teaches it. 409 `booked-already` when that teacher is busy then."""
    return await exceptions.substitute(session, who, published_id, body, request)


@router.get("/timetable-rates")
async def show_rates(place: UUID, begins: date, ends: date, session: Session, who: Reporter) -> RatesOut:
    """到课率 and 专递供给率 of the place and of each place one tier below; at most 200 days."""
    return await rates.rates(session, who, place, begins, ends)


@router.get("/timetable-rates/courses")
async def course_rates(
    term: UUID, session: Session, who: Reporter, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[CourseRate]:
    """The ledger of each course: planned, given, received; and the lead teacher's credit."""
    return await rates.courses(session, who, term, after, limit)


@router.get("/timetable-rates/courses/{course_id}/lessons")
async def course_ledger(
    course_id: UUID, session: Session, who: Reporter, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[LedgerLesson]:
    """Each lesson in force, in the order of time: given or not, how each class received it, and why if not."""
    return await ledger.lessons(session, who, course_id, after, limit)


@router.get("/lessons/{lesson_id}/fallbacks")
async def list_fallbacks(lesson_id: UUID, session: Session, who: Attending) -> list[FallbackOut]:
    """The film that each of one's own rooms plays when its line fails or nobody teaches: GET /api/resources/{id}."""
    return await fallback_films.of_lesson(session, who, lesson_id)


@router.put("/lessons/{lesson_id}/fallbacks")
async def play_fallback(
    lesson_id: UUID, body: FallbackPlayed, session: Session, who: Attending, request: Request
) -> list[FallbackOut]:
    """The room begins to play it; the ledger then says that the class was taught from a recording."""
    return await fallback_films.played(session, who, lesson_id, body, request)
