"""The routes of master teachers, their series, and the requests for lessons."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.paging import After, Limit, Words
from admin.schemas import Page
from admin.who import Actor, require
from core.database import Session
from resources import masters
from resources.reader_schemas import (
    LessonRequestAnswer,
    LessonRequestNew,
    LessonRequestOut,
    SeriesNew,
    SeriesOut,
    TeacherOut,
)

A_PAGE = 20

router = APIRouter(prefix="/api", tags=["master teachers"], responses=PROBLEMS)
Reader = Annotated[Actor, require("resources.read")]
Author = Annotated[Actor, require("resources.create")]
Asker = Annotated[Actor, require("resources.request")]


@router.get("/master-teachers")
async def list_teachers(
    session: Session, who: Reader, q: Words = None, after: After = None, limit: Limit = A_PAGE
) -> Page[TeacherOut]:
    return await masters.teachers(session, who, q, after, limit)


@router.get("/master-teachers/{person_id}")
async def get_teacher(person_id: UUID, session: Session, who: Reader) -> TeacherOut:
    return await masters.teacher(session, who, person_id)


@router.post("/master-teachers/{person_id}/requests", status_code=201)
async def ask(
    person_id: UUID, body: LessonRequestNew, session: Session, who: Asker, request: Request
) -> LessonRequestOut:
    """Asks her for a lesson; she is told on her desk."""
    return await masters.ask(session, who, person_id, body, request)


@router.get("/lesson-requests")
async def list_requests(
    session: Session, who: Asker, after: After = None, limit: Limit = A_PAGE
) -> Page[LessonRequestOut]:
    return await masters.requests(session, who, after, limit)


@router.post("/lesson-requests/{request_id}/answer")
async def answer(
    request_id: UUID, body: LessonRequestAnswer, session: Session, who: Author, request: Request
) -> LessonRequestOut:
    return await masters.answer(session, who, request_id, body, request)


@router.get("/series")
async def list_series(
    session: Session, who: Reader, owner: UUID | None = None, after: After = None, limit: Limit = A_PAGE
) -> Page[SeriesOut]:
    return await masters.series(session, owner, after, limit)


@router.post("/series", status_code=201)
async def make_series(body: SeriesNew, session: Session, who: Author, request: Request) -> SeriesOut:
    return await masters.make_series(session, who, body, request)


@router.get("/series/{series_id}")
async def get_series(series_id: UUID, session: Session, who: Reader) -> SeriesOut:
    """What it holds: `GET /api/resources?series=…`, in the series' order."""
    return await masters.one_series(session, series_id)


@router.put("/series/{series_id}")
async def order_series(series_id: UUID, body: SeriesNew, session: Session, who: Author, request: Request) -> SeriesOut:
    return await masters.order_series(session, who, series_id, body, request)
