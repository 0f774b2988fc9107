"""Asking for help: who sees it, until when, and that pupils cannot write to anybody but those who help."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin import seed
from admin.children.models import AbuseReport
from admin.children.reports import TAKEN_IN, hand_on
from admin.rights import RIGHTS_OF
from core.clock import now
from tests.admin.cast import Desk
from tests.test_routes import DOORS, doors

WORDS = {"kind": "bullying", "words": "放学路上有人打我"}
RANKING = re.compile(r"(^|_)(rank|ranks|ranking|score|scores|stars?|medals?|points|leaderboard)($|_)")


async def ask(desk: Desk, username: str = "student") -> dict[str, Any]:
    answer = await (await desk(username)).post("/api/reports", json=WORDS)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(desk: Desk, username: str, closed: bool = False) -> list[dict[str, Any]]:
    answer = await (await desk(username)).get("/api/reports", params={"state": "closed" if closed else "open"})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_pupil_asks_for_help_and_sees_that_it_lies_with_somebody(desk: Desk) -> None:
    made = await ask(desk)
    assert (made["state"], made["place"]) == ("waiting", "云头教学点")
    [seen] = await listed(desk, "bureau-qinglong")
    assert (seen["words"], seen["by"]["name"]) == (WORDS["words"], "韦朝阳")
    keeper = await desk("bureau-qinglong")
    assert (await keeper.post(f"/api/reports/{made['id']}/take")).status_code == 204
    assert (await (await desk("bureau")).post(f"/api/reports/{made['id']}/take")).json()["code"] == "report-taken"
    [mine] = (await (await desk("student")).get("/api/reports/own")).json()["items"]
    assert (mine["state"], "words" in mine) == ("taken", False)
    other = await (await desk("bureau")).post(f"/api/reports/{made['id']}/close", json={"outcome": "无"})
    assert other.json()["code"] == "report-not-yours"
    closed = await keeper.post(f"/api/reports/{made['id']}/close", json={"outcome": "已和双方家长面谈"})
    assert closed.status_code == 204
    assert [one["outcome"] for one in await listed(desk, "bureau-qinglong", closed=True)] == ["已和双方家长面谈"]
    assert await listed(desk, "bureau-qinglong") == []


async def test_what_nobody_takes_in_time_goes_up_tier_by_tier_to_the_prefecture(desk: Desk) -> None:
    await ask(desk)
    places = []
    moment = now()
    for _ in range(8):
        async with desk.ground.transaction() as session:
            row = (await session.scalars(select(AbuseReport))).one()
            places.append(row.organisation_id)
        async with desk.ground.transaction() as session:
            assert await hand_on(session, moment) == 0
        moment += TAKEN_IN + timedelta(minutes=1)
        async with desk.ground.transaction() as session:
            await hand_on(session, moment)
    assert places[0] == seed.place("yuntou")
    assert seed.place("qinglong") in places
    assert places[-1] == places[-2] == seed.place("qxn")


async def test_what_was_taken_stays_where_it_is(desk: Desk) -> None:
    made = await ask(desk)
    await (await desk("bureau-qinglong")).post(f"/api/reports/{made['id']}/take")
    async with desk.ground.transaction() as session:
        assert await hand_on(session, now() + 2 * TAKEN_IN) == 0


@pytest.mark.parametrize("username", ["teacher", "village", "guardian", "police", "auditor"])
async def test_nobody_else_reads_what_was_written(desk: Desk, username: str) -> None:
    assert (await (await desk(username)).get("/api/reports")).json()["code"] == "not-allowed"


async def test_another_countys_report_is_not_there(desk: Desk) -> None:
    made = await ask(desk, "teacher")
    assert await listed(desk, "bureau-qinglong") == []
    answer = await (await desk("bureau-qinglong")).post(f"/api/reports/{made['id']}/take")
    assert (answer.status_code, answer.json()["code"]) == (404, "report-unknown")


def test_no_route_lets_a_pupil_write_to_a_person() -> None:
    """What pupils may write goes to a lesson, to who helps, or to their own account: no body names whom to tell."""
    assert len(DOORS) > 20
    import songjiao

    document = songjiao.build_web().openapi()
    writes = [
        door for door in doors() if door.right in RIGHTS_OF["student"] and door.method in ("POST", "PUT", "PATCH")
    ]
    assert ("POST", "/api/reports") in {(door.method, door.path) for door in writes}
    for door in writes:
        fields = _fields(document, document["paths"][door.path][door.method.lower()].get("requestBody", {}))
        assert not {one for one in fields if one.startswith(("to", "recipient", "receiver")) or one == "person_id"}, (
            door
        )
        assert "/messages" not in door.path


def test_no_answer_ranks_anybody() -> None:
    """No place among others, score, star or medal has a name in any answer: a public ranking would have to be told."""
    import songjiao

    document = songjiao.build_web().openapi()
    told = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})}
    assert "grade" in told
    assert not {name for name in told if RANKING.search(name)}


def _fields(document: dict[str, Any], part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*[_fields(document, one) for one in part])
    if not isinstance(part, dict):
        return set()
    if "$ref" in part:
        return _fields(document, document["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    own = set(part.get("properties", {}))
    return own.union(*[_fields(document, one) for one in part.values()])
