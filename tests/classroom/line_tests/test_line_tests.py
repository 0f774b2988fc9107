"""A school tests its own line: a private lesson for it, and the result kept for those who answer for the school."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, update

from admin import seed
from classroom.line_tests.models import LineTest
from core.audit import AuditEntry
from core.tickets import Ticket, TicketVerifier
from tests.admin.cast import Desk

CHECKS = [{"name": "udp", "verdict": "down", "value": 8001}, {"name": "loss", "verdict": "ok", "value": 0.4}]


async def begun(desk: Desk, who: str = "village", **body: Any) -> dict[str, Any]:
    answer = await (await desk(who)).post("/api/line-tests", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def told(desk: Desk, test: str, who: str = "village", checks: Any = CHECKS) -> httpx.Response:
    return await (await desk(who)).put(f"/api/line-tests/{test}", json={"browser": "Chromium", "checks": checks})


async def listed(desk: Desk, who: str, **query: Any) -> list[dict[str, Any]]:
    answer = await (await desk(who)).get("/api/line-tests", params=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


def opened(desk: Desk, ticket: str) -> Ticket:
    return TicketVerifier(desk.ground.signer.public_key).verify(ticket, datetime.now(UTC).timestamp())


async def test_a_test_gets_a_lesson_of_its_own_for_three_minutes(desk: Desk) -> None:
    made = await begun(desk)
    ticket = opened(desk, made["ticket"])
    assert (ticket.lesson, ticket.stage, ticket.publish, ticket.watch) == (made["id"], "rehearsal", ("teacher",), True)
    assert (ticket.expires_at - ticket.issued_at, ticket.max_sessions) == (180, 8)
    assert made["whip_urls"] == [f"http://127.0.0.1:8001/whip/{made['id']}"]
    assert made["whep_urls"] == [f"http://127.0.0.1:8001/whep/{made['id']}"]


async def test_what_it_showed_is_kept_and_its_counties_bureau_sees_it(desk: Desk) -> None:
    made = await begun(desk, room_id=str(seed.room("QL-02-1")))
    answer = await told(desk, made["id"])
    assert (answer.status_code, answer.json()["checks"]) == (200, CHECKS)
    [row] = await listed(desk, "bureau")
    assert (row["place"]["name"], row["room"]["name"]) == ("云头教学点", "三年级教室")
    assert (row["by"]["name"], row["told_at"] is not None, row["browser"]) == (
        answer.json()["by"]["name"],
        True,
        "Chromium",
    )
    assert await listed(desk, "bureau", place=str(seed.place("prefecture"))) == []


async def test_a_place_tests_its_lines_sixty_times_an_hour_at_most(desk: Desk) -> None:
    first = await begun(desk)
    async with desk.ground.transaction() as session:
        row = await session.get_one(LineTest, UUID(first["id"]))
        known = {"place_id": row.place_id, "begun_by": row.begun_by, "begun_at": row.begun_at, "checks": []}
        session.add_all(LineTest(**known) for _ in range(59))
    answer = await (await desk("village")).post("/api/line-tests", json={})
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-line-tests")


async def test_one_that_broke_off_stays_in_the_list(desk: Desk) -> None:
    await begun(desk)
    [row] = await listed(desk, "village")
    assert (row["told_at"], row["checks"]) == (None, [])


async def test_only_who_began_a_test_tells_of_it_once_and_soon(desk: Desk) -> None:
    made = await begun(desk)
    assert (await told(desk, made["id"], "teacher")).status_code == 404
    assert (await told(desk, made["id"])).status_code == 200
    assert (await told(desk, made["id"])).status_code == 200, "the same again, as after a lost answer"
    assert (await told(desk, made["id"], checks=CHECKS[:1])).json()["code"] == "line-test-over"
    late = await begun(desk)
    async with desk.ground.transaction() as session:
        before = datetime.now(UTC) - timedelta(minutes=20)
        await session.execute(update(LineTest).where(LineTest.id == UUID(late["id"])).values(begun_at=before))
    assert (await told(desk, late["id"])).status_code == 409


async def test_nobody_tests_the_line_of_a_school_elsewhere(desk: Desk) -> None:
    answer = await (await desk("village")).post("/api/line-tests", json={"room_id": str(seed.room("CH-03-1"))})
    assert answer.status_code == 403
    await begun(desk)
    assert await listed(desk, "teacher") == []


async def test_beginning_and_telling_are_in_the_log(desk: Desk) -> None:
    made = await begun(desk)
    await told(desk, made["id"])
    async with desk.ground.transaction() as session:
        query = select(AuditEntry.action).where(AuditEntry.object == f"line-test:{made['id']}")
        assert (await session.scalars(query.order_by(AuditEntry.number))).all() == ["line.test", "line.tested"]


async def test_results_a_year_old_go_when_the_school_tests_again(desk: Desk) -> None:
    old = await begun(desk)
    async with desk.ground.transaction() as session:
        before = datetime.now(UTC) - timedelta(days=366)
        await session.execute(update(LineTest).where(LineTest.id == UUID(old["id"])).values(begun_at=before))
    new = await begun(desk)
    assert [row["id"] for row in await listed(desk, "village")] == [new["id"]]


async def test_noise_comes_unpacked_and_goes_up_to_a_bound(desk: Desk) -> None:
    client = await desk("village")
    down = await client.get("/api/line-tests/noise", headers={"Accept-Encoding": "gzip"})
    assert (len(down.content), down.headers["content-encoding"]) == (4 * 1024 * 1024, "identity")
    assert (await client.post("/api/line-tests/noise", content=b"x" * 1024 * 1024)).status_code == 204
    over = await client.post("/api/line-tests/noise", content=b"x" * (1024 * 1024 + 1))
    assert (over.status_code, over.json()["code"]) == (413, "noise-too-large")
