from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from classroom.lessons import demo, sweeps
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.reading import in_state
from core.clock import now
from tests.admin.cast import Desk


async def coming(session: AsyncSession) -> list[Lesson]:
    query = select(Lesson).where(Lesson.demo, Lesson.over_at > now()).order_by(Lesson.starts_at)
    return list((await session.scalars(query)).all())


async def test_the_demo_lesson_is_the_only_live_one_and_has_a_successor(session: AsyncSession) -> None:
    [live] = (await session.scalars(select(Lesson).where(in_state("live", now())))).all()
    present, following = await coming(session)
    assert live.id == present.id
    assert following.starts_at == present.ends_at
    assert (present.teacher_id, present.recording) == (seed.person("teacher"), "teacher_board")


async def test_it_goes_from_the_model_school_to_three_teaching_points(session: AsyncSession) -> None:
    present, _ = await coming(session)
    query = select(LessonRoom.room_id).where(LessonRoom.lesson_id == present.id).order_by(LessonRoom.place)
    rooms = (await session.scalars(query)).all()
    assert rooms == [seed.room(key) for key in ("XY-03-1", "QL-02-1", "WM-02-1", "CH-03-1")]


async def test_loading_and_keeping_again_change_nothing(session: AsyncSession) -> None:
    before = [lesson.id for lesson in (await session.scalars(select(Lesson).order_by(Lesson.id))).all()]
    await demo.load(session)
    await demo.keep(session)
    after = [lesson.id for lesson in (await session.scalars(select(Lesson).order_by(Lesson.id))).all()]
    assert after == before


async def test_there_is_no_minute_without_a_demo_lesson(session: AsyncSession) -> None:
    moment = now()
    for _ in range(20):
        await demo.ensure(session, moment)
        await session.flush()
        live = (await session.scalars(select(Lesson).where(Lesson.demo, in_state("live", moment)))).all()
        assert len(live) == 1, moment
        moment += timedelta(minutes=9)


async def test_after_a_night_switched_off_a_new_one_begins_at_once(session: AsyncSession) -> None:
    morning = now() + timedelta(hours=9)
    await demo.ensure(session, morning)
    [live] = (await session.scalars(select(Lesson).where(Lesson.demo, in_state("live", morning)))).all()
    assert live.starts_at == morning


async def test_when_it_is_ended_early_the_next_one_begins(desk: Desk) -> None:
    client = await desk("teacher")
    [live] = (await client.get("/api/lessons?state=live")).json()["items"]
    assert (await client.post(f"/api/lessons/{live['id']}/end")).status_code == 200
    async with desk.ground.transaction() as session:
        await demo.keep(session)
    [following] = (await client.get("/api/lessons?state=live")).json()["items"]
    assert following["id"] != live["id"]


async def test_examples_of_tomorrow_stay_tomorrows(session: AsyncSession) -> None:
    lesson = await session.get_one(Lesson, seed.id_of("lesson", "family"))
    lesson.starts_at, lesson.ends_at = now() + timedelta(minutes=30), now() + timedelta(minutes=70)
    await session.flush()
    await demo.keep(session)
    await session.refresh(lesson)
    assert lesson.starts_at > now() + timedelta(hours=23)


async def test_a_house_without_the_demo_is_left_alone(session: AsyncSession) -> None:
    for lesson in (await session.scalars(select(Lesson))).all():
        await session.delete(lesson)
    await session.flush()
    await demo.keep(session)
    assert (await session.scalars(select(Lesson))).all() == []


async def test_a_lesson_that_nobody_ended_is_closed_once(desk: Desk) -> None:
    for _ in range(2):
        async with desk.ground.transaction() as session:
            await sweeps.close_overrun(session, desk.ground)
    async with desk.ground.transaction() as session:
        closed = (await session.scalars(select(Lesson).where(Lesson.over_at <= now()))).all()
        assert {lesson.id for lesson in closed} == {seed.id_of("lesson", key) for key in ("light", "song")}
        assert all(lesson.ended_at == lesson.over_at for lesson in closed)
