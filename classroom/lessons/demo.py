"""The demo's lessons: one that is always live, from 兴义一小 to three teaching points, its successor, and some around.

The successor is made before its time and begins the moment the present one ends, so no minute is without a lesson.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from classroom.lessons import rules
from classroom.lessons.booking import book, hold
from classroom.lessons.models import Lesson, LessonOrder
from classroom.lessons.plan import Plan, booked_rooms
from classroom.lessons.reading import HOME
from core.clock import now
from core.errors import Conflict
from core.ids import new_id

log = structlog.get_logger()

WINDOW = timedelta(minutes=45)
KEEPER = 7_310_021
"""Any number, the same everywhere: the advisory lock of whoever keeps the demo lesson."""

MOON = {
    "title": "月相变化的规律",
    "subject": "科学",
    "grade": 3,
    "kind": "dedicated",
    "textbook_version": "教科版",
    "volume": "下",
    "chapter": "第三单元 太阳、地球和月球",
    "recording": "teacher_board",
}
FROM, TO = "XY-03-1", ("QL-02-1", "WM-02-1", "CH-03-1")

EXAMPLES: dict[str, dict[str, Any]] = {
    "light": {
        "words": {"title": "光的传播", "grade": 5, "volume": "上", "chapter": "第一单元 光", "recording": "teacher"},
        "by": ("teacher", "XY-03-2", ("ZF-03-1", "ZF-02-1")),
        "at": (-1, 9, 20),
    },
    "song": {
        "words": {"title": "摇船调", "subject": "音乐", "textbook_version": "人教版", "recording": "none"},
        "by": ("liwenbo", "XY-03-2", ("QL-02-1", "QL-03-1")),
        "at": (-1, 10, 30),
    },
    "family": {
        "words": {"title": "My family", "subject": "英语", "kind": "school_online", "textbook_version": "人教版"},
        "by": ("wuxiuying", "XY-04-1", ("CH-02-1", "PA-02-1", "AL-03-1")),
        "at": (1, 10, 30),
    },
    "shadow": {
        "words": {"title": "影子的秘密", "recording": "teacher"},
        "by": ("teacher", "XY-03-2", ("QL-03-1", "WM-03-1", "ZF-03-1")),
        "at": (1, 14, 0),
    },
}
"""`words` differ from MOON; `by`: teacher, sending and receiving rooms; `at`: days from now, hour, minute at home."""


async def load(session: AsyncSession) -> None:
    """Loading again adds what is missing. The registry's demo must be there (admin.demo.load)."""
    moment = now()
    for key, example in EXAMPLES.items():
        if await session.get(Lesson, seed.id_of("lesson", key)) is None:
            await _example(session, key, example, moment)
    await ensure(session, moment)


async def keep(session: AsyncSession) -> None:
    """Does nothing in a house without the demo."""
    if await session.scalar(select(Lesson.id).where(Lesson.demo).limit(1)):
        await ensure(session, now())
        await _put_off(session, now())


async def ensure(session: AsyncSession, moment: datetime) -> None:
    """One demo lesson whose window contains this moment, and one after it."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:keeper)"), {"keeper": KEEPER})
    query = select(Lesson).where(Lesson.demo, Lesson.over_at > moment).order_by(Lesson.starts_at)
    coming = list((await session.scalars(query)).all())
    try:
        if not coming:
            coming = [await _open(session, moment)]
        elif coming[0].starts_at > moment:
            await _bring_forward(session, coming, moment)
        if len(coming) == 1:
            await _open(session, coming[0].ends_at)
    except Conflict as clash:
        log.warning("demo_lesson_waits", reason=clash.zh)


async def _open(session: AsyncSession, starts_at: datetime) -> Lesson:
    return await _make(session, {"demo": True, "overrun": 0, **MOON}, ("teacher", FROM, TO), starts_at, WINDOW)


async def _bring_forward(session: AsyncSession, coming: Sequence[Lesson], moment: datetime) -> None:
    """The one before was ended early: the next begins now, and what follows moves up behind it."""
    for place, lesson in enumerate(coming):
        lesson.starts_at = moment + place * WINDOW
        lesson.ends_at = lesson.starts_at + WINDOW
        await hold(session, lesson, since=lesson.starts_at)
        session.add(LessonOrder(lesson_id=lesson.id, kind="change", created_at=moment))


async def _example(session: AsyncSession, key: str, example: dict[str, Any], moment: datetime) -> None:
    days, hour, minute = example["at"]
    day = moment.astimezone(HOME) + timedelta(days=days)
    starts_at = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
    words = {"id": seed.id_of("lesson", key), "demo": False, "overrun": int(rules.OVERRUN)}
    words |= MOON | {"volume": "上", "chapter": "第二单元"} | example["words"]
    await _make(session, words, example["by"], starts_at, timedelta(minutes=40))


async def _put_off(session: AsyncSession, moment: datetime) -> None:
    """Examples of tomorrow stay tomorrow's, so that the demo lesson is the only live one."""
    examples = [seed.id_of("lesson", key) for key in EXAMPLES]
    near = select(Lesson).where(Lesson.id.in_(examples), Lesson.starts_at < moment + timedelta(hours=1))
    for lesson in (await session.scalars(near.where(Lesson.over_at > moment, Lesson.started_at.is_(None)))).all():
        lesson.starts_at += timedelta(days=1)
        lesson.ends_at += timedelta(days=1)
        await hold(session, lesson, since=lesson.starts_at)


async def _make(
    session: AsyncSession,
    words: dict[str, Any],
    by: tuple[str, str, Sequence[str]],
    starts_at: datetime,
    lasts: timedelta,
) -> Lesson:
    teacher, sending, receiving = by
    rooms = (seed.room(sending), tuple(seed.room(key) for key in receiving))
    plan = Plan(starts_at, starts_at + lasts, seed.person(teacher), *rooms)
    lesson = Lesson(**{"id": new_id(), "created_at": now(), **words})
    lesson.starts_at, lesson.ends_at, lesson.teacher_id = plan.starts_at, plan.ends_at, plan.teacher_id
    await book(session, lesson, await booked_rooms(session, plan))
    return lesson
