from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import admin.generate
import classroom.lessons.generate
from admin import seed
from classroom.lessons.models import Lesson
from classroom.lessons.reading import in_state
from classroom.lessons.rules import lesson_state
from core.audit import AuditEntry, verify
from core.clock import now
from tests.admin.cast import Desk, lesson_body


def an_hour(year: int) -> dict[str, Any]:
    starts_at = datetime(year, 1, 1, 8, tzinfo=UTC)
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}


async def create(desk: Desk, by: str = "bureau", **changes: Any) -> Any:
    return await (await desk(by)).post("/api/lessons", json=lesson_body(**changes))


async def made(desk: Desk, **changes: Any) -> dict[str, Any]:
    answer = await create(desk, **changes)
    assert answer.status_code == 201, answer.text
    lesson: dict[str, Any] = answer.json()
    return lesson


async def test_the_bureau_creates_a_lesson_and_reads_it_back(desk: Desk) -> None:
    lesson = await made(desk)
    assert lesson["state"] == "upcoming"
    assert lesson["teacher"]["name"] == "陈静怡"
    assert lesson["sending_room"]["school"]["name"] == "兴义一小"
    assert [room["school"]["county"] for room in lesson["receiving_rooms"]] == ["晴隆县", "贞丰县"]
    assert [step["name"] for step in lesson["way"]] == ["兴义一小", "黔西南州", "2 个县市", "2 个乡镇", "2 所学校"]
    assert (await (await desk("bureau")).get(f"/api/lessons/{lesson['id']}")).json() == lesson


async def test_a_room_is_told_its_own_way(desk: Desk) -> None:
    lesson = await made(desk)
    seen = (await (await desk("village")).get(f"/api/lessons/{lesson['id']}")).json()
    assert [step["name"] for step in seen["way"]][2:] == ["晴隆县", "长坪镇", "云头教学点"]


async def test_a_school_that_is_no_model_school_may_not_send_beyond_its_county(desk: Desk) -> None:
    plain: dict[str, Any] = {"sending_room_id": seed.room("XY-05-1"), "teacher_id": seed.person("lushunhua")}
    answer = await create(desk, **plain)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-model-school")
    assert answer.json()["detail_zh"].startswith("红椿乡中心校不是示范校")
    assert answer.json()["detail_en"].startswith("Hongchun Central School is no model school")
    within = await create(desk, **plain, receiving_room_ids=[seed.room("XY-06-1")])
    assert within.status_code == 201


async def test_a_fourth_interactive_room_is_refused(desk: Desk) -> None:
    keys = ["QL-02-1", "WM-02-1", "CH-02-1", "PA-02-1"]
    answer = await create(desk, receiving_room_ids=[seed.room(key) for key in keys])
    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-interactive")
    many = [seed.room(key) for key in (*keys[:3], "CH-03-1", "AL-02-1", "AL-03-1", "YL-02-1")]
    assert (await create(desk, receiving_room_ids=many)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"receiving_room_ids": []}, "not-valid"),
        ({"grade": 13}, "not-valid"),
        ({"volume": "中"}, "not-valid"),
        ({"title": " "}, "not-valid"),
        ({"title": "a\u0000b"}, "not-valid"),
        ({"starts_at": "2027-01-01T10:00:00"}, "not-valid"),
        ({"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, "lesson-length"),
        (
            {"starts_at": datetime(2020, 1, 1, 8, tzinfo=UTC), "ends_at": datetime(2020, 1, 1, 9, tzinfo=UTC)},
            "lesson-in-the-past",
        ),
        (
            {"starts_at": datetime(2090, 1, 1, 8, tzinfo=UTC), "ends_at": datetime(2090, 1, 1, 9, tzinfo=UTC)},
            "lesson-too-far",
        ),
        ({"receiving_room_ids": [seed.room("QL-02-1")] * 2}, "room-twice"),
        ({"receiving_room_ids": [seed.room("QL-01-1")]}, "not-a-receiving-room"),
        ({"sending_room_id": seed.room("WM-02-1")}, "not-a-sending-room"),
        ({"sending_room_id": seed.room("nowhere")}, "room-unknown"),
        ({"teacher_id": seed.person("village")}, "not-a-teacher"),
        ({"unknown": 1}, "not-valid"),
    ],
)
async def test_what_is_wrong_is_refused_with_what_to_do(desk: Desk, changes: dict[str, Any], code: str) -> None:
    answer = await create(desk, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail_zh"]
    assert answer.json()["detail_en"]


async def test_a_county_arranges_lessons_within_itself_only(desk: Desk) -> None:
    answer = await create(desk, by="bureau-qinglong")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-place")


@pytest.mark.parametrize("who", ["teacher", "village", "student", "demo-teacher"])
async def test_only_bureau_and_admin_create(desk: Desk, who: str) -> None:
    assert (await create(desk, by=who)).json()["code"] == "not-allowed"


async def test_who_sees_a_lesson(desk: Desk) -> None:
    lesson = await made(desk, receiving_room_ids=[seed.room("ZF-03-1")])
    statuses = {}
    for who in ("admin", "bureau", "teacher", "bureau-qinglong", "village", "student"):
        statuses[who] = (await (await desk(who)).get(f"/api/lessons/{lesson['id']}")).status_code
    assert statuses == {
        "admin": 200,
        "bureau": 200,
        "teacher": 200,
        "bureau-qinglong": 404,
        "village": 404,
        "student": 404,
    }


async def test_an_upcoming_lesson_is_changed(desk: Desk) -> None:
    lesson = await made(desk)
    address = f"/api/lessons/{lesson['id']}"
    body = lesson_body(title="水的沸腾", receiving_room_ids=[seed.room("WM-02-1")])
    changed = {name: body[name] for name in ("title", "receiving_room_ids")}
    answer = await (await desk("bureau")).patch(address, json=changed)
    assert answer.status_code == 200
    assert answer.json()["title"] == "水的沸腾"
    assert [room["school"]["name"] for room in answer.json()["receiving_rooms"]] == ["百岩教学点"]
    assert {**answer.json(), **{name: lesson[name] for name in ("title", "receiving_rooms", "way")}} == lesson


@pytest.mark.parametrize("body", [{}, {"title": None}, {"state": "ended"}])
async def test_a_change_that_changes_nothing_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    lesson = await made(desk)
    assert (await (await desk("bureau")).patch(f"/api/lessons/{lesson['id']}", json=body)).status_code == 422


async def test_a_lesson_that_has_begun_is_neither_changed_nor_deleted(desk: Desk) -> None:
    client = await desk("bureau")
    [live] = (await client.get("/api/lessons?state=live")).json()["items"]
    changed = await client.patch(f"/api/lessons/{live['id']}", json={"title": "x"})
    deleted = await client.delete(f"/api/lessons/{live['id']}")
    assert [(answer.status_code, answer.json()["code"]) for answer in (changed, deleted)] == [
        (409, "lesson-already-live")
    ] * 2


async def test_a_deleted_lesson_frees_its_rooms(desk: Desk) -> None:
    client, lesson = await desk("bureau"), await made(desk)
    assert (await client.delete(f"/api/lessons/{lesson['id']}")).status_code == 204
    assert (await client.get(f"/api/lessons/{lesson['id']}")).status_code == 404
    await made(desk)


async def test_lists_by_state_day_room_teacher_and_words(desk: Desk) -> None:
    client, lesson = await desk("bureau"), await made(desk)
    day = datetime.fromisoformat(lesson["starts_at"]).astimezone().date()
    room, teacher = lesson["receiving_rooms"][1]["id"], seed.person("teacher")
    for query in (f"day={day}", f"room={room}&state=upcoming", f"teacher={teacher}&q=三态", "q=三态"):
        ids = [one["id"] for one in (await client.get(f"/api/lessons?{query}")).json()["items"]]
        assert lesson["id"] in ids, query
    assert (await client.get("/api/lessons?q=%25")).json()["total"] == 0
    ended = (await client.get("/api/lessons?state=ended")).json()["items"]
    assert [one["title"] for one in ended] == ["摇船调", "光的传播"]


async def test_pages_follow_one_another_in_both_directions(desk: Desk) -> None:
    client = await desk("bureau")
    for state in ("", "&state=ended", "&state=upcoming"):
        whole = (await client.get(f"/api/lessons?limit=200{state}")).json()
        found: list[Any] = []
        after: str | None = ""
        while after is not None:
            page = (await client.get(f"/api/lessons?limit=1{state}{after}")).json()
            found += page["items"]
            after = f"&after={page['next']}" if page["next"] else None
        assert found == whole["items"]
        assert whole["total"] == len(found)


async def test_a_list_costs_the_same_queries_for_1_and_for_50_lessons(desk: Desk) -> None:
    client = await desk("bureau")
    begin = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=30)
    for number in range(50):
        starts_at = begin + timedelta(hours=number)
        await made(desk, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=40))
    counts, sizes = [], []
    for limit in (1, 50):
        with desk.counted() as statements:
            page = (await client.get(f"/api/lessons?state=upcoming&limit={limit}")).json()
            counts.append(len(statements))
            sizes.append(len(page["items"]))
    assert sizes == [1, 50]
    assert counts == [3, 3]  # who asks, the page with its count, the lessons


async def test_a_long_list_is_counted_to_a_thousand_and_one(desk: Desk, session: AsyncSession) -> None:
    await admin.generate.prefecture(session, classrooms=2500)
    await classroom.lessons.generate.term(session, lessons=1100)
    await session.commit()
    page = (await (await desk("bureau")).get("/api/lessons?limit=1")).json()
    assert page["total"] == 1001


async def test_the_lists_and_the_rule_agree_on_every_state(desk: Desk, session: AsyncSession) -> None:
    lessons = (await session.scalars(select(Lesson))).all()
    for offset in (-3 * 86400, -3600, 0, 1800, 3600, 86400, 3 * 86400):
        moment = now() + timedelta(seconds=offset)
        for state in ("upcoming", "live", "ended"):
            listed = set((await session.scalars(select(Lesson.id).where(in_state(state, moment)))).all())
            expected = {one.id for one in lessons if lesson_state(one.times, moment.timestamp()) == state}
            assert listed == expected


async def test_every_write_is_on_record(desk: Desk, session: AsyncSession) -> None:
    client, lesson = await desk("bureau"), await made(desk)
    await client.patch(f"/api/lessons/{lesson['id']}", json={"title": "水的沸腾"})
    await client.delete(f"/api/lessons/{lesson['id']}")
    query = select(AuditEntry).where(AuditEntry.object == f"lesson:{lesson['id']}").order_by(AuditEntry.number)
    entries = (await session.scalars(query)).all()
    assert [entry.action for entry in entries] == ["lesson.create", "lesson.change", "lesson.delete"]
    assert {entry.actor for entry in entries} == {seed.person("bureau")}
    assert (entries[1].before or {})["title"] == "水的三态"
    assert entries[1].after == {"title": "水的沸腾"}
    assert await verify(session) is None
