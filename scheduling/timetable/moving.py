"""Moving, taking out, putting in and locking lessons of a draft: all that is asked for, or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.paging import one_of
from admin.who import Actor
from core import audit
from core.errors import NotFound, NotValid
from scheduling.calendar.bells import read_clock
from scheduling.plan.models import CourseRow
from scheduling.timetable import drafts, judging
from scheduling.timetable.models import Draft, DraftLesson
from scheduling.timetable.schemas import MoveIn, MovesIn, MovesOut

Key = tuple[UUID, int]
MIDNIGHT = 24 * 60


async def apply(session: AsyncSession, who: Actor, draft: UUID, body: MovesIn, request: Request) -> MovesOut:
    row = await drafts.reached(session, who, "plan.change", draft, lock=True)
    await drafts.must_be_present(session, row, body.revision)
    await move(session, row, body.moves, who.id)
    after = {"moves": [one.model_dump(mode="json", exclude_unset=True) for one in body.moves]}
    name = f"timetable-draft:{draft}"
    await audit.record(session, who.id, "timetable-draft.move", name, after=after, request=request)
    out = await drafts.one(session, row)
    return MovesOut(draft=out, faults=await judging.around(session, row, {one.course_id for one in body.moves}))


async def move(session: AsyncSession, row: Draft, moves: Sequence[MoveIn], by: UUID | None) -> None:
    """Raises NotFound, NotValid. The draft's revision moves on."""
    courses = await courses_of(session, row, {one.course_id for one in moves})
    lessons = await _lessons(session, row, moves)
    drafts.touch(row, by)
    for one in moves:
        key = (one.course_id, one.number)
        _must_be_a_lesson(one, courses, lessons)
        if key not in lessons:
            lessons[key] = DraftLesson(draft_id=row.id, course_id=one.course_id, number=one.number, locked=False)
            session.add(lessons[key])
        _change(lessons[key], one, courses[one.course_id])
        lessons[key].revision = row.revision
    await session.flush()


async def courses_of(session: AsyncSession, row: Draft, ids: Iterable[UUID] | None = None) -> dict[UUID, CourseRow]:
    """The courses that the draft holds, all or of these."""
    query = select(CourseRow).where(CourseRow.term_id == row.term_id, CourseRow.authority_id == row.place_id)
    if ids is not None:
        query = query.where(one_of(CourseRow.id, ids))
    return {course.id: course for course in await session.scalars(query)}


async def _lessons(session: AsyncSession, row: Draft, moves: Sequence[MoveIn]) -> dict[Key, DraftLesson]:
    keys = [(one.course_id, one.number) for one in moves]
    query = select(DraftLesson).where(DraftLesson.draft_id == row.id)
    query = query.where(tuple_(DraftLesson.course_id, DraftLesson.number).in_(keys))
    return {(one.course_id, one.number): one for one in await session.scalars(query)}


def _must_be_a_lesson(one: MoveIn, courses: Mapping[UUID, CourseRow], lessons: Mapping[Key, DraftLesson]) -> None:
    course = courses.get(one.course_id)
    if course is None:
        zh, en = "这门课不在这份草稿里，请刷新。", "This course is not in the draft; load it again."
        raise NotFound("course-unknown", zh=zh, en=en, course_id=str(one.course_id))
    if one.number > course.weekly and (one.course_id, one.number) not in lessons:
        zh = f"《{course.name}》每周 {course.weekly} 节，没有第 {one.number} 节。"
        en = f"{course.name} has {course.weekly} lessons a week; there is no number {one.number}."
        raise NotFound("lesson-unknown", zh=zh, en=en, course_id=str(one.course_id), number=one.number)


def _change(lesson: DraftLesson, one: MoveIn, course: CourseRow) -> None:
    if one.moves:
        lesson.weekday = one.weekday
        lesson.start = None if one.starts is None else read_clock(one.starts)
    if lesson.start is not None and lesson.start + course.minutes > MIDNIGHT:
        zh, en = "这节课要在当天下课，请选早一点。", "The lesson must end on its day; choose an earlier time."
        raise NotValid("lesson-over-midnight", zh=zh, en=en)
    if one.locked is not None:
        lesson.locked = one.locked
    elif lesson.weekday is None:
        lesson.locked = False
    if lesson.locked and lesson.weekday is None:
        zh, en = "没有排上的课不能锁定，请先放到一个时间。", "A lesson without a time cannot be locked; place it first."
        raise NotValid("lock-needs-time", zh=zh, en=en, course_id=str(one.course_id), number=one.number)
