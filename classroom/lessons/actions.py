"""What can be done with a lesson. Each reads as its sentence: who may, what must hold, what changes, what is told."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.rights import Right
from admin.who import Actor, not_your_place
from classroom.lessons import rules
from classroom.lessons.booking import book, hold
from classroom.lessons.models import Lesson
from classroom.lessons.outbox import tell
from classroom.lessons.plan import Plan, check_teacher, checked
from classroom.lessons.reading import HOME, one_lesson, rooms_of
from classroom.lessons.schemas import LessonChange, LessonNew
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotAllowed
from core.ids import new_id

PLANNED = ("starts_at", "ends_at", "teacher_id")
WORDS = ("title", "subject", "grade", "kind", "textbook_version", "volume", "chapter", "recording")


async def create(session: AsyncSession, who: Actor, body: LessonNew, request: Request | None) -> Lesson:
    moment = now()
    rooms = (body.sending_room_id, tuple(body.receiving_room_ids))
    booked = await checked(
        session, who, "lessons.create", Plan(body.starts_at, body.ends_at, body.teacher_id, *rooms), moment
    )
    lesson = Lesson(id=new_id(), overrun=int(rules.OVERRUN), created_by=who.id, created_at=moment, demo=False)
    for name in (*WORDS, *PLANNED):
        setattr(lesson, name, getattr(body, name))
    await book(session, lesson, booked)
    await _record(session, who, "lesson.create", lesson, request, after=body.model_dump(mode="json"))
    return lesson


async def change(
    session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, body: LessonChange, request: Request
) -> Lesson:
    lesson = await _steered(session, who, "lessons.change", lesson_id)
    _must_be_upcoming(lesson, "改")
    before = {name: getattr(lesson, name) for name in (*WORDS, *PLANNED)}
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    plan = await _changed_plan(session, lesson, changes)
    booked = await checked(session, who, "lessons.change", plan, now())
    for name in changes.keys() & {*WORDS, *PLANNED}:
        setattr(lesson, name, changes[name])
    await book(session, lesson, booked)
    await tell(session, ground, lesson, "change")
    await _record(session, who, "lesson.change", lesson, request, before=before, after=changes)
    return lesson


async def delete(session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, request: Request) -> None:
    lesson = await _steered(session, who, "lessons.delete", lesson_id)
    _must_be_upcoming(lesson, "取消")
    await session.delete(lesson)
    await tell(session, ground, lesson, "delete")
    before = {name: getattr(lesson, name) for name in (*WORDS, *PLANNED)}
    await _record(session, who, "lesson.delete", lesson, request, before=before)


async def start(session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, request: Request) -> Lesson:
    lesson = await _steered(session, who, "lessons.start", lesson_id)
    moment = now()
    must_be_open(lesson, moment)
    if lesson.started_at is not None:
        return lesson
    lesson.started_at = moment
    await hold(session, lesson)
    await tell(session, ground, lesson, "start")
    await _record(session, who, "lesson.start", lesson, request)
    return lesson


async def end(session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, request: Request) -> Lesson:
    lesson = await _steered(session, who, "lessons.end", lesson_id)
    moment = now()
    state = rules.lesson_state(lesson.times, moment.timestamp())
    if state == "upcoming":
        zh, en = "这节课还没有开始；不上了请取消。", "The lesson has not begun; to call it off, delete it."
        raise Conflict("lesson-not-live", zh=zh, en=en)
    if state == "live":
        await close(session, ground, lesson, moment)
        await _record(session, who, "lesson.end", lesson, request)
    return lesson


async def close(session: AsyncSession, ground: Connections, lesson: Lesson, moment: datetime) -> None:
    """The lesson is over, by whoever or whatever said so."""
    lesson.ended_at = moment
    await hold(session, lesson)
    await tell(session, ground, lesson, "end")


async def shutdown(
    session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, reason: str, request: Request
) -> Lesson:
    """Every bureau in whose place a room takes part may give this order, not only the sender's."""
    lesson = await one_lesson(session, who, lesson_id, lock=True)
    if who.id not in lesson.leaders and not set(who.place_ids("lessons.change")) & set(lesson.places):
        raise not_your_place()
    moment = now()
    must_not_be_over(lesson, moment)
    lesson.shutdown_at, lesson.shutdown_reason, lesson.shutdown_by = moment, reason, who.id
    await hold(session, lesson)
    await tell(session, ground, lesson, "shutdown")
    await _record(session, who, "lesson.shutdown", lesson, request, after={"reason": reason})
    return lesson


async def substitute(
    session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, person_id: UUID, request: Request
) -> Lesson:
    """By the lead teacher, by the bureau, or by a colleague of the sending school who steps in herself."""
    lesson = await one_lesson(session, who, lesson_id, lock=True)
    steps_in = person_id == who.id and who.may("lessons.teach", await sending_path(session, lesson))
    if not steps_in:
        await _must_steer(session, who, lesson)
    moment = now()
    must_not_be_over(lesson, moment)
    await check_teacher(session, who, "lessons.substitute", person_id)
    before = {"substitute_id": lesson.substitute_id}
    lesson.substitute_id = None if person_id == lesson.teacher_id else person_id
    await hold(session, lesson, since=moment)
    await tell(session, ground, lesson, "substitute")
    after = {"substitute_id": lesson.substitute_id}
    await _record(session, who, "lesson.substitute", lesson, request, before=before, after=after)
    return lesson


def must_be_open(lesson: Lesson, moment: datetime) -> None:
    """Raises Conflict: over, or not open yet, with when it opens."""
    must_not_be_over(lesson, moment)
    if not rules.is_open(lesson.times, moment.timestamp()):
        opens_at = datetime.fromtimestamp(lesson.times.opens_at, UTC)
        begin = opens_at.astimezone(HOME)
        when = f"{begin.month} 月 {begin.day} 日 {begin:%H:%M}"
        zh = f"这节课 {when} 开门，到时再进。"
        en = f"The lesson opens at {begin:%H:%M on %d %B}; come in then."
        raise Conflict("lesson-not-open", zh=zh, en=en, opens_at=opens_at.isoformat())


async def sending_path(session: AsyncSession, lesson: Lesson) -> str:
    sending = (await rooms_of(session, [lesson.id]))[lesson.id][0]
    return sending.path


async def _steered(session: AsyncSession, who: Actor, right: Right, lesson_id: UUID) -> Lesson:
    """The lesson, locked, for someone who leads it or arranges lessons where it is sent from."""
    lesson = await one_lesson(session, who, lesson_id, lock=True)
    await _must_steer(session, who, lesson)
    return lesson


async def _must_steer(session: AsyncSession, who: Actor, lesson: Lesson) -> None:
    if who.id in lesson.leaders or who.may("lessons.change", await sending_path(session, lesson)):
        return
    zh, en = "这节课由主讲教师或教育局操作。", "Only its teacher or the bureau may do this with the lesson."
    raise NotAllowed("not-your-lesson", zh=zh, en=en)


def _must_be_upcoming(lesson: Lesson, verb: str) -> None:
    if rules.lesson_state(lesson.times, now().timestamp()) != "upcoming":
        zh = f"这节课已经开始，不能再{verb}。"
        raise Conflict("lesson-already-live", zh=zh, en="The lesson has begun; it can no longer be changed or deleted.")


def must_not_be_over(lesson: Lesson, moment: datetime) -> None:
    if rules.lesson_state(lesson.times, moment.timestamp()) == "ended":
        over = datetime.fromtimestamp(lesson.times.over_at, UTC).astimezone(HOME)
        zh, en = f"这节课 {over:%H:%M} 已经结束。", f"The lesson ended at {over:%H:%M}."
        raise Conflict("lesson-ended", zh=zh, en=en, reason=lesson.shutdown_reason)


async def _changed_plan(session: AsyncSession, lesson: Lesson, changes: dict[str, Any]) -> Plan:
    sending, *receiving = (await rooms_of(session, [lesson.id]))[lesson.id]
    return Plan(
        starts_at=changes.get("starts_at", lesson.starts_at),
        ends_at=changes.get("ends_at", lesson.ends_at),
        teacher_id=changes.get("teacher_id", lesson.teacher_id),
        sending_room_id=changes.get("sending_room_id", sending.room_id),
        receiving_room_ids=tuple(changes.get("receiving_room_ids", [part.room_id for part in receiving])),
    )


async def _record(
    session: AsyncSession,
    who: Actor,
    action: str,
    lesson: Lesson,
    request: Request | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await audit.record(session, who.id, action, f"lesson:{lesson.id}", before=before, after=after, request=request)
