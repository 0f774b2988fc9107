"""Reading lessons: which ones someone sees, and how they look as JSON. A list is a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, JSON, ColumnElement, Label, Row, Select, Uuid, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from admin.models import Organisation, Person, Room
from admin.paging import Order, having, one_of, page
from admin.registry import places_named
from admin.schemas import Page, Place
from admin.tree import labels
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom, times_of
from classroom.lessons.rules import LONGEST, OPENS_BEFORE, OVERRUN, RoomKind, State, lesson_state
from classroom.lessons.schemas import LessonOut
from classroom.lessons.way import way
from core.clock import now
from core.errors import NotFound

HOME = ZoneInfo("Asia/Shanghai")
EARLIEST_FIRST = Order((Lesson.starts_at, Lesson.id))
LATEST_FIRST = Order((Lesson.over_at, Lesson.id), descending=True)
UNTOLD = {"places", "demo", "created_by", "created_at"}
"""Columns that nobody reads in a list; an array of places alone is dozens of UUIDs."""
COUNT_TO = 1000
"""Lessons are counted so far; a list of a whole term says "more than that"."""


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


Part = dict[str, str]
"""A room in a lesson as the database tells it for lists: id, name, kind, school_id, school, path."""


@dataclass(frozen=True)
class Around:
    """What a page of lessons needs beside its rows."""

    chains: dict[str, list[Place]]
    """By a school's path: the places from the root down to it."""
    own_rooms: frozenset[str]
    now: float


async def lessons(session: AsyncSession, who: Actor, wanted: Wanted, after: str | None, limit: int) -> Page[LessonOut]:
    query = select(Lesson.id, Lesson.starts_at, Lesson.over_at).where(visible(who), *_filters(wanted, now()))
    order = LATEST_FIRST if wanted.state == "ended" else EARLIEST_FIRST
    rows, total, following = await page(session, query, order, after, limit, COUNT_TO)
    items = await shown(session, who, [row.id for row in rows])
    return Page[LessonOut](items=items, total=total, next=following)


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
    # no new condition, but a span of the index instead of the whole term: nothing is longer, nothing starts earlier
    earliest = moment - timedelta(seconds=LONGEST + OVERRUN)
    span = Lesson.starts_at.between(earliest, moment + timedelta(seconds=OPENS_BEFORE))
    return and_(span, Lesson.over_at > moment, begun)


def day_of(day: date) -> tuple[datetime, datetime]:
    """A calendar day of the prefecture, as two moments; the second is not part of it."""
    begin = datetime.combine(day, time(), HOME).astimezone(UTC)
    return begin, begin + timedelta(days=1)


async def shown(session: AsyncSession, who: Actor, lesson_ids: Sequence[UUID]) -> list[LessonOut]:
    """In the order of the ids."""
    rows = {row.id: row for row in await session.execute(TOLD, {"lessons": list(lesson_ids)})}
    paths = {part["path"] for row in rows.values() for part in row.rooms}
    places = await places_named(session, {step for path in paths for step in labels(path)})
    chains = {path: [places[step] for step in labels(path)] for path in paths}
    around = Around(chains, frozenset(map(str, who.rooms)), now().timestamp())
    return [_lesson(rows[one], around) for one in lesson_ids]


async def one_shown(session: AsyncSession, who: Actor, lesson: Lesson) -> LessonOut:
    await session.flush()
    return (await shown(session, who, [lesson.id]))[0]


def _told() -> Select[*tuple[Any, ...]]:
    """Lessons by their ids, each with its people's names and its rooms as one JSON value. Made once: every list of
    lessons asks it."""
    part = func.json_build_object(
        *("id", Room.id, "name", Room.name, "kind", Room.kind),
        *("school_id", Organisation.id, "school", Organisation.name_zh, "path", Organisation.path),
    )
    rooms = select(func.json_agg(aggregate_order_by(part, LessonRoom.place), type_=JSON))
    rooms = rooms.join_from(LessonRoom, Room, Room.id == LessonRoom.room_id)
    rooms = rooms.join(Organisation, Organisation.id == Room.school_id).where(LessonRoom.lesson_id == Lesson.id)
    names = (
        _name(Lesson.teacher_id, "teacher"),
        _name(Lesson.substitute_id, "substitute"),
        _name(Lesson.shutdown_by, "closer"),
    )
    own = [column for column in Lesson.__table__.columns if column.key not in UNTOLD]
    query = select(*own, *names, rooms.scalar_subquery().label("rooms"))
    return query.where(Lesson.id == any_(bindparam("lessons", type_=ARRAY(Uuid))))


def _name(person: InstrumentedAttribute[Any], label: str) -> Label[str]:
    """Looked up row by row: a join would read all people for twenty lessons."""
    return select(Person.name).where(Person.id == person).scalar_subquery().label(label)


TOLD = _told()


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
        begin, end = day_of(wanted.day)
        found.append(and_(Lesson.starts_at >= begin, Lesson.starts_at < end))
    if wanted.room:
        found.append(Lesson.id.in_(select(LessonRoom.lesson_id).where(LessonRoom.room_id == wanted.room)))
    if wanted.teacher:
        found.append(or_(Lesson.teacher_id == wanted.teacher, Lesson.substitute_id == wanted.teacher))
    if wanted.q:
        found.append(having(wanted.q, Lesson.title, Lesson.subject))
    return found


def _lesson(row: Row[Any], around: Around) -> LessonOut:
    """Validated in one go: a model made in Python for each room costs more than all queries together."""
    times = times_of(row)
    sending, *receiving = row.rooms
    own = [part for part in receiving if part["id"] in around.own_rooms] or receiving
    return LessonOut.model_validate(
        {
            **row._mapping,
            "state": lesson_state(times, around.now),
            "opens_at": times.opens_at,
            "shutdown": _shutdown(row),
            "teacher": {"id": row.teacher_id, "name": row.teacher},
            "substitute": row.substitute and {"id": row.substitute_id, "name": row.substitute},
            "sending_room": _room(sending),
            "receiving_rooms": [_receiving(part, around) for part in receiving],
            "way": way(around.chains[sending["path"]][-1], [around.chains[part["path"]] for part in own]),
        }
    )


def _room(part: Part) -> dict[str, Any]:
    school = {"id": part["school_id"], "name": part["school"]}
    return {"id": part["id"], "name": part["name"], "kind": part["kind"], "school": school}


def _receiving(part: Part, around: Around) -> dict[str, Any]:
    room = _room(part)
    room["school"]["county"] = next((step.name for step in around.chains[part["path"]] if step.tier == "county"), None)
    return room


def _shutdown(row: Row[Any]) -> dict[str, Any] | None:
    if row.closer is None:
        return None
    return {"at": row.shutdown_at, "reason": row.shutdown_reason or "", "by": row.closer}
