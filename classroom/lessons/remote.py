"""The assistant's phone as a remote for the big screen of her room: what she asks becomes a fact of the lesson, which
the room's page obeys. It goes the way that all facts go, so it needs no connection of its own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy import select

from admin.answers import PROBLEMS
from admin.schemas import Given
from admin.who import Actor, not_your_place, require
from classroom.interaction.log import LessonLog, stage_key
from classroom.interaction.messages import RemoteAct
from classroom.lessons.models import LessonRoom
from core import audit
from core.clock import now
from core.connections import Valkey
from core.database import Session

router = APIRouter(prefix="/api/lessons", tags=["lessons"], responses=PROBLEMS)


class RemoteIn(Given):
    act: RemoteAct


@router.post("/{lesson_id}/remote", status_code=204)
async def ask_of_the_screen(
    lesson_id: UUID,
    body: RemoteIn,
    session: Session,
    valkey: Valkey,
    who: Annotated[Actor, require("lessons.attend")],
    request: Request,
) -> None:
    """By whoever is bound to a receiving room of the lesson, and for that room's screen only."""
    part = select(LessonRoom.room_id).where(LessonRoom.lesson_id == lesson_id, LessonRoom.room_id == who.room_id)
    room = await session.scalar(part.limit(1))
    if room is None:
        raise not_your_place()
    fact = {"act": body.act, "by": who.name, "since": now().isoformat()}
    await audit.record(session, who.id, "room.remote", f"room:{room}", after={"act": body.act}, request=request)
    await LessonLog(valkey).append(stage_key(str(lesson_id), "live"), "remote", str(room), fact)
