"""Rooms are looked for every minute; their assistants count heads."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from admin import seed
from classroom.interaction.log import LessonLog
from classroom.interaction.presence import Presence
from classroom.ledger import attendance
from core.clock import now
from tests.admin.cast import Desk

ROOMS = ("QL-02-1", "WM-02-1", "CH-03-1")


async def demo_lesson(desk: Desk) -> str:
    live = (await (await desk("bureau")).get("/api/lessons?state=live")).json()["items"]
    found: str = live[0]["id"]
    return found


async def looked(desk: Desk, lesson: str, room: str, minute: int) -> int:
    moment = now() + timedelta(minutes=minute)
    await Presence(desk.ground.valkey).here(lesson, str(seed.room(room)), "socket", moment.timestamp())
    async with desk.ground.transaction() as session:
        return await attendance.look(session, desk.ground, moment)


async def told(desk: Desk, lesson: str) -> dict[str, Any]:
    rows = (await (await desk("bureau")).get(f"/api/lessons/{lesson}/attendance")).json()
    return {row["room"]["id"]: row for row in rows}


async def test_a_minute_counts_once_whoever_looks_twice(desk: Desk) -> None:
    lesson = await demo_lesson(desk)
    assert [await looked(desk, lesson, "QL-02-1", minute) for minute in (0, 0, 1, 2, 1)] == [1, 1, 1, 1, 1]
    found = await told(desk, lesson)
    assert {key: found[str(seed.room(key))]["minutes"] for key in ROOMS} == {"QL-02-1": 3, "WM-02-1": 0, "CH-03-1": 0}
    assert found[str(seed.room("QL-02-1"))]["of"] == 45
    assert not found[str(seed.room("QL-02-1"))]["attended"]


async def test_four_fifths_of_a_lesson_are_attendance(desk: Desk) -> None:
    lesson = await demo_lesson(desk)
    for minute in range(36):
        async with desk.ground.transaction() as session:
            there = [(UUID(lesson), seed.room("QL-02-1"))]
            await attendance.write(session, there, now() + timedelta(minutes=minute))
    assert (await told(desk, lesson))[str(seed.room("QL-02-1"))]["attended"]


async def test_a_minute_with_a_weak_line_is_attendance_but_not_received_well(desk: Desk) -> None:
    lesson, room = await demo_lesson(desk), str(seed.room("QL-02-1"))
    line = {"direction": "receive", "person": "p", "name": "n", "role": "classroom", "room": room, "connected": True}
    log = LessonLog(desk.ground.valkey)
    for minute, state in enumerate(("ok", "weak", "ok", "down")):
        await log.append(lesson, "line", "session", line | {"state": state, "relay": "r"})
        await looked(desk, lesson, "QL-02-1", minute)
    await log.append(lesson, "line", "session", line | {"state": "ok", "direction": "send", "relay": "r"})
    await looked(desk, lesson, "QL-02-1", 4)
    found = (await told(desk, lesson))[room]
    assert (found["minutes"], found["good_minutes"], found["received_well"]) == (5, 2, False)


async def test_an_assistant_counts_the_heads_of_her_own_room(desk: Desk) -> None:
    lesson = await demo_lesson(desk)
    client = await desk("village")
    address, own = f"/api/lessons/{lesson}/attendance", str(seed.room("QL-02-1"))
    answer = await client.put(address, json={"room_id": own, "heads": 11})
    assert answer.status_code == 200, answer.text
    await looked(desk, lesson, "QL-02-1", 0)
    assert (await told(desk, lesson))[own] | {"room": 0, "school": 0} == {
        "room": 0, "school": 0, "minutes": 1, "of": 45, "attended": False, "good_minutes": 0,
        "received_well": False, "heads": 11,
    }  # fmt: skip
    other = await client.put(address, json={"room_id": str(seed.room("WM-02-1")), "heads": 3})
    assert (other.status_code, other.json()["code"]) == (403, "not-your-place")
