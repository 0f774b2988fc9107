"""The routes of the tree."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.schemas import Page
from admin.who import Actor, require
from classroom.ledger import attendance, reading
from classroom.ledger.schemas import AttendanceOut, HeadCount, LegOut, RelayOut
from core.connections import Ground
from core.database import Session

router = APIRouter(prefix="/api", tags=["relays"], responses=PROBLEMS)


@router.get("/relays")
async def list_relays(
    session: Session, ground: Ground, who: Annotated[Actor, require("relays.read")]
) -> Page[RelayOut]:
    """The whole tree in one page: each relay names its parent. Relays that serve everybody have no place."""
    return await reading.relays(session, ground, who)


@router.get("/lessons/{lesson_id}/legs")
async def list_legs(
    lesson_id: UUID, session: Session, ground: Ground, who: Annotated[Actor, require("relays.read")]
) -> Page[LegOut]:
    """What each hop of this lesson carries now, and what it carried before."""
    return await reading.legs(session, ground, who, lesson_id)


@router.get("/lessons/{lesson_id}/attendance")
async def list_attendance(
    lesson_id: UUID, session: Session, who: Annotated[Actor, require("lessons.read")]
) -> list[AttendanceOut]:
    """Of each receiving room: the minutes at which it was connected, and the heads that its assistant counted."""
    return await attendance.of_lesson(session, who, lesson_id)


@router.put("/lessons/{lesson_id}/attendance")
async def count_heads(
    lesson_id: UUID,
    body: HeadCount,
    session: Session,
    who: Annotated[Actor, require("lessons.attend")],
    request: Request,
) -> list[AttendanceOut]:
    return await attendance.count_heads(session, who, lesson_id, body, request)
