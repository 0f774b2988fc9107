"""The delivery ledger of a course: each published lesson, whether it was given, how each place received it, and why if
not. A constant number of statements a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room
from admin.paging import Order, one_of, page
from admin.schemas import Page
from admin.who import Actor, not_your_place
from classroom.ledger.attendance import ENOUGH
from classroom.ledger.models import RoomAttendance
from classroom.lessons.models import Lesson
from core.clock import now
from scheduling.plan.courses import names_of
from scheduling.plan.models import CourseRow
from scheduling.timetable import settings
from scheduling.timetable.fallback_films import titles_played
from scheduling.timetable.models import PublishedLesson, Setting
from scheduling.timetable.published_schemas import LedgerLesson, LedgerPlace, Received
from scheduling.timetable.viewing import Names, named

BY_TIME = Order((PublishedLesson.starts_at, PublishedLesson.id))
NOBODY = RoomAttendance(minutes=0, good_minutes=0)
INSTEAD: tuple[Received, ...] = ("received", "not-received", "not-given")
"""What a film stands in for; a lesson received well needed none."""
How = tuple[Received, str, str]
"""With why not, in words."""


@dataclass(frozen=True)
class There:
    """What rooms had of lessons, by lesson and room."""

    rows: Mapping[tuple[UUID, UUID], RoomAttendance]
    films: Mapping[tuple[UUID, UUID], str]


async def lessons(session: AsyncSession, who: Actor, course: UUID, after: str | None, limit: int) -> Page[LedgerLesson]:
    await _must_reach(session, who, course)
    query = select(PublishedLesson, Setting, Lesson).join(Setting, Setting.id == PublishedLesson.setting_id)
    query = query.outerjoin(Lesson, Lesson.id == PublishedLesson.lesson_id)
    query = query.where(PublishedLesson.course_id == course, PublishedLesson.until.is_(None))
    rows, total, following = await page(session, query, BY_TIME, after, limit)
    there = await _receptions(session, [row[0].lesson_id for row in rows])
    rooms = {room for row in rows for room in settings.rooms_of(row[1])}
    schools = {row.id: row.school_id for row in await session.scalars(select(Room).where(one_of(Room.id, rooms)))}
    names = await names_of(session, {one for row in rows for one in settings.ids_of(row[1])} | set(schools.values()))
    moment = now()
    items = [_lesson(row[0], row[1], row[2], there, schools, names, moment) for row in rows]
    return Page(items=items, total=total, next=following)


def received(lesson: PublishedLesson, taught: Lesson | None, row: RoomAttendance, moment: datetime) -> How:
    """How a place received a lesson, and why not or not well, in words; minutes are the classroom's own count."""
    planned = int((lesson.ends_at - lesson.starts_at).total_seconds() // 60)
    if lesson.cancelled:
        return "cancelled", lesson.reason or "课表取消了这节课。", lesson.reason or "The timetable cancelled it."
    if taught is None or taught.over_at > moment:
        return "to-come", "", ""
    if taught.started_at is None:
        return "not-given", "主讲没有开课。", "The lead teacher did not begin it."
    if not row.minutes:
        return "not-received", "教室没有接通。", "The room did not connect."
    if row.minutes < ENOUGH * planned:
        zh = f"教室只接通了 {row.minutes} 分钟，全课 {planned} 分钟。"
        return "not-received", zh, f"The room was connected for {row.minutes} of {planned} minutes."
    if row.good_minutes < ENOUGH * planned:
        zh = f"线路弱：{planned} 分钟里只有 {row.good_minutes} 分钟声画正常。"
        return "received", zh, f"Weak line: good for {row.good_minutes} of {planned} minutes."
    return "received-well", "", ""


async def _must_reach(session: AsyncSession, who: Actor, course: UUID) -> None:
    query = select(Organisation.path).join(CourseRow, CourseRow.authority_id == Organisation.id)
    path = await session.scalar(query.where(CourseRow.id == course))
    if path is None or not who.may("reports.read", path):
        raise not_your_place()


async def _receptions(session: AsyncSession, lessons: Sequence[UUID]) -> There:
    rows = await session.scalars(select(RoomAttendance).where(one_of(RoomAttendance.lesson_id, lessons)))
    found = {(row.lesson_id, row.room_id): row for row in rows}
    return There(found, await titles_played(session, lessons))


def _lesson(
    lesson: PublishedLesson,
    setting: Setting,
    taught: Lesson | None,
    there: There,
    schools: Mapping[UUID, UUID],
    names: Names,
    moment: datetime,
) -> LedgerLesson:
    teacher = lesson.substitute_id or setting.lead_id
    where = [(seat, (lesson.lesson_id, UUID(seat["room"]))) for seat in setting.seats]
    seats = [(seat, there.rows.get(key, NOBODY), there.films.get(key)) for seat, key in where]
    return LedgerLesson(
        id=lesson.id,
        week=lesson.week,
        number=lesson.number,
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        chapter=settings.chapter_of(setting, lesson.week),
        teacher=named(names, teacher),
        substituted=lesson.substitute_id is not None,
        given=taught is not None and taught.started_at is not None,
        places=[
            _place(seat, row, _how(lesson, taught, seat, row, film, moment), schools, names)
            for seat, row, film in seats
        ],
    )


def _how(
    lesson: PublishedLesson,
    taught: Lesson | None,
    seat: Any,
    row: RoomAttendance,
    film: str | None,
    moment: datetime,
) -> How:
    if UUID(seat["class"]) in lesson.away and not lesson.cancelled:
        return "away", "学校那天自己放假或上别的课，不计。", "The school is off that day or runs another; not counted."
    how = received(lesson, taught, row, moment)
    return how if film is None else with_film(how, film)


def with_film(how: How, title: str) -> How:
    """A room that had the lesson's film in place of what it did not receive well; without a title, the film is gone."""
    if how[0] not in INSTEAD:
        return how
    zh, en = (f"《{title}》", f": {title}") if title else ("", "")
    return "from-recording", f"{how[1]}放了备用录像{zh}。", f"{how[2]} Its fallback recording was played{en}."


def _place(seat: Any, row: RoomAttendance, how: How, schools: Mapping[UUID, UUID], names: Names) -> LedgerPlace:
    room = UUID(seat["room"])
    return LedgerPlace(
        school=named(names, schools.get(room)),
        in_class=named(names, UUID(seat["class"])),
        room=named(names, room),
        received=how[0],
        minutes=row.minutes,
        good_minutes=row.good_minutes,
        heads=row.heads,
        zh=how[1],
        en=how[2],
    )
