"""A teacher's own numbers of the term on the start page."""

from datetime import UTC, datetime

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Room
from admin.start.waiting import Figure, Found, Source
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom


def term_begins(moment: datetime) -> datetime:
    """1 September or 1 March, whichever was last."""
    year, month = moment.year, 9 if moment.month >= 9 else 3
    return datetime(year if moment.month >= 3 else year - 1, month if moment.month >= 3 else 9, 1, tzinfo=UTC)


async def waiting(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    led = or_(Lesson.teacher_id == who.id, Lesson.substitute_id == who.id)
    query = select(func.count(distinct(Lesson.id)), func.count(distinct(Room.school_id)))
    query = query.outerjoin(LessonRoom, (LessonRoom.lesson_id == Lesson.id) & (LessonRoom.part == "receiving"))
    query = query.outerjoin(Room, Room.id == LessonRoom.room_id)
    query = query.where(led, Lesson.started_at.is_not(None), Lesson.starts_at >= term_begins(moment))
    lessons, schools = (await session.execute(query)).one()
    words = ("本学期送教", "Lessons this term", "本学期已开始的课", "lessons of this term that were begun")
    heard = ("听过的学校", "Schools reached", "收过这些课的学校和教学点", "schools and points that received them")
    return Found(figures=[_figure("taught", lessons, "节", words), _figure("schools", schools, "所", heard)])


def _figure(key: str, value: int, unit: str, words: tuple[str, str, str, str]) -> Figure:
    zh, en, definition_zh, definition_en = words
    plain = {"definition_zh": definition_zh, "definition_en": definition_en, "page": "/lessons"}
    return Figure(key=f"lessons.{key}", zh=zh, en=en, value=str(value), unit=unit, **plain)


SOURCE = Source(("lessons.teach",), waiting)
