"""Reading lessons: which ones someone sees, and how they look as JSON. A list is a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Person, Room
from admin.paging import Order, containing, one_of, page
from admin.registry import places_named
from admin.schemas import Named, Page, Place
from admin.tree import label, labels
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.rules import RoomKind, State, lesson_state
from classroom.lessons.schemas import (
    LessonOut,
    ReceivingRoom,
    ReceivingSchool,
    SendingRoom,
    SendingSchool,
    Shutdown,
)
from classroom.lessons.way import way
from core.clock import now
from core.errors import NotFound

HOME = ZoneInfo("Asia/Shanghai")
EARLIEST_FIRST = Order((Lesson.starts_at, Lesson.id))
LATEST_FIRST = Order((Lesson.starts_at, Lesson.id), descending=True)


@dataclass(frozen=True)
class Wanted:
    state: State | None
    day: date | None
    room: UUID | None
    teacher: UUID | None
    q: str | None


class RoomInLesson(NamedTuple):
    """Columns, not rows of the registry: a list of lessons has hundreds of them."""

    lesson_id: UUID
    room_id: UUID
    name: str
    kind: RoomKind
    school_id: UUID
    school: str
    path: str
    county_id: UUID | None


@dataclass(frozen=True)
class Around:
    """What a page of lessons needs beside its rows."""

    rooms: dict[UUID, list[RoomInLesson]]
    ways: dict[str, list[str]]
    """By a school's path: the places from the root down to it."""
    places: dict[str, Place]
    people: dict[UUID, str]
    own_rooms: frozenset[UUID]
    moment: datetime


async def lessons(session: AsyncSession, who: Actor, wanted: Wanted, after: str | None, limit: int) -> Page[LessonOut]:
    query = select(Lesson).where(visible(who), *_filters(wanted, now()))
    order = LATEST_FIRST if wanted.state == "ended" else EARLIEST_FIRST
    rows, total, following = await page(session, query, order, after, limit)
    return Page(items=await shown(session, who, [row[0] for row in rows]), total=total, next=following)


async def one_lesson(session: AsyncSession, who: Actor, lesson_id: UUID, lock: bool = False) -> Lesson:
    """Raises NotFound also for a lesson that this person does not see."""
    query = select(Lesson).where(Lesson.id == lesson_id, visible(who))
    lesson = (await session.scalars(query.with_for_update() if lock else query)).first()
    if lesson is None:
        zh, en = "没有这节课，或它不在您的范围内。", "There is no such lesson, or it lies outside your place."
        raise NotFound("lesson-unknown", zh=zh, en=en)
    return lesson


def visible(who: Actor) -> ColumnElement[bool]:
    """Lessons of one's place, led by oneself, or received in one's own room or class."""
    mine: list[ColumnElement[bool]] = [Lesson.teacher_id == who.id, Lesson.substitute_id == who.id]
    if places := who.place_ids("lessons.browse"):
        mine.append(Lesson.places.overlap(places))
    if who.rooms:
        mine.append(Lesson.id.in_(select(LessonRoom.lesson_id).where(LessonRoom.room_id.in_(who.rooms))))
    if who.has("demo_teacher"):
        mine.append(Lesson.demo.is_(True))
    return or_(*mine)


def in_state(state: State, moment: datetime) -> ColumnElement[bool]:
    """The same as rules.lesson_state, for lists."""
    begun = or_(Lesson.started_at.is_not(None), Lesson.starts_at <= moment)
    if state == "ended":
        return Lesson.over_at <= moment
    return and_(Lesson.over_at > moment, begun if state == "live" else ~begun)


def day_of(day: date) -> tuple[datetime, datetime]:
    """A calendar day of the prefecture, as two moments; the second is not part of it."""
    begin = datetime.combine(day, time(), HOME).astimezone(UTC)
    return begin, begin + timedelta(days=1)


async def shown(session: AsyncSession, who: Actor, found: Sequence[Lesson]) -> list[LessonOut]:
    rooms = await rooms_of(session, [lesson.id for lesson in found])
    ways = {part.path: labels(part.path) for parts in rooms.values() for part in parts}
    around = Around(
        rooms=rooms,
        ways=ways,
        places=await places_named(session, {step for steps in ways.values() for step in steps}),
        people=await _names(session, found),
        own_rooms=who.rooms,
        moment=now(),
    )
    return [_lesson(lesson, around) for lesson in found]


async def rooms_of(session: AsyncSession, lesson_ids: Sequence[UUID]) -> dict[UUID, list[RoomInLesson]]:
    """The rooms of each lesson, the sending one first, then as they were chosen."""
    room = (LessonRoom.lesson_id, Room.id, Room.name, Room.kind)
    school = (Organisation.id, Organisation.name_zh, Organisation.path, Organisation.county_id)
    query = select(*room, *school).join_from(LessonRoom, Room, Room.id == LessonRoom.room_id)
    query = query.join(Organisation, Organisation.id == Room.school_id).where(one_of(LessonRoom.lesson_id, lesson_ids))
    found: dict[UUID, list[RoomInLesson]] = {}
    for row in await session.execute(query.order_by(LessonRoom.place)):
        found.setdefault(row[0], []).append(RoomInLesson(*row))
    return found


async def _names(session: AsyncSession, found: Iterable[Lesson]) -> dict[UUID, str]:
    ids = {one for lesson in found for one in (*lesson.leaders, lesson.shutdown_by) if one}
    rows = await session.execute(select(Person.id, Person.name).where(one_of(Person.id, ids)))
    return {row.id: row.name for row in rows}


def _filters(wanted: Wanted, moment: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(in_state(wanted.state, moment))
    if wanted.day:
        begin, end = day_of(wanted.day)
        found.append(and_(Lesson.starts_at >= begin, Lesson.starts_at < end))
    if wanted.room:
        found.append(Lesson.id.in_(select(LessonRoom.lesson_id).where(LessonRoom.room_id == wanted.room)))
    if wanted.teacher:
        found.append(or_(Lesson.teacher_id == wanted.teacher, Lesson.substitute_id == wanted.teacher))
    if wanted.q:
        words = containing(wanted.q)
        found.append(or_(Lesson.title.ilike(words), Lesson.subject.ilike(words)))
    return found


def _lesson(lesson: Lesson, around: Around) -> LessonOut:
    sending, *receiving = around.rooms[lesson.id]
    times = lesson.times
    own = [part for part in receiving if part.room_id in around.own_rooms] or receiving
    chains = [[around.places[step] for step in around.ways[part.path]] for part in own]
    return LessonOut(
        id=lesson.id,
        title=lesson.title,
        subject=lesson.subject,
        grade=lesson.grade,
        kind=lesson.kind,
        textbook_version=lesson.textbook_version,
        volume=lesson.volume,
        chapter=lesson.chapter,
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        state=lesson_state(times, around.moment.timestamp()),
        opens_at=datetime.fromtimestamp(times.opens_at, UTC),
        started_at=lesson.started_at,
        ended_at=lesson.ended_at,
        shutdown=_shutdown(lesson, around),
        teacher=Named(id=lesson.teacher_id, name=around.people[lesson.teacher_id]),
        substitute=_substitute(lesson, around),
        sending_room=_sending(sending),
        receiving_rooms=[_receiving(part, around) for part in receiving],
        recording=lesson.recording,
        way=way(around.places[label(sending.school_id)], chains),
    )


def _sending(part: RoomInLesson) -> SendingRoom:
    return SendingRoom(id=part.room_id, name=part.name, school=SendingSchool(id=part.school_id, name=part.school))


def _receiving(part: RoomInLesson, around: Around) -> ReceivingRoom:
    county = around.places[label(part.county_id)].name if part.county_id else None
    school = ReceivingSchool(id=part.school_id, name=part.school, county=county)
    return ReceivingRoom(id=part.room_id, name=part.name, kind=part.kind, school=school)


def _substitute(lesson: Lesson, around: Around) -> Named | None:
    if lesson.substitute_id is None:
        return None
    return Named(id=lesson.substitute_id, name=around.people[lesson.substitute_id])


def _shutdown(lesson: Lesson, around: Around) -> Shutdown | None:
    if lesson.shutdown_at is None or lesson.shutdown_by is None:
        return None
    by = around.people[lesson.shutdown_by]
    return Shutdown(at=lesson.shutdown_at, reason=lesson.shutdown_reason or "", by=by)
