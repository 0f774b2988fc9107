from typing import Any

from sqlalchemy import select

from admin import seed
from classroom.interaction.log import LessonLog, stage_key
from classroom.lessons.models import LessonRoom
from core.audit import AuditEntry
from tests.admin.cast import Desk


async def demo_lesson(session: Any) -> str:
    part = select(LessonRoom.lesson_id).where(LessonRoom.room_id == seed.room("QL-02-1")).limit(1)
    return str((await session.scalars(part)).one())


async def test_a15_the_assistants_phone_asks_something_of_her_rooms_screen(desk: Desk, session: Any) -> None:
    lesson = await demo_lesson(session)
    answer = await (await desk("village")).post(f"/api/lessons/{lesson}/remote", json={"act": "sound-off"})
    assert answer.status_code == 204, answer.text
    _, facts = await LessonLog(desk.ground.valkey).state(stage_key(lesson, "live"))
    [fact] = [one for one in facts if one.name == ("remote", str(seed.room("QL-02-1")))]
    assert fact.body
    assert (fact.body["act"], fact.body["by"]) == ("sound-off", "韦小兰")
    [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "room.remote"))
    assert entry.object == f"room:{seed.room('QL-02-1')}"


async def test_nobody_asks_anything_of_another_rooms_screen(desk: Desk, session: Any) -> None:
    tone = {"act": "tone"}
    address = f"/api/lessons/{await demo_lesson(session)}/remote"
    assert (await (await desk("teacher")).post(address, json=tone)).json()["code"] == "not-allowed"
    another = f"/api/lessons/{seed.id_of('lesson', 'none')}/remote"
    assert (await (await desk("village")).post(another, json=tone)).json()["code"] == "not-your-place"
