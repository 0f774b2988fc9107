"""The routes that change the registry; admin/router.py reads it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin import places, staff
from admin.answers import PROBLEMS
from admin.change_schemas import PersonChange, PersonNew, RoomChange, RoomNew, SchoolChange, SchoolNew
from admin.schemas import PersonOut, RoomOut, SchoolOut
from admin.today import Today
from admin.who import Actor, require
from core.database import Session

router = APIRouter(prefix="/api", tags=["registry"], responses=PROBLEMS)


@router.post("/schools", status_code=201)
async def create_school(
    body: SchoolNew,
    session: Session,
    who: Annotated[Actor, require("schools.create")],
    day: Today,
    request: Request,
) -> SchoolOut:
    return await places.create_school(session, who, body, day, request)


@router.patch("/schools/{school_id}")
async def change_school(
    school_id: UUID,
    body: SchoolChange,
    session: Session,
    who: Annotated[Actor, require("schools.change")],
    day: Today,
    request: Request,
) -> SchoolOut:
    """409 with `yours` and `theirs` when somebody changed it since `version`."""
    return await places.change_school(session, who, school_id, body, day, request)


@router.post("/rooms", status_code=201)
async def create_room(
    body: RoomNew, session: Session, who: Annotated[Actor, require("rooms.create")], request: Request
) -> RoomOut:
    return await places.create_room(session, who, body, request)


@router.patch("/rooms/{room_id}")
async def change_room(
    room_id: UUID, body: RoomChange, session: Session, who: Annotated[Actor, require("rooms.change")], request: Request
) -> RoomOut:
    """409 with `yours` and `theirs` when somebody changed it since `version`."""
    return await places.change_room(session, who, room_id, body, request)


@router.post("/people", status_code=201)
async def create_person(
    body: PersonNew, session: Session, who: Annotated[Actor, require("people.create")], request: Request
) -> PersonOut:
    return await staff.create_person(session, who, body, request)


@router.patch("/people/{person_id}")
async def change_person(
    person_id: UUID,
    body: PersonChange,
    session: Session,
    who: Annotated[Actor, require("people.change")],
    request: Request,
) -> PersonOut:
    """A new password or `disabled` signs the person out everywhere. 409 as for schools."""
    return await staff.change_person(session, who, person_id, body, request)
