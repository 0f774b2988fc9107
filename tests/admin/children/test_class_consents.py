"""Papers of a class written down in one act: the demo's class of 云头教学点, with a pupil whom an import brought."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin import numbers, seed
from admin.today import today
from core.audit import AuditEntry
from tests.admin.cast import Desk
from tests.admin.children.test_consents import watch

CLASS = seed.id_of("class", "520326")
ADDRESS = f"/api/classes/{CLASS}/consents"
ZHAOYANG, XIAOYAN, CHUNSHENG = seed.person("student"), seed.person("520326:岑小燕"), seed.person("520326:罗春生")
PAPERS = {"purposes": ["live", "recording"], "signed_on": today().isoformat(), "paper": "2026 秋，教务柜 3"}


async def asked(desk: Desk, who: str, method: str, address: str = ADDRESS, body: Any = None, status: int = 200) -> Any:
    answer = await (await desk(who)).request(method, address, json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def newcomer(desk: Desk, identity: str | None = None) -> Any:
    body = {"class_id": str(CLASS), "name": "王小雨", "pin": "2468"} | ({"identity": identity} if identity else {})
    return await asked(desk, "bureau", "POST", "/api/pupils", body, 201)


async def children(desk: Desk) -> dict[str, Any]:
    return {one["name"]: one for one in (await asked(desk, "village", "GET"))["children"]}


async def test_an_imported_class_may_watch_once_its_papers_are_written_down(desk: Desk) -> None:
    new = await newcomer(desk)
    entry = {"class_code": "520326", "name": "王小雨", "pin": "2468"}
    token = (await asked(desk, "", "POST", "/api/sessions", entry, 201))["access_token"]
    lesson = (await asked(desk, "bureau", "GET", "/api/lessons?state=live"))["items"][0]["id"]
    pupil, ticket = {"Authorization": f"Bearer {token}"}, f"/api/lessons/{lesson}/ticket"
    nobody = await desk(None)
    assert (await nobody.post(ticket, json={"as": "student"}, headers=pupil)).json()["code"] == "consent-missing"
    told = await asked(desk, "village", "POST", ADDRESS, PAPERS, 201)
    assert told == {"consents": 2, "children": 1, "left_out": 3}
    assert (await nobody.post(ticket, json={"as": "student"}, headers=pupil)).status_code == 200
    [entry] = (await asked(desk, "bureau", "GET", f"/api/children/{new['id']}"))["history"][:1]
    assert (entry["guardian"], entry["paper"], entry["signed_on"]) == (None, PAPERS["paper"], PAPERS["signed_on"])


async def test_a_child_without_a_paper_is_left_out(desk: Desk) -> None:
    new = await newcomer(desk)
    told = await asked(desk, "village", "POST", ADDRESS, PAPERS | {"without": [new["id"]]}, 201)
    assert told["consents"] == 0
    assert (await children(desk))["王小雨"]["consents"] == []


async def test_what_a_family_withdrew_no_sweep_gives_again(desk: Desk) -> None:
    await asked(desk, "parent", "DELETE", f"/api/children/{ZHAOYANG}/consents/live", status=204)
    await asked(desk, "village", "POST", ADDRESS, PAPERS, 201)
    line = (await children(desk))["韦朝阳"]
    assert (line["consents"], line["refused"]) == (["recording"], ["live"])
    await asked(desk, "village", "POST", ADDRESS, PAPERS | {"again": [str(ZHAOYANG)]}, 201)
    assert (await watch(desk)).status_code == 200


async def test_a_withdrawal_in_writing_ends_what_rested_on_it(desk: Desk) -> None:
    student = await desk("student")
    await asked(desk, "village", "DELETE", f"{ADDRESS}/{ZHAOYANG}/live", status=204)
    assert (await student.get("/api/sessions/current")).status_code == 401
    await asked(desk, "village", "DELETE", f"{ADDRESS}/{ZHAOYANG}/live", status=204)


async def test_from_fourteen_on_nobody_is_asked(desk: Desk) -> None:
    first = "52232420100101001"
    await newcomer(desk, first + numbers.check_sign(first))
    assert (await asked(desk, "village", "POST", ADDRESS, PAPERS, 201))["consents"] == 0
    assert not (await children(desk))["王小雨"]["under_14"]


async def test_one_act_is_one_entry_that_names_the_children(desk: Desk) -> None:
    new = await newcomer(desk)
    await asked(desk, "village", "POST", ADDRESS, PAPERS, 201)
    async with desk.ground.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action.like("consents.%")).order_by(AuditEntry.number)
        [entry] = await session.scalars(query)
    assert (entry.actor, entry.object) == (seed.person("village"), f"class:{CLASS}")
    assert new["id"] in str(entry.after)


@pytest.mark.parametrize("who", ["student", "parent", "police", "security"])
async def test_others_write_no_papers_down(desk: Desk, who: str) -> None:
    await asked(desk, who, "POST", ADDRESS, PAPERS, 403)


async def test_a_teacher_of_another_school_neither_reads_nor_writes(desk: Desk) -> None:
    assert (await asked(desk, "teacher", "GET", status=403))["code"] == "not-your-place"
    assert (await asked(desk, "teacher", "POST", ADDRESS, PAPERS, 403))["code"] == "not-your-place"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"signed_on": (today() + timedelta(days=1)).isoformat()}, 422, "day-out-of-range"),
        ({"signed_on": "2019-09-01"}, 422, "day-out-of-range"),
        ({"without": [str(seed.person("teacher"))]}, 404, "child-unknown"),
        ({"purposes": []}, 422, "not-valid"),
        ({"paper": "  "}, 422, "not-valid"),
    ],
)
async def test_a_wrong_act_is_refused_whole(desk: Desk, changes: dict[str, Any], status: int, code: str) -> None:
    await newcomer(desk)
    assert (await asked(desk, "village", "POST", ADDRESS, PAPERS | changes, status))["code"] == code
    assert (await children(desk))["王小雨"]["consents"] == []
