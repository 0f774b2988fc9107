"""Who was there: every minute each receiving room of a live lesson is looked for, and its assistant counts heads.

A look is written under its minute, so a job that comes twice, or two at once, counts once; a minute in which nobody
looked is not made up."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation, Room
from admin.schemas import Named
from admin.who import Actor, not_your_place
from classroom.interaction.log import LessonLog
from classroom.interaction.presence import Presence
from classroom.ledger.models import RoomAttendance
from classroom.ledger.schemas import AttendanceOut, HeadCount
from classroom.lessons.actions import must_be_open
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.reading import in_state, one_lesson, rooms_of
from core import audit
from core.clock import now
from core.connections import Connections

Seen = tuple[UUID, UUID]
"""A lesson and a room of it."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
ENOUGH = 0.8
"""The share of a lesson for which a room must be connected to have attended it."""


async def look(session: AsyncSession, ground: Connections, moment: datetime) -> int:
    """Returns how many rooms were there."""
    query = select(LessonRoom.lesson_id, LessonRoom.room_id).join(Lesson, Lesson.id == LessonRoom.lesson_id)
    query = query.where(LessonRoom.part == "receiving", in_state("live", moment))
    rooms = [(row.lesson_id, row.room_id) for row in await session.execute(query)]
    presence = Presence(ground.valkey)
    there = [one for one in rooms if await presence.count(str(one[0]), str(one[1]), moment.timestamp())]
    await write(session, there, moment, await _well(ground, {lesson for lesson, _ in there}))
    return len(there)


async def _well(ground: Connections, lessons: Collection[UUID]) -> set[Seen]:
    """The rooms that receive over a line which the relay calls good."""
    log, found = LessonLog(ground.valkey), set[Seen]()
    for lesson in lessons:
        _, facts = await log.state(str(lesson))
        lines = [one.body for one in facts if one.type == "line" and one.body is not None]
        good = [one for one in lines if one["direction"] == "receive" and one["state"] == "ok" and one["room"]]
        found |= {(lesson, UUID(one["room"])) for one in good}
    return found


async def write(
    session: AsyncSession, there: Sequence[Seen], moment: datetime, well: Collection[Seen] = frozenset()
) -> None:
    """`there`: which rooms of which lessons were connected at the moment; `well`: those with a good line."""
    minute = moment.replace(second=0, microsecond=0)
    if not there:
        return
    row = insert(RoomAttendance)
    once_more = {"minutes": RoomAttendance.minutes + 1, "last_at": row.excluded.last_at}
    once_more |= {"good_minutes": RoomAttendance.good_minutes + row.excluded.good_minutes}
    later = RoomAttendance.last_at < row.excluded.last_at
    await session.execute(
        row.on_conflict_do_update(index_elements=["lesson_id", "room_id"], set_=once_more, where=later),
        [
            {"lesson_id": lesson, "room_id": room, "minutes": 1, "last_at": minute}
            | {"good_minutes": int((lesson, room) in well)}
            for lesson, room in there
        ],
    )


async def of_lesson(session: AsyncSession, who: Actor, lesson_id: UUID) -> list[AttendanceOut]:
    """Of each receiving room, in the lesson's order."""
    lesson = await one_lesson(session, who, lesson_id)
    rows = await session.scalars(select(RoomAttendance).where(RoomAttendance.lesson_id == lesson_id))
    found = {row.room_id: row for row in rows}
    _, *receiving = (await rooms_of(session, [lesson_id]))[lesson_id]
    planned = int((lesson.ends_at - lesson.starts_at).total_seconds() // 60)
    return [
        AttendanceOut(
            room=Named(id=part.room_id, name=part.name),
            school=Named(id=part.school_id, name=part.school),
            minutes=row.minutes,
            of=planned,
            attended=row.minutes >= ENOUGH * planned,
            good_minutes=row.good_minutes,
            received_well=row.good_minutes >= ENOUGH * planned,
            heads=row.heads,
        )
        for part in receiving
        for row in [found.get(part.room_id) or RoomAttendance(minutes=0, good_minutes=0)]
    ]


async def count_heads(
    session: AsyncSession, who: Actor, lesson_id: UUID, body: HeadCount, request: Request
) -> list[AttendanceOut]:
    """By the room's own account or an assistant at its school, from when the lesson opens until it is over."""
    lesson = await one_lesson(session, who, lesson_id)
    query = select(Organisation.path).join(Room, Room.school_id == Organisation.id)
    query = query.join(LessonRoom, LessonRoom.room_id == Room.id)
    query = query.where(LessonRoom.lesson_id == lesson_id, LessonRoom.room_id == body.room_id)
    path = await session.scalar(query.where(LessonRoom.part == "receiving"))
    if path is None or not (body.room_id in who.rooms or who.may("lessons.attend", path)):
        raise not_your_place()
    must_be_open(lesson, now())
    row = insert(RoomAttendance).values(
        lesson_id=lesson_id, room_id=body.room_id, minutes=0, good_minutes=0, last_at=NEVER, heads=body.heads
    )
    heads = {"heads": row.excluded.heads}
    await session.execute(row.on_conflict_do_update(index_elements=["lesson_id", "room_id"], set_=heads))
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "lesson.count-heads", f"lesson:{lesson_id}", after=after, request=request)
    return await of_lesson(session, who, lesson_id)
