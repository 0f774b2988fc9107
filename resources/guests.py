"""Whether the pictures and voices of a lesson's interactive rooms may be recorded: the lesson's policy names them, and
every child of every class that sits there has a family's standing consent to recording. The relay gives its room slots
to the rooms as they come, so it is all of them or none. Without a known class nobody can have agreed."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.children.ages import needs_guardian
from admin.children.families import HERE, agreed
from admin.children.models import Minor
from admin.models import Organisation, Person, Pupil, Room, SchoolClass
from admin.schemas import NamedPlace
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.reading import one_lesson
from core.clock import now
from resources.upload_schemas import GuestRoom, GuestsOut

POLICY = "teacher_board_rooms"


@dataclass(frozen=True)
class Child:
    """`born` None: not known, which counts as young."""

    born: date | None
    agreed: bool


def lacking(children: list[Child], day: date) -> int:
    """Whose family would have to agree first."""
    return sum(needs_guardian(one.born, day) and not one.agreed for one in children)


async def shown(session: AsyncSession, who: Actor, lesson_id: UUID) -> GuestsOut:
    """Raises NotFound."""
    return await of_lesson(session, await one_lesson(session, who, lesson_id))


async def of_lesson(session: AsyncSession, lesson: Lesson) -> GuestsOut:
    day = now().astimezone(HERE).date()
    rooms: dict[UUID, GuestRoom] = {}
    children: dict[UUID, list[Child]] = {}
    for row in await _children(session, lesson.id):
        school = NamedPlace(id=row.school_id, name=row.name_zh, name_en=row.name_en)
        rooms[row.room_id] = GuestRoom(id=row.room_id, name=row.room, school=school, children=0, lacking=0)
        mine = children.setdefault(row.room_id, [])
        if row.person_id is not None:
            mine.append(Child(row.born, row.agreed))
    for key, found in children.items():
        rooms[key].children, rooms[key].lacking = len(found), lacking(found, day)
    all_agreed = bool(rooms) and all(one.children and not one.lacking for one in rooms.values())
    wanted = lesson.recording == POLICY
    return GuestsOut(wanted=wanted, recorded=wanted and all_agreed, rooms=list(rooms.values()))


async def _children(session: AsyncSession, lesson: UUID) -> list[Row[Any]]:
    """Each interactive room with each pupil of the classes that sit there; without a pupil it stands alone."""
    query = select(Room.id.label("room_id"), Room.name.label("room"), Organisation.id.label("school_id"))
    query = query.add_columns(Organisation.name_zh, Organisation.name_en, Person.id.label("person_id"), Minor.born)
    query = query.add_columns(agreed("recording", Pupil.person_id).label("agreed"))
    query = query.join(LessonRoom, LessonRoom.room_id == Room.id)
    query = query.join(Organisation, Organisation.id == Room.school_id)
    standing = (SchoolClass.room_id == Room.id) & SchoolClass.ended.is_(None)
    query = query.outerjoin(SchoolClass, standing).outerjoin(Pupil, Pupil.class_id == SchoolClass.id)
    query = query.outerjoin(Person, (Person.id == Pupil.person_id) & Person.disabled_at.is_(None))
    query = query.outerjoin(Minor, Minor.person_id == Person.id)
    query = query.where(LessonRoom.lesson_id == lesson, LessonRoom.part == "receiving")
    query = query.where(Room.kind == "interactive").order_by(LessonRoom.place)
    return list(await session.execute(query))
