from datetime import date
from typing import Any

import pytest

from admin import seed
from admin.companions.exchange.rules import application_refused, call_refused, rows_of
from core.errors import NotValid
from tests.admin.cast import Desk

TODAY = date(2026, 11, 22)
BASE = "/api/exchange"
FLAG = {
    "place_id": str(seed.place("qxn")),
    "code": "poverty.guardian-away",
    "title": "监护人外出务工标记",
    "source": "乡镇入户登记",
    "store": "pushed",
    "use": "学校关爱留守儿童",
    "share_class": "conditional",
    "columns": ["guardian_away", "household_income"],
}
ROWS = [
    {"key": "child-1", "values": {"guardian_away": True, "household_income": "3200"}},
    {"key": "child-2", "values": {"guardian_away": False, "household_income": ""}},
]


async def dataset(desk: Desk, **changes: Any) -> str:
    client = await desk("bureau")
    answer = await client.post(f"{BASE}/datasets", json=FLAG | changes)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    if (FLAG | changes)["store"] == "pushed":
        assert (await client.put(f"{BASE}/datasets/{found}/rows", json={"rows": ROWS})).status_code == 200
    return found


async def applied(desk: Desk, dataset_id: str, **changes: Any) -> dict[str, Any]:
    wanted = {"dataset_id": dataset_id, "for_place_id": str(seed.place("qinglong")), "purpose": "留守儿童关爱"}
    body = wanted | {"columns": ["guardian_away"], "until": "2099-12-31"} | changes
    answer = await (await desk("bureau-qinglong")).post(f"{BASE}/applications", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def call(desk: Desk, share: dict[str, Any], *keys: str) -> Any:
    client = await desk("bureau-qinglong")
    return await client.post(f"{BASE}/shares/{share['id']}/calls", json={"keys": list(keys)})


async def decide(desk: Desk, who: str, share: dict[str, Any], step: str, version: int = 1) -> Any:
    body = {"version": version, "reason": "按规定"}
    return await (await desk(who)).post(f"{BASE}/shares/{share['id']}/{step}", json=body)


async def test_d15_a_flag_passes_only_under_an_approved_share_and_each_call_is_logged(desk: Desk) -> None:
    share = await applied(desk, await dataset(desk))
    assert (await call(desk, share, "child-1")).json()["code"] == "share-not-approved"
    assert (await decide(desk, "bureau", share, "approve")).json()["state"] == "approved"
    answer = await call(desk, share, "child-1")
    assert answer.json()["rows"] == [{"key": "child-1", "guardian_away": True}]
    assert (await decide(desk, "bureau", share, "revoke", 2)).json()["state"] == "revoked"
    assert (await call(desk, share)).json()["code"] == "share-not-approved"
    for side in ("bureau", "bureau-qinglong"):
        log = (await (await desk(side)).get(f"{BASE}/shares/{share['id']}/calls")).json()
        assert [(one["result"], one["asked"], one["given"]) for one in log] == [
            ("share-not-approved", 0, 0),
            ("done", 1, 1),
            ("share-not-approved", 1, 0),
        ]


async def test_the_applicants_side_cannot_approve_its_own_application(desk: Desk) -> None:
    share = await applied(desk, await dataset(desk))
    assert (await decide(desk, "bureau-qinglong", share, "approve")).status_code == 404
    own = {"dataset_id": share["dataset_id"], "for_place_id": str(seed.place("qxn")), "purpose": "汇总"}
    body = own | {"columns": ["guardian_away"], "until": "2099-12-31"}
    answer = await (await desk("bureau")).post(f"{BASE}/applications", json=body)
    assert (await decide(desk, "bureau", answer.json(), "approve")).json()["code"] == "four-eyes"
    assert (await decide(desk, "admin", answer.json(), "approve")).status_code == 200


async def test_unconditional_data_need_no_approval(desk: Desk) -> None:
    datasets = (await (await desk("bureau-qinglong")).get(f"{BASE}/datasets?q=lists.progress")).json()["items"]
    share = await applied(desk, datasets[0]["id"], columns=["programme", "items"])
    assert share["state"] == "approved"
    rows = (await call(desk, share)).json()["rows"]
    assert rows == [{"programme": "送教覆盖年度清单", "items": 3}]


async def test_a_dataset_that_no_module_offers_is_refused_and_logged(desk: Desk) -> None:
    made = await dataset(desk, code="nobody.has-this", store="module", share_class="unconditional")
    assert (await call(desk, await applied(desk, made))).json()["code"] == "not-offered"


async def test_completeness_shows_its_numerator_and_denominator(desk: Desk) -> None:
    await dataset(desk)
    complete, _ = (await (await desk("bureau")).get(f"{BASE}/cards")).json()
    assert (complete["value"], complete["numerator"], complete["denominator"]) == ("75.00", "3", "4")


async def test_the_same_code_twice_is_refused(desk: Desk) -> None:
    await dataset(desk)
    answer = await (await desk("bureau")).post(f"{BASE}/datasets", json=FLAG)
    assert (answer.status_code, answer.json()["code"]) == (409, "dataset-taken")


@pytest.mark.parametrize(
    ("share_class", "wanted", "until", "code"),
    [
        ("conditional", ["a"], TODAY, None),
        ("unconditional", ["a"], TODAY, None),
        ("no", ["a"], TODAY, "not-shared"),
        ("conditional", ["a", "x"], TODAY, "columns-unknown"),
        ("conditional", ["a"], date(2026, 11, 21), "until-past"),
    ],
)
def test_an_application_is_refused_for(share_class: str, wanted: list[str], until: date, code: str | None) -> None:
    problem = application_refused(share_class, ["a", "b"], wanted, until, TODAY)
    assert (problem.code if problem else None) == code


@pytest.mark.parametrize(
    ("state", "share_class", "until", "code"),
    [
        ("approved", "conditional", TODAY, None),
        ("approved", "no", TODAY, "not-shared"),
        ("approved", "conditional", date(2026, 11, 21), "share-expired"),
        ("revoked", "unconditional", TODAY, "share-not-approved"),
    ],
)
def test_a_call_is_refused_for(state: str, share_class: str, until: date, code: str | None) -> None:
    problem = call_refused(state, share_class, until, TODAY)
    assert (problem.code if problem else None) == code


async def test_d15_an_owner_pushes_rows_from_a_sheet_and_they_replace_those_before(desk: Desk) -> None:
    found = await dataset(desk)
    data = "child,guardian_away,household_income\nchild-9,是,=1+1\n".encode()
    owner, address = await desk("bureau"), f"{BASE}/datasets/{found}/sheet"
    pushed = await owner.put(address, files={"sheet": ("rows.csv", data)})
    assert (pushed.status_code, pushed.json()["cells"], pushed.json()["filled"]) == (200, 2, 2)
    share = await applied(desk, found)
    await decide(desk, "bureau", share, "approve")
    assert (await call(desk, share)).json()["rows"] == [{"key": "child-9", "guardian_away": "是"}]
    unknown = await owner.put(address, files={"sheet": ("rows.csv", b"key,other\na,1\n")})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "columns-unknown")
    other = await (await desk("bureau-qinglong")).put(address, files={"sheet": ("rows.csv", data)})
    assert other.status_code in (403, 404)


@pytest.mark.parametrize("lines", [[], [["key"]], [["key", ""], ["a", "1"]], [["key", "x"], ["", "1"]]])
def test_a_sheet_without_headings_or_keys_is_refused(lines: list[list[str]]) -> None:
    with pytest.raises(NotValid):
        rows_of(lines)


def test_short_rows_are_filled_with_nothing() -> None:
    assert rows_of([["key", "x", "y"], ["a", "1"]]) == [{"key": "a", "values": {"x": "1", "y": ""}}]
