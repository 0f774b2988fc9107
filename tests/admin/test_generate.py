from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import admin.generate
import classroom.lessons.generate
from admin.models import Organisation, Room
from classroom.lessons.models import Lesson
from core.clock import now


async def rooms(session: AsyncSession) -> int | None:
    return await session.scalar(select(func.count(Room.id)))


async def test_a_prefecture_has_exactly_as_many_classrooms_as_asked(session: AsyncSession) -> None:
    await admin.generate.prefecture(session, classrooms=2500)
    assert await rooms(session) == 2500
    await admin.generate.prefecture(session, classrooms=2500)
    assert await rooms(session) == 2500


async def test_every_school_has_a_code_of_its_own_and_every_teaching_point_hangs_under_a_school(
    session: AsyncSession,
) -> None:
    await admin.generate.prefecture(session, classrooms=2500)
    places = {place.id: place for place in (await session.scalars(select(Organisation))).all()}
    for place in places.values():
        assert (place.identification is not None) == (place.tier == "school")
        if place.tier == "teaching_point":
            assert place.parent_id
            assert places[place.parent_id].tier == "school"


async def test_the_same_seed_makes_the_same_prefecture(session: AsyncSession) -> None:
    made = []
    for _ in range(2):
        async with session.begin_nested() as attempt:
            await admin.generate.prefecture(session, classrooms=2000, seed=7)
            made.append((await session.execute(select(Room.id, Room.key, Room.name).order_by(Room.key))).all())
            await attempt.rollback()
    assert made[0] == made[1]


async def test_generated_lessons_pass_the_constraints_against_double_booking(session: AsyncSession) -> None:
    await admin.generate.prefecture(session, classrooms=2500)
    before = await session.scalar(select(func.count(Lesson.id))) or 0
    await classroom.lessons.generate.term(session, lessons=600)
    assert await session.scalar(select(func.count(Lesson.id))) == before + 600
    await classroom.lessons.generate.term(session, lessons=600)
    assert await session.scalar(select(func.count(Lesson.id))) == before + 600


async def test_generated_lessons_are_before_now_at_this_hour_and_after(session: AsyncSession) -> None:
    await admin.generate.prefecture(session, classrooms=2500)
    await classroom.lessons.generate.term(session, lessons=2400)
    hour = now().replace(minute=0, second=0, microsecond=0)
    rows = await session.execute(select(Lesson.starts_at, func.count()).where(~Lesson.demo).group_by(Lesson.starts_at))
    starts = {row[0]: row[1] for row in rows}
    assert starts[hour] >= 50
    assert min(starts) < hour - timedelta(days=2)
    assert max(starts) > hour + timedelta(days=2)
