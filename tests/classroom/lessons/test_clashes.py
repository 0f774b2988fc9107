import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin import seed
from tests.admin.cast import Desk, lesson_body

BEGIN = (datetime.now(UTC) + timedelta(days=9)).replace(hour=2, minute=0, second=0, microsecond=0)


async def create(desk: Desk, minutes: int = 0, **changes: Any) -> Any:
    starts_at = BEGIN + timedelta(minutes=minutes)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=40)}
    return await (await desk("bureau")).post("/api/lessons", json=lesson_body(**{**times, **changes}))


OTHERS: dict[str, Any] = {
    "teacher_id": seed.person("wuxiuying"),
    "sending_room_id": seed.room("XY-04-1"),
    "receiving_room_ids": [seed.room("CH-02-1")],
}


@pytest.mark.parametrize(
    ("same", "code", "busy"),
    [
        ("teacher_id", "teacher-booked", "陈静怡老师"),
        ("sending_room_id", "room-booked", "兴义一小 直录播教室 1"),
        ("receiving_room_ids", "room-booked", "云头教学点 三年级教室"),
    ],
)
async def test_a_double_booking_is_refused_and_names_the_other_lesson(
    desk: Desk, same: str, code: str, busy: str
) -> None:
    first = (await create(desk)).json()
    others = {name: value for name, value in OTHERS.items() if name != same}
    answer = await create(desk, minutes=39, **others)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["busy"]) == (409, code, busy)
    assert problem["lesson"]["id"] == first["id"]
    assert problem["detail_zh"].startswith(busy)
    assert "10:00–10:40 已有《水的三态》" in problem["detail_zh"]


async def test_back_to_back_is_no_clash(desk: Desk) -> None:
    assert (await create(desk)).status_code == 201
    assert (await create(desk, minutes=40)).status_code == 201
    assert (await create(desk, minutes=-40)).status_code == 201


async def test_two_requests_at_once_cannot_both_win(desk: Desk) -> None:
    answers = await asyncio.gather(*[create(desk) for _ in range(12)])
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 11]


async def test_a_change_into_a_taken_time_is_refused_and_leaves_the_lesson_as_it_was(desk: Desk) -> None:
    client = await desk("bureau")
    first, second = (await create(desk)).json(), (await create(desk, minutes=60)).json()
    times = {name: first[name] for name in ("starts_at", "ends_at")}
    answer = await client.patch(f"/api/lessons/{second['id']}", json=times)
    assert (answer.status_code, answer.json()["lesson"]["id"]) == (409, first["id"])
    assert (await client.get(f"/api/lessons/{second['id']}")).json() == second


async def test_a_change_within_the_own_time_is_no_clash_with_itself(desk: Desk) -> None:
    lesson = (await create(desk)).json()
    later = (datetime.fromisoformat(lesson["ends_at"]) + timedelta(minutes=5)).isoformat()
    answer = await (await desk("bureau")).patch(f"/api/lessons/{lesson['id']}", json={"ends_at": later})
    assert answer.status_code == 200


async def test_a_substitute_who_teaches_elsewhere_is_refused(desk: Desk) -> None:
    first = (await create(desk)).json()
    await create(desk, **OTHERS)
    address = f"/api/lessons/{first['id']}/substitute"
    answer = await (await desk("bureau")).post(address, json={"person_id": str(seed.person("wuxiuying"))})
    assert (answer.status_code, answer.json()["code"]) == (409, "teacher-booked")


async def test_a_substitute_frees_the_lead_teacher(desk: Desk) -> None:
    first = (await create(desk)).json()
    address = f"/api/lessons/{first['id']}/substitute"
    await (await desk("bureau")).post(address, json={"person_id": str(seed.person("wuxiuying"))})
    others = {name: value for name, value in OTHERS.items() if name != "teacher_id"}
    assert (await create(desk, **others)).status_code == 201
