"""The week of a draft: the lessons that have a time, and those that have none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room
from admin.registry import inside
from admin.who import Actor
from scheduling.calendar.bells import clock
from scheduling.calendar.days import Term
from scheduling.calendar.models import TermRow
from scheduling.plan.models import CourseRow, Seat
from scheduling.plan.week import course_of, seats_of
from scheduling.timetable import settings
from scheduling.timetable.models import Draft, DraftLesson, Setting
from scheduling.timetable.own import own_here
from scheduling.timetable.published_schemas import By, CellOut, UnplacedOut, WeekOut
from scheduling.timetable.seeing import home_of
from scheduling.timetable.viewing import bells_here, names_for, schools_of, shown

HAS_TIME = DraftLesson.weekday.is_not(None)


async def week(session: AsyncSession, who: Actor, draft: Draft, by: By | None, of: UUID | None, limit: int) -> WeekOut:
    term = await session.get_one(TermRow, draft.term_id)
    which = await _which(session, who, draft, by, of)
    placed = select(DraftLesson, CourseRow).join(CourseRow, CourseRow.id == DraftLesson.course_id)
    placed = placed.where(DraftLesson.draft_id == draft.id, HAS_TIME, which)
    in_order = (DraftLesson.weekday, DraftLesson.start, DraftLesson.course_id, DraftLesson.number)
    rows = [(lesson, course) for lesson, course in await session.execute(placed.order_by(*in_order).limit(limit))]
    missing = await _missing(session, draft, which, limit)
    courses = {course.id: course for course in (*(course for _, course in rows), *(course for course, _ in missing))}
    parts = await _settings(session, list(courses.values()))
    schools = await schools_of(session, (room for one in parts.values() for room in settings.rooms_of(one)))
    names = await names_for(session, list(parts.values()), schools, [draft.place_id])
    bells = await bells_here(session, schools, names, term.first)
    return WeekOut(
        term_id=draft.term_id,
        place=names[draft.place_id],
        version=None,
        week=None,
        weeks=Term(term.first, term.last).weeks,
        days=[],
        bells=bells,
        own=await own_here(session, parts.values(), bells),
        cells=[
            CellOut.model_validate(_cell(lesson, course) | shown(parts[course.id], schools, names))
            for lesson, course in rows
        ],
        unplaced=[
            UnplacedOut.model_validate(
                {"number": number, "minutes": course.minutes} | shown(parts[course.id], schools, names)
            )
            for course, numbers in missing
            for number in numbers
        ],
        total=await session.scalar(placed.with_only_columns(func.count())) or 0,
    )


async def _which(
    session: AsyncSession, who: Actor, draft: Draft, by: By | None, of: UUID | None
) -> ColumnElement[bool]:
    mine = (CourseRow.term_id == draft.term_id) & (CourseRow.authority_id == draft.place_id)
    if by is None or of is None:
        return mine
    home = await home_of(session, who, "plan.read", by, of)
    return mine & await _touching(session, by, of, home)


async def _touching(session: AsyncSession, by: By, of: UUID, home: UUID | None) -> ColumnElement[bool]:
    """Courses that the class, room, teacher, school or county sends, receives or looks after."""
    if by == "class":
        return (CourseRow.class_id == of) | CourseRow.id.in_(select(Seat.course_id).where(Seat.class_id == of))
    if by == "teacher":
        return (CourseRow.lead_id == of) | CourseRow.id.in_(select(Seat.course_id).where(Seat.assistant_id == of))
    if by == "room":
        return (CourseRow.room_id == of) | CourseRow.id.in_(select(Seat.course_id).where(Seat.room_id == of))
    path = await session.scalar(select(Organisation.path).where(Organisation.id == home))
    rooms = select(Room.id).join(Organisation, Organisation.id == Room.school_id).where(inside([path or ""]))
    sitting = select(Seat.course_id).where(Seat.room_id.in_(rooms))
    return or_(CourseRow.room_id.in_(rooms), CourseRow.id.in_(sitting)) if path else true()


async def _missing(
    session: AsyncSession, draft: Draft, which: ColumnElement[bool], limit: int
) -> list[tuple[CourseRow, list[int]]]:
    """Courses with the numbers of their lessons that have no time."""
    placed = select(DraftLesson.course_id, func.array_agg(DraftLesson.number).label("numbers"))
    placed = placed.where(DraftLesson.draft_id == draft.id, HAS_TIME).group_by(DraftLesson.course_id)
    there = placed.subquery()
    query = select(CourseRow, there.c.numbers).outerjoin(there, there.c.course_id == CourseRow.id).where(which)
    count = func.coalesce(func.cardinality(there.c.numbers), 0)
    query = query.where(count < CourseRow.weekly).order_by(CourseRow.name, CourseRow.id).limit(limit)
    return [(course, _left(course, numbers or [])) for course, numbers in await session.execute(query)]


def _left(course: CourseRow, placed: Sequence[int]) -> list[int]:
    wanted = course.weekly - len(placed)
    return [number for number in range(1, course.weekly + 1) if number not in placed][:wanted]


async def _settings(session: AsyncSession, courses: Sequence[CourseRow]) -> dict[UUID, Setting]:
    """As they would be published now."""
    seats = await seats_of(session, [course.id for course in courses])
    return {
        course.id: settings.of(course_of(course, seats[course.id]), course.grade, course.term_id) for course in courses
    }


def _cell(lesson: DraftLesson, course: CourseRow) -> dict[str, Any]:
    start = lesson.start or 0
    return {
        "id": None,
        "lesson_id": None,
        "number": lesson.number,
        "weekday": lesson.weekday,
        "day": None,
        "starts": clock(start),
        "ends": clock(start + course.minutes),
        "substitute": None,
        "locked": lesson.locked,
        "cancelled": False,
        "reason": "",
        "chapter": "",
    }
