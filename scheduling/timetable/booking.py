"""Published lessons as lessons of the classroom: rooms and boxes join them as they join any other. Rooms, teachers,
classes and assistants are held for them, and the database refuses what overlaps."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

import psycopg
from sqlalchemy import delete, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.bulk import copy_rows
from admin.paging import one_of
from classroom.lessons.models import Lesson, LessonOrder, LessonRoom, LessonTeacher
from core.clock import now
from core.errors import Conflict
from scheduling.model import Id
from scheduling.plan.courses import names_of
from scheduling.release.changes import SHANGHAI
from scheduling.timetable.models import LessonHold

NAMESPACE = UUID("8f1f6a0e-5a52-4d0c-9d43-5223007e1e55")
"""Of classroom lessons' ids; another would give every published lesson a second one."""
OVERRUN = 300
"""Seconds: bells leave ten minutes until the next lesson."""
SOON = timedelta(days=1)
"""Pages and boxes that are open follow lessons so near; later ones are read when their day comes."""
KEEPER = 7_310_019
"""Any number, the same everywhere: timetables are booked one after the other. Two that each wait for what the other has
just written would be a deadlock, not a refusal."""
REFUSED = ("23P01", "40P01")
"""PostgreSQL's exclusion_violation, and deadlock_detected: a lesson that is being booked by itself at this moment."""
MOST_TOLD = 20
AT_ONCE = 1000
"""Lessons between two words of progress."""
Written = Callable[[int], Awaitable[None]]
"""Is told how many lessons are written."""
ROOM = ("lesson_id", "room_id", "part", "place", "held")
TIMES = (
    "title",
    "subject",
    "grade",
    "kind",
    "textbook_version",
    "chapter",
    "starts_at",
    "ends_at",
    "over_at",
    "teacher_id",
    "substitute_id",
    "places",
)


@dataclass(frozen=True)
class Booking:
    """One lesson as it is to be: `rooms` the sending one first, `others` are classes and assistants."""

    id: UUID
    words: dict[str, Any]
    """title, subject, grade, kind, volume, chapter."""
    starts_at: datetime
    ends_at: datetime
    lead: UUID
    substitute: UUID | None
    rooms: Sequence[UUID]
    others: Sequence[UUID]
    places: Sequence[UUID]

    @cached_property
    def held(self) -> str:
        """As PostgreSQL writes a range: psycopg would write it again for every room and person."""
        return f"[{self.starts_at.isoformat()},{self.ends_at.isoformat()})"

    @property
    def teacher(self) -> UUID:
        return self.substitute or self.lead


def lesson_id(course: Id, week: int, number: int) -> UUID:
    return uuid5(NAMESPACE, f"{course}/{week}/{number}")


async def silent(_: int) -> None:
    """Whoever books a few lessons need not hear how far it is."""


async def book(
    session: AsyncSession,
    bookings: Sequence[Booking],
    gone: Mapping[UUID, datetime],
    by: UUID | None,
    written: Written = silent,
) -> None:
    """Writes these lessons, in place of what they were, and takes away those that are gone (id → its start). What they
    held before is let go first, so that two lessons may change places. Raises Conflict with every lesson that stands in
    the way."""
    ids = [*(one.id for one in bookings), *gone]
    await session.execute(text("SELECT pg_advisory_xact_lock(:keeper)"), {"keeper": KEEPER})
    try:
        async with session.begin_nested():
            for held in (LessonRoom, LessonTeacher, LessonHold):
                await session.execute(delete(held).where(one_of(held.lesson_id, ids)))
            await session.execute(delete(Lesson).where(one_of(Lesson.id, gone)))
            for start in range(0, len(bookings), AT_ONCE):
                await _write(session, bookings[start : start + AT_ONCE], by)
                await written(min(start + AT_ONCE, len(bookings)))
    except (DBAPIError, psycopg.Error) as error:  # COPY's own errors are the driver's
        if getattr(getattr(error, "orig", error), "sqlstate", "") not in REFUSED:
            raise
        raise await _clash(session, bookings, set(ids)) from None
    session.add_all(_orders(bookings, gone))


async def _write(session: AsyncSession, bookings: Sequence[Booking], by: UUID | None) -> None:
    """By COPY: a term of a county is tens of thousands of rows."""
    lessons = {one.id: _lesson(one, by, now()) for one in bookings}
    there = set(await session.scalars(select(Lesson.id).where(one_of(Lesson.id, lessons))))
    written = postgresql.insert(Lesson)
    changed = {name: written.excluded[name] for name in TIMES}
    if known := [lessons[own] for own in there]:
        await session.execute(written.on_conflict_do_update(index_elements=[Lesson.id], set_=changed), known)
    new = [row for own, row in lessons.items() if own not in there]
    await copy_rows(session, Lesson, list(new[0]) if new else ["id"], (list(row.values()) for row in new))
    await copy_rows(session, LessonRoom, ROOM, (row for one in bookings for row in _rooms(one)))
    held = ("lesson_id", "person_id", "held")
    await copy_rows(session, LessonTeacher, held, ((one.id, one.teacher, one.held) for one in bookings))
    others = ((one.id, who, one.held) for one in bookings for who in one.others if who != one.teacher)
    await copy_rows(session, LessonHold, ("lesson_id", "who_id", "held"), others)


def _lesson(one: Booking, by: UUID | None, moment: datetime) -> dict[str, Any]:
    over_at = one.ends_at + timedelta(seconds=OVERRUN)
    return {
        "id": one.id,
        **one.words,
        "recording": "teacher",
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "overrun": OVERRUN,
        "over_at": over_at,
        "teacher_id": one.lead,
        "substitute_id": one.substitute,
        "places": list(one.places),
        "demo": False,
        "created_by": by,
        "created_at": moment,
    }


def _rooms(one: Booking) -> Iterable[Sequence[Any]]:
    for place, room in enumerate(one.rooms):
        yield one.id, room, "receiving" if place else "sending", place, one.held


def _orders(bookings: Sequence[Booking], gone: Mapping[UUID, datetime]) -> Iterable[LessonOrder]:
    moment = now()
    for kind, starts in (("change", {one.id: one.starts_at for one in bookings}), ("delete", gone)):
        for own, begin in starts.items():
            if begin < moment + SOON:
                yield LessonOrder(lesson_id=own, kind=kind, created_at=moment)


async def _clash(session: AsyncSession, bookings: Sequence[Booking], mine: set[UUID]) -> Conflict:
    first, last = min(one.starts_at for one in bookings), max(one.ends_at for one in bookings)
    held = [
        *await _held(
            session, LessonRoom, LessonRoom.room_id, {room for one in bookings for room in one.rooms}, first, last
        ),
        *await _held(session, LessonHold, LessonHold.who_id, _people(bookings), first, last),
    ]
    found = [
        (who, lesson, one)
        for who, lesson in held
        if lesson.id not in mine
        for one in bookings
        if (who in one.rooms or who in (one.teacher, *one.others))
        and lesson.starts_at < one.ends_at
        and one.starts_at < lesson.ends_at
    ][:MOST_TOLD]
    names = await names_of(session, [who for who, _, _ in found], with_school=True)
    told = [_sentence(names[who].name if who in names else "—", lesson) for who, lesson, _ in found]
    zh = told[0]["zh"] if told else "刚才有一节课占着同一时间，请再试一次。"
    en = told[0]["en"] if told else "Another lesson held this time a moment ago; try again."
    return Conflict("booked-already", zh=zh, en=en, hindrances=told)


def _people(bookings: Sequence[Booking]) -> set[UUID]:
    return {who for one in bookings for who in (one.teacher, *one.others)}


async def _held(
    session: AsyncSession, table: Any, key: Any, whose: set[UUID], first: datetime, last: datetime
) -> list[tuple[UUID, Lesson]]:
    query = select(key, Lesson).join(Lesson, Lesson.id == table.lesson_id).where(one_of(key, whose))
    query = query.where(table.held.overlaps(Range(first, last))).order_by(Lesson.starts_at)
    return [(who, lesson) for who, lesson in await session.execute(query)]


def _sentence(who: str, lesson: Lesson) -> dict[str, str]:
    begin, end = lesson.starts_at.astimezone(SHANGHAI), lesson.ends_at.astimezone(SHANGHAI)
    clock = f"{begin:%H:%M}–{end:%H:%M}"
    return {
        "zh": f"{who} {begin.month} 月 {begin.day} 日 {clock} 已有《{lesson.title}》，请先改那节课。",
        "en": f"{who} has “{lesson.title}” on {begin:%d %B}, {clock}; change that lesson first.",
    }
