"""A draft as the rules and the solver see it: its courses, what they may use, when, and where its lessons are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room
from admin.paging import one_of
from scheduling.delivery.slots import taking
from scheduling.model import Course, Id, Interval, Placement, Unavailable, Week, Weeks
from scheduling.plan.models import CourseRow, Seat
from scheduling.plan.week import course_of, seats_of, week_of
from scheduling.timetable.models import Absence, Draft, DraftLesson, Version


@dataclass(frozen=True)
class Problem:
    """`placements` are those of the draft's lessons that have a time; a course that is gone has none."""

    week: Week
    placements: tuple[Placement, ...]

    @property
    def wanted(self) -> int:
        return sum(course.weekly for course in self.week.courses)


async def problem(session: AsyncSession, draft: Draft, near: Collection[UUID] = ()) -> Problem:
    """The whole draft; with `near` only these courses and all that share a person, class or school with them: enough
    to say what moving one of them breaks, whatever the size of the draft."""
    close = await _near(session, near) if near else None
    mine = CourseRow.authority_id == draft.place_id
    which = mine if close is None else mine & close
    week = await week_of(session, draft.term_id, which=which)
    courses = {course.id: course for course in week.courses}
    rows = await _lessons(session, draft.id, courses)
    placed = [(row.locked, _placement(courses[str(row.course_id)], row)) for row in rows]
    taken = [*await _absences(session, draft.term_id), *await _taken_by_others(session, draft, close)]
    week = replace(
        week,
        unavailable=(*week.unavailable, *_of_concern(week, taken)),
        locked=tuple(one for locked, one in placed if locked),
        published=tuple(await _in_force(session, draft, courses)),
    )
    return Problem(week, tuple(one for _, one in placed))


def at(course: Course, weekday: int, start: int) -> Interval:
    return Interval(weekday, start, start + course.minutes)


def _placement(course: Course, row: Any) -> Placement:
    return Placement(course.id, row.number, at(course, row.weekday, row.start))


async def _lessons(session: AsyncSession, draft: UUID, courses: Collection[Id]) -> Sequence[Any]:
    columns = (DraftLesson.course_id, DraftLesson.number, DraftLesson.weekday, DraftLesson.start, DraftLesson.locked)
    query = select(*columns).where(DraftLesson.draft_id == draft, DraftLesson.weekday.is_not(None))
    query = query.where(one_of(DraftLesson.course_id, courses)).order_by(DraftLesson.course_id, DraftLesson.number)
    return (await session.execute(query)).all()


async def _near(session: AsyncSession, near: Collection[UUID]) -> ColumnElement[bool]:
    """Courses that share a person, class or school with one of these."""
    rows = (await session.scalars(select(CourseRow).where(CourseRow.id.in_(near)))).all()
    seats = [seat for found in (await seats_of(session, [row.id for row in rows])).values() for seat in found]
    people = {row.lead_id for row in rows} | {seat.assistant_id for seat in seats if seat.assistant_id}
    classes = {row.class_id for row in rows if row.class_id} | {seat.class_id for seat in seats}
    used = {row.room_id for row in rows} | {seat.room_id for seat in seats}
    rooms = select(Room.id).where(Room.school_id.in_(select(Room.school_id).where(one_of(Room.id, used))))
    sitting = or_(Seat.room_id.in_(rooms), one_of(Seat.class_id, classes), one_of(Seat.assistant_id, people))
    return or_(
        one_of(CourseRow.lead_id, people),
        CourseRow.room_id.in_(rooms),
        one_of(CourseRow.class_id, classes),
        CourseRow.id.in_(select(Seat.course_id).where(sitting)),
    )


async def _absences(session: AsyncSession, term: UUID) -> list[Unavailable]:
    rows = await session.scalars(select(Absence).where(Absence.term_id == term).order_by(Absence.id))
    return [
        Unavailable(str(row.who_id), Interval(row.weekday, row.start, row.end), row.reason, Weeks(row.weeks))
        for row in rows
    ]


async def newest(session: AsyncSession, term: UUID) -> Sequence[Version]:
    """The version in force of each place."""
    query = select(Version).where(Version.term_id == term).ext(distinct_on(Version.place_id))
    return (await session.scalars(query.order_by(Version.place_id, Version.number.desc()))).all()


async def _in_force(session: AsyncSession, draft: Draft, courses: Mapping[Id, Course]) -> Iterable[Placement]:
    query = select(Version.placements).where(Version.term_id == draft.term_id, Version.place_id == draft.place_id)
    rows = await session.scalar(query.order_by(Version.number.desc()).limit(1)) or []
    return [
        Placement(course, number, at(courses[course], weekday, start))
        for course, number, weekday, start, _ in rows
        if course in courses
    ]


async def _taken_by_others(
    session: AsyncSession, draft: Draft, close: ColumnElement[bool] | None
) -> Iterable[Unavailable]:
    """What other places have published in the term is time taken of whoever they share with this one."""
    others = [one for one in await newest(session, draft.term_id) if one.place_id != draft.place_id]
    placed = [(version.place_id, row) for version in others for row in version.placements]
    wanted = one_of(CourseRow.id, {row[0] for _, row in placed})
    rows = (await session.scalars(select(CourseRow).where(wanted if close is None else wanted & close))).all()
    seats = await seats_of(session, [row.id for row in rows])
    courses = {str(row.id): course_of(row, seats[row.id]) for row in rows}
    query = select(Organisation.id, Organisation.name_zh).where(one_of(Organisation.id, {place for place, _ in placed}))
    names = {row.id: row.name_zh for row in await session.execute(query)}
    return [
        Unavailable(who, at(course, row[2], row[3]), f"{names[place]}排了《{course.name}》", course.weeks)
        for place, row in placed
        if (course := courses.get(row[0]))
        for who in taking(course)
    ]


def _of_concern(week: Week, taken: Iterable[Unavailable]) -> Iterable[Unavailable]:
    known = {one.id for rows in (week.people, week.rooms, week.classes, week.schools) for one in rows}
    return (one for one in taken if one.who in known)
