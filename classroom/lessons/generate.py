"""A term of lessons for tests of scale, from generated sending rooms to generated rooms of their county."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from psycopg.types.range import TimestamptzRange
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.bulk import copy_rows
from admin.generate import GENERATED
from admin.models import Assignment, Organisation, Room
from admin.tree import ancestors
from classroom.lessons.models import Lesson, LessonRoom, LessonTeacher
from classroom.lessons.rules import OVERRUN
from core.clock import now

LASTS = timedelta(minutes=40)
A_PERIOD, PERIODS = 50, 8
"""Lessons at once, and how many times a day: 400 lessons a day, 40,000 in a term of a hundred days."""
SUBJECTS = ("音乐", "美术", "英语", "科学", "体育", "信息科技")
WORDS = ("id", "title", "subject", "grade", "kind", "textbook_version", "volume", "chapter", "recording")
TIMES = ("starts_at", "ends_at", "overrun", "over_at", "teacher_id", "places", "demo", "created_at")


@dataclass(frozen=True)
class Hall:
    """A room with its school's path; a sending room also with a teacher."""

    room: UUID
    path: str
    teacher: UUID | None = None


@dataclass(frozen=True)
class Planned:
    id: UUID
    starts_at: datetime
    sender: Hall
    receivers: Sequence[Hall]


async def term(session: AsyncSession, lessons: int, seed: int = 1) -> None:
    """Half of the days before today and half after; no room and no teacher is in two lessons at once. Written day by
    day, so that memory does not grow with the term. A prefecture that has lessons already gets no more."""
    senders, receivers = await _halls(session)
    taught = exists().where(Lesson.teacher_id.in_(hall.teacher for hall in senders))
    if not senders or await session.scalar(select(taught)):
        return
    planned = _planned(Random(seed), senders, receivers, lessons)
    while day := list(islice(planned, A_PERIOD * PERIODS)):
        await _write(session, day)


async def _write(session: AsyncSession, planned: Sequence[Planned]) -> None:
    await copy_rows(session, Lesson, (*WORDS, *TIMES), map(_lesson_row, planned))
    columns = ("lesson_id", "room_id", "part", "place", "held")
    await copy_rows(session, LessonRoom, columns, (row for one in planned for row in _room_rows(one)))
    rows = ((one.id, one.sender.teacher, _held(one)) for one in planned)
    await copy_rows(session, LessonTeacher, ("lesson_id", "person_id", "held"), rows)


async def _halls(session: AsyncSession) -> tuple[list[Hall], dict[UUID, list[Hall]]]:
    """One hall a teacher, and the receiving rooms of each county."""
    teachers = select(Assignment.organisation_id, Assignment.person_id).where(Assignment.role == "teacher")
    free: dict[UUID, list[UUID]] = defaultdict(list)
    for school, person in await session.execute(teachers.order_by(Assignment.id)):
        free[school].append(person)
    query = select(Room, Organisation).join(Organisation, Organisation.id == Room.school_id).order_by(Room.key)
    query = query.where(Room.key.startswith(GENERATED))
    senders: list[Hall] = []
    receivers: dict[UUID, list[Hall]] = defaultdict(list)
    for room, place in await session.execute(query):
        if room.kind != "sending" and place.county_id:
            receivers[place.county_id].append(Hall(room.id, place.path))
        elif room.kind == "sending" and free[place.id]:
            senders.append(Hall(room.id, place.path, free[place.id].pop()))
    return senders, receivers


def _planned(
    random: Random, senders: Sequence[Hall], receivers: dict[UUID, list[Hall]], wanted: int
) -> Iterator[Planned]:
    """In the order of time. The hour that is now is one of the periods, so that some lessons are live."""
    a_period = min(A_PERIOD, len(senders))
    for number, first in enumerate(_periods(-(-wanted // a_period))):
        free = {county: random.sample(rooms, len(rooms)) for county, rooms in receivers.items()}
        for sender in random.sample(senders, min(a_period, wanted - number * a_period)):
            rooms = free[ancestors(sender.path)[2]]  # province, prefecture, county
            taken = [rooms.pop() for _ in range(min(4, len(rooms)))]
            yield Planned(UUID(int=random.getrandbits(128), version=4), first, sender, taken)


def _periods(wanted: int) -> Iterator[datetime]:
    """An hour apart, so many a day."""
    hour = now().replace(minute=0, second=0, microsecond=0)
    days = -(-wanted // PERIODS)
    for number in range(wanted):
        day, period = divmod(number, PERIODS)
        yield hour + timedelta(days=day - days // 2, hours=period - PERIODS // 2)


def _lesson_row(one: Planned) -> tuple[object, ...]:
    subject = SUBJECTS[one.id.int % len(SUBJECTS)]
    words = (one.id, f"{subject} 第 {one.id.int % 30 + 1} 课", subject, one.id.int % 6 + 1)
    book = ("dedicated", "人教版", "上", f"第 {one.id.int % 8 + 1} 单元", "teacher")
    ends_at = one.starts_at + LASTS
    places = sorted({step for hall in (one.sender, *one.receivers) for step in ancestors(hall.path)})
    times = (one.starts_at, ends_at, int(OVERRUN), ends_at + timedelta(seconds=OVERRUN))
    return *words, *book, *times, one.sender.teacher, places, False, one.starts_at


def _room_rows(one: Planned) -> Iterator[tuple[object, ...]]:
    for place, hall in enumerate((one.sender, *one.receivers)):
        yield one.id, hall.room, "receiving" if place else "sending", place, _held(one)


def _held(one: Planned) -> TimestamptzRange:
    return TimestamptzRange(one.starts_at, one.starts_at + LASTS)
