"""A lent role opens what the role opens, until its day, and is never handed on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from admin import seed
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import sent

QINGLONG, XINGYI = str(seed.place("qinglong")), str(seed.place("xingyi"))
NOW = datetime.now(UTC)


def loan(**changes: Any) -> dict[str, Any]:
    body = {"person_id": str(seed.person("colleague")), "role": "bureau", "organisation_id": QINGLONG}
    return body | {"ends_at": (NOW + timedelta(days=3)).isoformat(), "reason": "出差"} | changes


async def lent(desk: Desk, who: str = "bureau-qinglong", status: int = 201, **changes: Any) -> Any:
    return await sent(desk, who, "POST", "delegations", loan(**changes), status)


async def counties(desk: Desk) -> int:
    answer = await (await desk("colleague")).get(f"/api/classes?school={seed.place('yuntou')}")
    return int(answer.json()["total"])


async def test_a_lent_role_reaches_its_place_until_it_is_taken_back(desk: Desk) -> None:
    assert await counties(desk) == 0
    given = await lent(desk)
    assert (given["state"], given["to"]["name"], given["by"]["name"]) == ("holds", "黄秀兰", "岑国安")
    assert await counties(desk) == 1
    here = await sent(desk, "colleague", "GET", "sessions/current")
    assert [(one["role"], one["by"]) for one in here["lent"]] == [("bureau", "岑国安")]
    await sent(desk, "bureau-qinglong", "POST", f"delegations/{given['id']}/revoke", status=204)
    desk.clients.pop("colleague")
    assert await counties(desk) == 0
    listed = await sent(desk, "bureau-qinglong", "GET", "delegations")
    assert [(one["id"], one["state"]) for one in listed["items"]] == [(given["id"], "over")]


async def test_it_ends_by_itself(desk: Desk) -> None:
    await lent(desk)
    async with desk.ground.transaction() as session:
        await session.execute(text("UPDATE delegations SET starts_at = now() - interval '2 s', ends_at = now()"))
    assert await counties(desk) == 0


async def test_it_has_not_begun_before_its_day(desk: Desk) -> None:
    starts = (NOW + timedelta(days=1)).isoformat()
    assert (await lent(desk, starts_at=starts))["state"] == "to_come"
    assert await counties(desk) == 0


async def test_it_ends_with_the_givers_own_role(desk: Desk) -> None:
    await lent(desk)
    async with desk.ground.transaction() as session:
        gone = text("DELETE FROM roles WHERE person_id = :giver")
        await session.execute(gone, {"giver": seed.person("bureau-qinglong")})
    assert await counties(desk) == 0


async def test_what_is_lent_cannot_be_handed_on(desk: Desk) -> None:
    await lent(desk)
    onwards = loan(person_id=str(seed.person("village")))
    await sent(desk, "colleague", "POST", "delegations", onwards, 403)
    person = {"name": "新人", "roles": [{"role": "teacher", "organisation_id": str(seed.place("yuntou"))}]}
    await sent(desk, "colleague", "POST", "people", person, 403)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"organisation_id": XINGYI}, 403, "not-your-place"),
        ({"role": "admin"}, 403, "not-your-place"),
        ({"person_id": str(seed.person("bureau-qinglong"))}, 422, "not-to-yourself"),
        ({"person_id": str(seed.person("student"))}, 404, "person-unknown"),
        ({"ends_at": (NOW - timedelta(days=1)).isoformat()}, 422, "delegation-days"),
        ({"ends_at": (NOW + timedelta(days=400)).isoformat()}, 422, "delegation-days"),
    ],
)
async def test_what_nobody_can_lend_is_refused(desk: Desk, changes: dict[str, Any], status: int, code: str) -> None:
    assert (await lent(desk, status=status, **changes))["code"] == code


async def test_an_office_with_a_second_factor_is_lent_to_who_has_one(desk: Desk) -> None:
    async with desk.ground.transaction() as session:
        await session.execute(text("UPDATE people SET demo = false WHERE username = 'colleague'"))
    assert (await lent(desk, status=409))["code"] == "needs-factor"
