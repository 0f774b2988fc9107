from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import admin.generate
import classroom.lessons.generate
from admin.models import Organisation, Room
from classroom.lessons.models import Lesson
from core.database import make_engine, session_maker, transaction


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


async def test_the_same_seed_makes_the_same_prefecture(database_url: str, session: AsyncSession) -> None:
    keys = select(Room.id, Room.key, Room.name).where(Room.key.startswith(admin.generate.GENERATED)).order_by(Room.key)
    await admin.generate.prefecture(session, classrooms=2000, seed=7)
    first = (await session.execute(keys.limit(1900))).all()
    engine = make_engine(database_url)
    async with transaction(session_maker(engine)) as other:
        await admin.generate.prefecture(other, classrooms=2000, seed=7)
        assert (await other.execute(keys.limit(1900))).all() == first
    await engine.dispose()


async def test_generated_lessons_pass_the_constraints_against_double_booking(session: AsyncSession) -> None:
    await admin.generate.prefecture(session, classrooms=2500)
    before = await session.scalar(select(func.count(Lesson.id))) or 0
    await classroom.lessons.generate.term(session, lessons=600)
    assert await session.scalar(select(func.count(Lesson.id))) == before + 600
