"""The tree on any day; renaming, moving and closing places."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Organisation
from admin.roster import organisations
from admin.roster.models import PlaceState
from admin.today import today
from core.audit import AuditEntry
from tests.admin.cast import Desk

CHANGPING, CENTRE, YUNTOU = (str(seed.place(key)) for key in ("changping", "changping-c", "yuntou"))
QINGLONG, XINGREN, QXN = (str(seed.place(key)) for key in ("qinglong", "xingren", "qxn"))
TODAY = today()


async def sent(desk: Desk, who: str, method: str, address: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = await (await desk(who)).request(method, f"/api/organisations{address}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def names(desk: Desk, who: str, parent: str, on: date | None = None) -> list[str]:
    day = f"&on={on}" if on else ""
    return [place["name"] for place in (await sent(desk, who, "GET", f"/tree?parent={parent}{day}"))["items"]]


async def rename(desk: Desk, place: str, who: str = "bureau", status: int = 200, **changes: Any) -> dict[str, Any]:
    return await sent(desk, who, "PATCH", f"/{place}", {"version": 1} | changes, status)


async def test_xingren_was_a_county_until_2018(desk: Desk) -> None:
    assert "兴仁市" in await names(desk, "bureau", QXN)
    before = await names(desk, "bureau", QXN, date(2018, 7, 31))
    assert "兴仁县" in before
    assert "兴仁市" not in before
    assert "兴仁市" in await names(desk, "bureau", QXN, date(2018, 8, 1))
    states = (await sent(desk, "bureau", "GET", f"/{XINGREN}"))["states"]
    told = [(state["name"], state["region_code"], state["standing"]) for state in states]
    assert told == [("兴仁市", "522302", "present"), ("兴仁县", "522322", "past")]


async def test_a_renamed_township_keeps_its_history(desk: Desk) -> None:
    on = TODAY - timedelta(days=30)
    changed = await rename(desk, CHANGPING, on=str(on), name="长坪街道", reason="黔府函〔2026〕9 号")
    assert (changed["name"], changed["since"], changed["version"]) == ("长坪街道", str(on), 2)
    assert [state["name"] for state in changed["states"]] == ["长坪街道", "长坪镇"]
    assert changed["states"][1]["by"] == "杨立群"
    assert "长坪镇" in await names(desk, "bureau", QINGLONG, on - timedelta(days=1))
    assert "长坪街道" in await names(desk, "bureau", QINGLONG, on)


async def test_a_planned_change_waits_may_be_withdrawn_and_comes_by_itself(desk: Desk) -> None:
    on = TODAY + timedelta(days=10)
    waiting = await rename(desk, CHANGPING, on=str(on), name="长坪街道")
    assert (waiting["name"], waiting["states"][0]["standing"]) == ("长坪镇", "planned")
    assert "长坪街道" in await names(desk, "bureau", QINGLONG, on)
    assert (await sent(desk, "bureau", "DELETE", f"/{CHANGPING}/planned"))["states"][0]["standing"] == "present"
    await rename(desk, CHANGPING, version=2, on=str(on), name="长坪街道")
    for expected in (1, 0):
        async with desk.ground.transaction() as session:
            assert await organisations.let_take_effect(session, on) == expected
    assert (await sent(desk, "bureau", "GET", f"/{CHANGPING}"))["name"] == "长坪街道"


async def test_a_correction_leaves_no_history(desk: Desk) -> None:
    assert len((await rename(desk, CHANGPING, name="长坪 镇"))["states"]) == 1


async def test_a_moved_school_takes_all_below_it_along(desk: Desk, session: AsyncSession) -> None:
    town = await sent(
        desk, "bureau", "POST", "", {"parent_id": XINGREN, "tier": "township", "name": "新坪镇"}, status=201
    )
    await rename(desk, CENTRE, on=str(TODAY), parent_id=town["id"])
    point = (await session.scalars(select(Organisation).where(Organisation.id == seed.place("yuntou")))).one()
    centre = await session.get_one(Organisation, seed.place("changping-c"))
    assert point.path.startswith(centre.path + ".")
    assert str(point.county_id) == XINGREN
    assert not (await (await desk("bureau-qinglong")).get(f"/api/organisations/{YUNTOU}")).is_success
    assert "长坪镇中心校" in await names(desk, "bureau", CHANGPING, TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("who", "place", "changes", "status", "code"),
    [
        ("bureau-qinglong", QINGLONG, {"name": "晴隆市"}, 403, "not-your-place"),
        ("bureau-qinglong", XINGREN, {"name": "兴仁"}, 403, "not-your-place"),
        ("bureau-qinglong", CENTRE, {"parent_id": XINGREN}, 403, "not-your-place"),
        ("bureau", CHANGPING, {"parent_id": CENTRE}, 422, "own-below"),
        ("bureau", CENTRE, {"parent_id": YUNTOU}, 422, "own-below"),
        ("bureau", QINGLONG, {"parent_id": CENTRE}, 422, "own-below"),
        ("bureau", QINGLONG, {"parent_id": XINGREN}, 422, "wrong-parent"),
        ("bureau", CHANGPING, {"region_code": "999999"}, 422, "region-unknown"),
        ("bureau", CHANGPING, {"on": "1800-01-01"}, 422, "change-day"),
        ("bureau", CHANGPING, {"first_grade": 1}, 422, "not-a-school"),
        ("bureau", CENTRE, {"first_grade": 6, "last_grade": 1}, 422, "grades-order"),
        ("bureau", CHANGPING, {"version": 9}, 409, "changed-meanwhile"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    desk: Desk, who: str, place: str, changes: dict[str, Any], status: int, code: str
) -> None:
    problem = await rename(desk, place, who, status, **changes)
    assert problem["code"] == code
    assert problem["detail_zh"]


async def test_a_place_closes_only_when_it_is_empty_and_names_its_successor(desk: Desk) -> None:
    body = {"version": 1, "on": str(TODAY), "successor_id": CENTRE}
    problem = await sent(desk, "bureau", "POST", f"/{YUNTOU}/close", body, status=409)
    assert (problem["code"], problem["pupils"]) == ("place-not-empty", 3)
    new = {"parent_id": CENTRE, "tier": "teaching_point", "name": "石坎教学点"}
    point = (await sent(desk, "bureau", "POST", "", new, status=201))["id"]
    closed = await sent(desk, "bureau", "POST", f"/{point}/close", body)
    assert (closed["ended"], closed["successor"]["name"]) == (str(TODAY), "长坪镇中心校")
    assert "石坎教学点" not in await names(desk, "bureau", CENTRE)
    assert "石坎教学点" in await names(desk, "bureau", CENTRE, TODAY - timedelta(days=1))
    listed = (await (await desk("bureau")).get("/api/schools?q=石坎")).json()
    assert listed["total"] == 0


async def test_changes_are_on_record(desk: Desk, session: AsyncSession) -> None:
    await rename(desk, CHANGPING, on=str(TODAY), name="长坪街道")
    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "organisation.change"))).one()
    assert entry.before
    assert entry.after
    assert (entry.before["name"], entry.after["name"]) == ("长坪镇", "长坪街道")


async def test_the_database_holds_that_no_day_counts_twice(desk: Desk, session: AsyncSession) -> None:
    rows = (await session.scalars(select(PlaceState))).all()
    assert {(row.name_zh, row.valid_to) for row in rows} == {("兴义县", date(1987, 1, 1)), ("兴仁县", date(2018, 8, 1))}
    session.add(PlaceState(organisation_id=rows[0].organisation_id, at=rows[0].at, name_zh="", name_en="", reason=""))
    with pytest.raises(IntegrityError, match="ex_organisation_states_overlap"):
        await session.flush()
    await session.rollback()


async def test_a_branch_says_how_many_places_hang_below(desk: Desk) -> None:
    [prefecture] = (await (await desk("bureau")).get("/api/organisations/tree")).json()["items"]
    below = (await (await desk("bureau")).get("/api/organisations/tree", params={"parent": prefecture["id"]})).json()
    assert (prefecture["name"], prefecture["below"]) == ("黔西南州", 9)
    assert len(below["items"]) == 9
    assert {one["name"]: one["below"] for one in below["items"]}["晴隆县"] > 0
