"""The lessons' routes."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from admin.answers import PROBLEMS
from admin.paging import After, Limit, Words
from admin.schemas import Page
from admin.who import Actor, require
from classroom.lessons import actions, reading, tickets
from classroom.lessons.rules import State
from classroom.lessons.schemas import (
    LessonChange,
    LessonNew,
    LessonOut,
    ShutdownOrder,
    SubstituteOrder,
    TicketOut,
    TicketWanted,
)
from core.connections import Ground
from core.database import Session

A_PAGE = 20
"""Lessons a page where nobody says how many: about 35 KB, which a village line carries."""

Day = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2100, 1, 1))]

router = APIRouter(prefix="/api/lessons", tags=["lessons"], responses=PROBLEMS)


@router.get("", response_model=Page[LessonOut])
async def list_lessons(
    session: Session,
    who: Annotated[Actor, require("lessons.read")],
    state: State | None = None,
    day: Day = None,
    until: Day = None,
    place: UUID | None = None,
    fate: reading.Fate | None = None,
    room: UUID | None = None,
    teacher: UUID | None = None,
    q: Words = None,
    after: After = None,
    limit: Limit = A_PAGE,
) -> Response:
    """The earliest first; ended lessons the latest first. `day` is a calendar day of the prefecture (UTC+8), with
    `until` the first of several; `place` has a room in it, sending or receiving."""
    wanted = reading.Wanted(state, day, room, teacher, q, until, place, fate)
    return await reading.lessons(session, who, wanted, after, limit)


@router.post("", status_code=201)
async def create_lesson(
    body: LessonNew, session: Session, who: Annotated[Actor, require("lessons.create")], request: Request
) -> LessonOut:
    lesson = await actions.create(session, who, body, request)
    return await reading.one_shown(session, who, lesson)


@router.get("/{lesson_id}")
async def get_lesson(lesson_id: UUID, session: Session, who: Annotated[Actor, require("lessons.read")]) -> LessonOut:
    lesson = await reading.one_lesson(session, who, lesson_id)
    return await reading.one_shown(session, who, lesson)


@router.patch("/{lesson_id}")
async def change_lesson(
    lesson_id: UUID,
    body: LessonChange,
    session: Session,
    ground: Ground,
    who: Annotated[Actor, require("lessons.change")],
    request: Request,
) -> LessonOut:
    """Only while the lesson is upcoming."""
    lesson = await actions.change(session, ground, who, lesson_id, body, request)
    return await reading.one_shown(session, who, lesson)


@router.delete("/{lesson_id}", status_code=204)
async def delete_lesson(
    lesson_id: UUID,
    session: Session,
    ground: Ground,
    who: Annotated[Actor, require("lessons.delete")],
    request: Request,
) -> None:
    """Only while the lesson is upcoming: what was taught stays on record."""
    await actions.delete(session, ground, who, lesson_id, request)


@router.post("/{lesson_id}/start")
async def start_lesson(
    lesson_id: UUID, session: Session, ground: Ground, who: Annotated[Actor, require("lessons.start")], request: Request
) -> LessonOut:
    """Going live, also before the planned time; a second press changes nothing."""
    lesson = await actions.start(session, ground, who, lesson_id, request)
    return await reading.one_shown(session, who, lesson)


@router.post("/{lesson_id}/end")
async def end_lesson(
    lesson_id: UUID, session: Session, ground: Ground, who: Annotated[Actor, require("lessons.end")], request: Request
) -> LessonOut:
    """The lesson is over; a second press changes nothing."""
    lesson = await actions.end(session, ground, who, lesson_id, request)
    return await reading.one_shown(session, who, lesson)


@router.post("/{lesson_id}/shutdown")
async def shut_lesson_down(
    lesson_id: UUID,
    body: ShutdownOrder,
    session: Session,
    ground: Ground,
    who: Annotated[Actor, require("lessons.shutdown")],
    request: Request,
) -> LessonOut:
    """The emergency order: media stops at once and nobody comes in again."""
    lesson = await actions.shutdown(session, ground, who, lesson_id, body.reason, request)
    return await reading.one_shown(session, who, lesson)


@router.post("/{lesson_id}/substitute")
async def name_substitute(
    lesson_id: UUID,
    body: SubstituteOrder,
    session: Session,
    ground: Ground,
    who: Annotated[Actor, require("lessons.substitute")],
    request: Request,
) -> LessonOut:
    """Another teacher takes the lesson over; naming the lead teacher herself takes the substitute back."""
    lesson = await actions.substitute(session, ground, who, lesson_id, body.person_id, request)
    return await reading.one_shown(session, who, lesson)


@router.post("/{lesson_id}/ticket")
async def ticket_for_lesson(
    lesson_id: UUID,
    body: TicketWanted,
    session: Session,
    ground: Ground,
    who: Annotated[Actor, require("lessons.ticket")],
    request: Request,
) -> TicketOut:
    """What the relay's doors and the lesson's socket want to see. Good until the lesson is over."""
    return await tickets.ticket(session, ground, who, lesson_id, body, request)
