"""Keeping rooms and teachers for a lesson. The database refuses what overlaps (exclusion constraints); here the refusal
becomes words that name the other lesson."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Person, Room
from classroom.lessons.models import Lesson, LessonRoom, LessonTeacher
from classroom.lessons.plan import Booked
from classroom.lessons.reading import HOME
from classroom.lessons.rules import Times, window
from core.errors import Conflict

EXCLUDED = "23P01"
"""PostgreSQL's exclusion_violation."""


def held(times: Times) -> Range[datetime]:
    begin, end = window(times)
    return Range(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))


async def book(session: AsyncSession, lesson: Lesson, booked: Booked) -> None:
    """Writes the lesson's rooms and teacher, in place of those it had. Raises Conflict."""
    lesson.places = booked.places
    lesson.over_at = datetime.fromtimestamp(lesson.times.over_at, UTC)
    time = held(lesson.times)
    rooms = [
        {
            "lesson_id": lesson.id,
            "room_id": room.id,
            "part": "receiving" if place else "sending",
            "place": place,
            "held": time,
        }
        for place, (room, _) in enumerate(booked.all)
    ]
    teacher = lesson.substitute_id or lesson.teacher_id
    await _one_after_the_other(session, [room.id for room, _ in booked.all], teacher)
    try:
        async with session.begin_nested():
            session.add(lesson)
            await session.flush()
            await session.execute(delete(LessonRoom).where(LessonRoom.lesson_id == lesson.id))
            await session.execute(delete(LessonTeacher).where(LessonTeacher.lesson_id == lesson.id))
            await session.execute(insert(LessonRoom), rooms)
            await session.execute(insert(LessonTeacher).values(lesson_id=lesson.id, person_id=teacher, held=time))
    except IntegrityError as error:
        raise await _clash(session, error, lesson.id, [room.id for room, _ in booked.all], teacher, time) from None


async def hold(session: AsyncSession, lesson: Lesson, since: datetime | None = None) -> None:
    """After a start, an end or a change of teacher: the time and the person that are kept. Raises Conflict.

    `since`: from when this person teaches. Without it, as before: who stepped in during the lesson may have taught
    another one until then."""
    lesson.over_at = datetime.fromtimestamp(lesson.times.over_at, UTC)
    time, teacher = held(lesson.times), lesson.substitute_id or lesson.teacher_id
    own = await _teaching(session, lesson, since)
    try:
        async with session.begin_nested():
            await session.execute(update(LessonRoom).where(LessonRoom.lesson_id == lesson.id).values(held=time))
            mine = update(LessonTeacher).where(LessonTeacher.lesson_id == lesson.id)
            await session.execute(mine.values(person_id=teacher, held=own))
    except IntegrityError as error:
        rooms = (await session.scalars(select(LessonRoom.room_id).where(LessonRoom.lesson_id == lesson.id))).all()
        raise await _clash(session, error, lesson.id, rooms, teacher, time) from None


async def _one_after_the_other(session: AsyncSession, rooms: Sequence[UUID], teacher: UUID) -> None:
    """Two at once who want the same room would each wait for the other in the exclusion constraint: a deadlock."""
    await session.execute(select(Room.id).where(Room.id.in_(rooms)).order_by(Room.id).with_for_update(key_share=True))
    await session.execute(select(Person.id).where(Person.id == teacher).with_for_update(key_share=True))


async def _teaching(session: AsyncSession, lesson: Lesson, since: datetime | None) -> Range[datetime]:
    begin, end = (datetime.fromtimestamp(at, UTC) for at in window(lesson.times))
    if since is None:
        row = await session.scalar(select(LessonTeacher.held).where(LessonTeacher.lesson_id == lesson.id))
        since = row.lower if row and row.lower != lesson.starts_at else begin
    begin = max(begin, since or begin)
    return Range(begin, max(begin, end))


async def _clash(
    session: AsyncSession, error: IntegrityError, own: UUID, rooms: Sequence[UUID], teacher: UUID, time: Range[datetime]
) -> Exception:
    if getattr(error.orig, "sqlstate", "") != EXCLUDED:
        return error
    query = select(Lesson, Room.name, Organisation.name_zh).join(LessonRoom, LessonRoom.lesson_id == Lesson.id)
    query = query.join(Room, Room.id == LessonRoom.room_id).join(Organisation, Organisation.id == Room.school_id)
    query = query.where(LessonRoom.room_id.in_(rooms), LessonRoom.held.overlaps(time), Lesson.id != own)
    if row := (await session.execute(query.order_by(Lesson.starts_at).limit(1))).first():
        return _words("room-booked", f"{row.name_zh} {row.name}", row[0])
    busy = select(Lesson, Person.name).join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
    busy = busy.join(Person, Person.id == LessonTeacher.person_id)
    busy = busy.where(LessonTeacher.person_id == teacher, LessonTeacher.held.overlaps(time), Lesson.id != own)
    if taught := (await session.execute(busy.order_by(Lesson.starts_at).limit(1))).first():
        return _words("teacher-booked", f"{taught.name}老师", taught[0])
    return _words("booked-meanwhile", "这间教室或这位老师", None)


def _words(code: str, busy: str, other: Lesson | None) -> Conflict:
    if other is None:  # it was there a moment ago and has gone
        zh, en = "刚才有一节课占着同一时间，请再试一次。", "Another lesson held this time a moment ago; try again."
        return Conflict(code, zh=zh, en=en)
    begin, end = other.starts_at.astimezone(HOME), other.ends_at.astimezone(HOME)
    when = f"{begin:%H:%M}–{end:%H:%M}"
    day = f"{begin.month} 月 {begin.day} 日"
    zh = f"{busy} {day} {when} 已有《{other.title}》。请换时间，或换教室、教师。"
    en = f"“{other.title}” has {busy} on {begin:%d %B}, {when}. Choose another time, room or teacher."
    clash = {
        "id": str(other.id),
        "title": other.title,
        "starts_at": _iso(other.starts_at),
        "ends_at": _iso(other.ends_at),
    }
    return Conflict(code, zh=zh, en=en, busy=busy, lesson=clash)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
