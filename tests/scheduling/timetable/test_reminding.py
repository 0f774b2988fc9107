"""Whoever teaches or assists is reminded when a lesson's room opens."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.notices.models import Notice
from scheduling.timetable.reminding import remind_of
from tests.admin.cast import Desk
from tests.scheduling.timetable.cast import ASSISTANT, TEACHER, first_week, planned


async def told(session: AsyncSession) -> list[tuple[str, str]]:
    query = select(Notice.person_id, Notice.values).where(Notice.kind == "lesson.soon")
    return sorted((str(person), values["time"]) for person, values in await session.execute(query))


async def test_teacher_and_assistant_are_reminded_once_when_the_room_opens(desk: Desk) -> None:
    here = await planned(desk)
    await here.publish(await here.placed())
    begins = datetime.fromisoformat(first_week(1, "08:30")).astimezone(UTC)
    async with desk.ground.transaction() as session:
        await remind_of(session, begins - timedelta(minutes=11))
        assert await told(session) == []
        for minutes in (10, 9, 5):
            await remind_of(session, begins - timedelta(minutes=minutes))
        assert await told(session) == sorted([(ASSISTANT, "08:30"), (TEACHER, "08:30")])


async def test_nobody_is_reminded_of_a_lesson_that_was_cancelled(desk: Desk) -> None:
    here = await planned(desk)
    await here.publish(await here.placed())
    (monday, *_) = (await here.week())["cells"]
    await here.sent("POST", f"published-lessons/{monday['id']}/cancel", {"reason": "停电"}, 201)
    begins = datetime.fromisoformat(first_week(1, "08:30")).astimezone(UTC)
    async with desk.ground.transaction() as session:
        await remind_of(session, begins - timedelta(minutes=10))
        assert await told(session) == []
