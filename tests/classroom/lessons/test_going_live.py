import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError
from sqlalchemy import func, select

from admin import seed
from classroom.interaction.log import LessonLog
from classroom.lessons.models import LessonOrder
from classroom.lessons.outbox import lesson_fact, repeat, send_unsent
from classroom.orders import CHANNEL, STANDING, standing
from tests.admin.cast import Desk, lesson_body


async def made(desk: Desk, minutes: int = 8, **changes: Any) -> str:
    """A lesson that begins in `minutes`, with rooms that the demo lesson leaves free."""
    starts_at = datetime.now(UTC) + timedelta(minutes=minutes)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=40)}
    free = {
        "teacher_id": seed.person("liwenbo"),
        "sending_room_id": seed.room("XY-03-2"),
        "receiving_room_ids": [seed.room("QL-03-1"), seed.room("CH-02-1")],
    }
    body = lesson_body(**{**times, **free, **changes})
    answer = await (await desk("bureau")).post("/api/lessons", json=body)
    assert answer.status_code == 201, answer.text
    made_id: str = answer.json()["id"]
    return made_id


async def act(desk: Desk, lesson: str, act: str, who: str = "bureau", body: Any = None) -> Any:
    return await (await desk(who)).post(f"/api/lessons/{lesson}/{act}", json=body)


@pytest.fixture
async def heard(desk: Desk) -> AsyncIterator[Any]:
    """What relays hear."""
    async with desk.ground.valkey.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe(CHANNEL)
        await channel.get_message(timeout=1)

        async def hear() -> Any:
            message = await channel.get_message(timeout=2)
            return message and json.loads(message["data"])

        yield hear


async def fact(desk: Desk, lesson: str) -> dict[str, Any]:
    _, facts = await LessonLog(desk.ground.valkey).state(lesson)
    return next(dict(one.body or {}) for one in facts if one.type == "lesson")


async def test_a_lesson_may_be_started_before_its_time(desk: Desk) -> None:
    lesson = await made(desk)
    answer = await act(desk, lesson, "start")
    assert (answer.status_code, answer.json()["state"]) == (200, "live")
    assert (await fact(desk, lesson))["state"] == "live"


async def test_a_second_press_of_start_changes_nothing(desk: Desk) -> None:
    lesson = await made(desk)
    assert (await act(desk, lesson, "start")).json() == (await act(desk, lesson, "start")).json()


async def test_a_lesson_that_is_not_open_says_when_it_opens(desk: Desk) -> None:
    lesson = await made(desk, minutes=120)
    problem = (await act(desk, lesson, "start")).json()
    opens_at = (await (await desk("bureau")).get(f"/api/lessons/{lesson}")).json()["opens_at"]
    assert problem["code"] == "lesson-not-open"
    assert datetime.fromisoformat(problem["opens_at"]) == datetime.fromisoformat(opens_at)


async def test_ending_tells_pages_and_relays(desk: Desk, heard: Any) -> None:
    lesson = await made(desk)
    await act(desk, lesson, "start")
    answer = await act(desk, lesson, "end")
    assert (answer.status_code, answer.json()["state"]) == (200, "ended")
    assert await heard() == {"lesson": lesson, "order": "end"}
    assert (await fact(desk, lesson))["state"] == "ended"
    assert (await act(desk, lesson, "end")).json() == answer.json()


async def test_an_upcoming_lesson_cannot_be_ended(desk: Desk) -> None:
    assert (await act(desk, await made(desk), "end")).json()["code"] == "lesson-not-live"


async def test_a_lesson_that_ended_early_frees_its_rooms(desk: Desk) -> None:
    lesson = await made(desk, minutes=-5)
    await act(desk, lesson, "end")
    await made(desk, minutes=1)


async def test_shutting_down_tells_the_reason_to_everyone(desk: Desk, heard: Any) -> None:
    lesson = await made(desk, minutes=-5)
    answer = await act(desk, lesson, "shutdown", body={"reason": "画面里有不该有的内容"})
    assert answer.json()["state"] == "ended"
    assert answer.json()["shutdown"] == {
        "at": answer.json()["shutdown"]["at"],
        "reason": "画面里有不该有的内容",
        "by": "杨立群",
    }
    assert await heard() == {"lesson": lesson, "order": "shutdown"}
    assert (await fact(desk, lesson))["shutdown_reason"] == "画面里有不该有的内容"
    again = await act(desk, lesson, "shutdown", body={"reason": "再一次"})
    assert (again.status_code, again.json()["code"]) == (409, "lesson-ended")


async def test_a_receiving_county_may_shut_down_but_not_end(desk: Desk) -> None:
    lesson = await made(desk, minutes=-5)
    assert (await act(desk, lesson, "end", who="bureau-qinglong")).json()["code"] == "not-your-lesson"
    assert (await act(desk, lesson, "shutdown", who="bureau-qinglong", body={"reason": "停电"})).status_code == 200


@pytest.mark.parametrize("body", [None, {}, {"reason": ""}, {"reason": " "}])
async def test_a_shutdown_needs_a_reason(desk: Desk, body: Any) -> None:
    assert (await act(desk, await made(desk), "shutdown", body=body)).status_code == 422


async def test_a_deleted_lesson_is_over_for_whoever_is_in_it(desk: Desk, heard: Any) -> None:
    lesson = await made(desk)
    await (await desk("bureau")).delete(f"/api/lessons/{lesson}")
    assert await heard() == {"lesson": lesson, "order": "end"}
    assert (await fact(desk, lesson))["state"] == "ended"


async def test_a_teacher_does_nothing_with_a_colleagues_lesson(desk: Desk) -> None:
    lesson = await made(desk, minutes=-5)
    for action in ("start", "end"):
        answer = await act(desk, lesson, action, who="teacher")
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-lesson")


async def test_a_colleague_may_step_in_and_the_lead_teacher_take_back(desk: Desk) -> None:
    starts_at = datetime.now(UTC) + timedelta(days=3)
    lesson = await made(desk, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=40))
    stepped = await act(desk, lesson, "substitute", who="teacher", body={"person_id": str(seed.person("teacher"))})
    assert stepped.json()["substitute"]["name"] == "陈静怡"
    assert (await fact(desk, lesson))["teacher_name"] == "陈静怡"
    back = await act(desk, lesson, "substitute", who="bureau", body={"person_id": str(seed.person("liwenbo"))})
    assert back.json()["substitute"] is None


async def test_who_has_just_ended_a_lesson_may_step_into_another_that_is_on(desk: Desk) -> None:
    begun = await made(desk, teacher_id=seed.person("colleague"))
    other: dict[str, Any] = {"sending_room_id": seed.room("XY-01-1"), "receiving_room_ids": [seed.room("PA-02-1")]}
    on = await made(desk, teacher_id=seed.person("zhoumingyuan"), **other)
    for lesson in (on, begun):
        assert (await act(desk, lesson, "start")).status_code == 200
    assert (await act(desk, begun, "end")).status_code == 200
    stepped = await act(desk, on, "substitute", body={"person_id": str(seed.person("colleague"))})
    assert stepped.status_code == 200, stepped.text
    assert (await act(desk, on, "end")).status_code == 200


async def test_a_teacher_of_another_school_cannot_step_in(desk: Desk) -> None:
    lesson = await made(desk)
    answer = await act(desk, lesson, "substitute", who="teacher", body={"person_id": str(seed.person("wuxiuying"))})
    assert answer.status_code == 403


async def test_when_valkey_is_down_the_order_waits_and_is_sent_later(desk: Desk, heard: Any, monkeypatch: Any) -> None:
    lesson = await made(desk, minutes=-5)

    async def refuse(self: Redis, *args: Any, **kwargs: Any) -> None:
        raise ConnectionError("down")

    with monkeypatch.context() as outage:
        outage.setattr(LessonLog, "append_all", refuse)
        assert (await act(desk, lesson, "end")).status_code == 200
    assert await unsent(desk) == 1
    assert await send_unsent(desk.ground) == 1
    assert await heard() == {"lesson": lesson, "order": "end"}
    assert await unsent(desk) == 0
    assert await send_unsent(desk.ground) == 0


async def test_a_valkey_that_lost_its_memory_gets_the_orders_again_that_forbid_a_ticket(desk: Desk, heard: Any) -> None:
    lesson = await made(desk, minutes=-5)
    await act(desk, lesson, "shutdown", body={"reason": "停电"})
    order = {"lesson": lesson, "order": "shutdown"}
    assert await heard() == order
    for lost in (True, False):
        if lost:
            await desk.ground.valkey.delete(STANDING)
        async with desk.ground.transaction() as session:
            await repeat(session, desk.ground)
        assert [json.loads(text) for text in await standing(desk.ground.valkey)] == [order]
    assert await heard() == order
    assert await heard() is None, "what stands is not told again"


async def test_the_socket_is_told_the_fact_of_any_lesson(desk: Desk) -> None:
    lesson = await made(desk)
    of = lesson_fact(desk.ground.sessions)
    told = await of(lesson)
    assert told
    assert (told["state"], told["title"], told["teacher_name"]) == ("upcoming", "水的三态", "李文博")
    assert await of("no lesson") is None
    assert await of(str(seed.id_of("lesson", "none"))) is None


async def unsent(desk: Desk) -> int | None:
    async with desk.ground.transaction() as session:
        return await session.scalar(select(func.count(LessonOrder.id)).where(LessonOrder.sent_at.is_(None)))
