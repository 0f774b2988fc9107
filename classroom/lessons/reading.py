"""Reading lessons: which ones someone sees, and how they look as JSON. A list is a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Response
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room
from admin.paging import Order, as_written, having, one_of, page
from admin.telling import as_page
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.rules import LONGEST, OPENS_BEFORE, OVERRUN, RoomKind, State
from classroom.lessons.schemas import LessonOut
from classroom.lessons.telling import HEADS, told, with_places
from core.clock import now
from core.errors import NotFound

HOME = ZoneInfo("Asia/Shanghai")
EARLIEST_FIRST = Order((Lesson.starts_at, Lesson.id))
LATEST_FIRST = Order((Lesson.over_at, Lesson.id), descending=True)
COUNT_TO = 1000
"""Lessons are counted so far; a list of a whole term says "more than that"."""


Fate = Literal["begun", "shut_down", "let_be"]
"""Which of the planned lessons: those that a teacher has begun, those that were shut down, and those that were not."""


@dataclass(frozen=True)
class Wanted:
    state: State | None
    day: date | None
    room: UUID | None
    teacher: UUID | None
    q: str | None
    until: date | None = None
    """The last day of several; `day` is the first."""
    place: UUID | None = None
    fate: Fate | None = None


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


async def lessons(session: AsyncSession, who: Actor, wanted: Wanted, after: str | None, limit: int) -> Response:
    moment = now()
    query = HEADS.where(visible(who), *_filters(wanted, moment))
    order = LATEST_FIRST if wanted.state == "ended" else EARLIEST_FIRST
    heads, total, following = await page(session, query, order, after, limit, COUNT_TO, {"moment": moment})
    return as_page(await with_places(session, who, heads), total, following)


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
    if state == "upcoming":
        return and_(Lesson.over_at > moment, ~begun)
    # no new condition, but a span of the index instead of the whole term: nothing is longer, nothing starts earlier;
    # in whole hours, so that the statement stays the same and is prepared once
    hour = moment.replace(minute=0, second=0, microsecond=0)
    earliest, latest = hour - timedelta(seconds=LONGEST + OVERRUN), hour + timedelta(seconds=3600 + OPENS_BEFORE)
    span = Lesson.starts_at.between(as_written(earliest), as_written(latest))
    return and_(span, Lesson.over_at > moment, begun)


def of_fate(fate: Fate) -> ColumnElement[bool]:
    if fate == "begun":
        return Lesson.started_at.is_not(None)
    return Lesson.shutdown_at.is_not(None) if fate == "shut_down" else Lesson.shutdown_at.is_(None)


def day_of(day: date) -> tuple[datetime, datetime]:
    """A calendar day of the prefecture, as two moments; the second is not part of it."""
    begin = datetime.combine(day, time(), HOME).astimezone(UTC)
    return begin, begin + timedelta(days=1)


async def one_shown(session: AsyncSession, who: Actor, lesson: Lesson) -> LessonOut:
    await session.flush()
    [found] = await told(session, who, [lesson.id], now())
    return LessonOut.model_validate_json(found)


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


def _filters(wanted: Wanted, moment: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(in_state(wanted.state, moment))
    if wanted.day:
        begin, end = day_of(wanted.day)[0], day_of(wanted.until or wanted.day)[1]
        found.append(and_(Lesson.starts_at >= begin, Lesson.starts_at < end))
    if wanted.place:
        found.append(Lesson.places.overlap(array([wanted.place])))
    if wanted.fate:
        found.append(of_fate(wanted.fate))
    if wanted.room:
        found.append(Lesson.id.in_(select(LessonRoom.lesson_id).where(LessonRoom.room_id == wanted.room)))
    if wanted.teacher:
        found.append(or_(Lesson.teacher_id == wanted.teacher, Lesson.substitute_id == wanted.teacher))
    if wanted.q:
        found.append(having(wanted.q, Lesson.title, Lesson.subject))
    return found
