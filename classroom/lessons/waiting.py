"""A teacher's own numbers of the term on the start page."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Room
from admin.start.waiting import Figure, Found, Source
from admin.who import Actor
from admin.working_days import local_day
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.reading import day_of


def term_begins(today: date) -> date:
    """1 September or 1 March, whichever was last."""
    if today.month < 3:
        return date(today.year - 1, 9, 1)
    return date(today.year, 9 if today.month >= 9 else 3, 1)


async def waiting(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    led = or_(Lesson.teacher_id == who.id, Lesson.substitute_id == who.id)
    query = select(func.count(distinct(Lesson.id)), func.count(distinct(Room.school_id)))
    query = query.outerjoin(LessonRoom, (LessonRoom.lesson_id == Lesson.id) & (LessonRoom.part == "receiving"))
    query = query.outerjoin(Room, Room.id == LessonRoom.room_id)
    today = local_day(moment)
    first, last = term_begins(today), today + timedelta(days=1)
    in_term = Lesson.starts_at.between(day_of(first)[0], day_of(last)[1])
    query = query.where(led, Lesson.started_at.is_not(None), in_term)
    lessons, schools = (await session.execute(query)).one()
    words = ("本学期送教", "Lessons this term", "本学期已开始的课", "lessons of this term that were begun")
    heard = ("听过的学校", "Schools reached", "收过这些课的学校和教学点", "schools and points that received them")
    span = f"day={first}&until={last}&fate=begun"
    taught = _figure("taught", lessons, "节", words, f"/lessons?{span}&teacher={who.id}", moment)
    page = f"/receptions/schools?{span}&mine=true"
    return Found(figures=[taught, _figure("schools", schools, "所", heard, page, moment)])


def _figure(key: str, value: int, unit: str, words: tuple[str, str, str, str], page: str, moment: datetime) -> Figure:
    zh, en, definition_zh, definition_en = words
    plain: dict[str, Any] = {
        "definition_zh": definition_zh,
        "definition_en": definition_en,
        "page": page,
        "source": "lessons",
    }
    return Figure(key=f"lessons.{key}", zh=zh, en=en, value=str(value), unit=unit, at=moment, **plain)


SOURCE = Source(("lessons.teach",), waiting)
