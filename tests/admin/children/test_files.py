"""A child's file: who sees it, what stands in it, and what is left when it is erased."""

import re
from typing import Any

import pytest
from sqlalchemy import select, text

import songjiao
from admin import numbers, seed
from admin.children import holdings
from core.audit import AuditEntry, opened, verify
from core.database import Base
from tests.admin.cast import Desk

CHILD = seed.person("student")
NUMBER = "52232420170412001" + numbers.check_sign("52232420170412001")
FILE = f"/api/children/{CHILD}"
ACTS = re.compile(r"(^|_)by$|^(owner|author|teacher|substitute|lead|assistant)_id$")
"""How columns are called that hold who of the staff did something or answers for it."""
STAFF = {
    "devices.person_id", "delegations.person_id", "settlement_windows.person_id", "lesson_teachers.person_id",
    "resource_uploads.person_id", "resource_reviews.by_id", "bracelet_children.guardian_id",
}  # fmt: skip
"""Others that no pupil's row can be in, for pupils have no right that writes them."""


async def read(desk: Desk, username: str, address: str = FILE) -> dict[str, Any]:
    answer = await (await desk(username)).get(address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def keep_number(desk: Desk) -> None:
    async with desk.ground.transaction() as session:
        await numbers.keep(session, [(CHILD, "identity", NUMBER)])


def test_every_column_that_names_a_person_is_told_and_erased_or_is_staffs() -> None:
    songjiao.build_web()
    named = {column for one in holdings.all_holdings() for column in one.columns}
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "people.id" and not ACTS.search(column.name)
    }
    assert found - named - STAFF == set()
    assert named <= found
    assert not named & STAFF


async def test_a_guardian_sees_everything_that_is_stored_about_the_child(desk: Desk) -> None:
    await keep_number(desk)
    file = await read(desk, "parent")
    assert (file["name"], file["school"], file["class_name"]) == ("韦朝阳", "云头教学点", "三年级")
    assert (file["under_14"], file["born"], file["mine"]) == (True, "2017-04-12", True)
    assert file["consents"] == ["live", "recording"]
    assert [(one["name"], one["relation"]) for one in file["guardians"]] == [("岑春兰", "母亲")]
    held = {one["key"]: one["rows"] for one in file["holdings"]}
    assert held["account"][0]["username"] == "student"
    assert held["numbers"] == [{"kind": "identity", "number": "5223" + "*" * 12 + NUMBER[-2:]}]
    assert NUMBER not in str(file)
    assert [one["rows"] for one in file["holdings"] if one["key"] == "minors.person_id"] == [[{"born": "2017-04-12"}]]


async def test_each_look_is_on_record_and_the_guardian_sees_who_looked(desk: Desk) -> None:
    await read(desk, "bureau")
    looks = (await read(desk, "parent"))["looks"]
    assert [(look["by"], look["action"]) for look in looks] == [("杨立群", "child.look")]


async def test_a_guardian_lists_the_own_children_and_a_keeper_the_pupils_of_the_place(desk: Desk) -> None:
    assert [one["name"] for one in (await read(desk, "parent", "/api/children"))["items"]] == ["韦朝阳"]
    assert [one["name"] for one in (await read(desk, "guardian", "/api/children"))["items"]] == ["王小山"]
    names = {one["name"] for one in (await read(desk, "bureau-qinglong", "/api/children"))["items"]}
    assert names == {"韦朝阳", "岑小燕", "罗春生"}


@pytest.mark.parametrize("username", ["guardian", "bureau-qinglong"])
async def test_a_child_that_is_not_ones_own_is_not_there(desk: Desk, username: str) -> None:
    other = seed.person("520326:岑小燕") if username == "guardian" else seed.person("teacher")
    answer = await (await desk(username)).get(f"/api/children/{other}")
    assert (answer.status_code, answer.json()["code"]) == (404, "child-unknown")


@pytest.mark.parametrize("username", ["teacher", "village", "student", "police", "security", "auditor"])
async def test_others_read_no_file(desk: Desk, username: str) -> None:
    assert (await (await desk(username)).get(FILE)).json()["code"] == "not-allowed"


async def test_a_number_is_unmasked_with_a_reason_that_is_on_record(desk: Desk) -> None:
    await keep_number(desk)
    body = {"kind": "identity", "reason": "核对学籍"}
    shown = await (await desk("bureau")).post(f"{FILE}/unmasking", json=body)
    assert shown.json() == {"number": NUMBER}
    assert (await (await desk("parent")).post(f"{FILE}/unmasking", json=body)).status_code == 403
    assert (await (await desk("bureau")).post(f"{FILE}/unmasking", json=body | {"kind": "pupil"})).status_code == 404
    entries = await read(desk, "auditor", "/api/audit/entries?action=number.unmask")
    assert len(entries["items"]) == 1
    assert [look["action"] for look in (await read(desk, "parent"))["looks"]] == ["number.unmask"]


async def test_what_is_wrong_is_corrected_on_request(desk: Desk) -> None:
    asked = await (await desk("parent")).post(f"{FILE}/requests", json={"kind": "correction", "words": "生日写错了"})
    assert asked.status_code == 201
    twice = await (await desk("parent")).post(f"{FILE}/requests", json={"kind": "correction", "words": "又写错了"})
    assert twice.json()["code"] == "request-waiting"
    keeper = await desk("bureau-qinglong")
    [waiting] = (await read(desk, "bureau-qinglong", "/api/children/requests"))["items"]
    assert (waiting["child"]["name"], waiting["words"]) == ("韦朝阳", "生日写错了")
    assert (await keeper.post(f"{FILE}/correction", json={"born": "2017-04-21"})).status_code == 204
    address = f"/api/children/requests/{waiting['id']}/answer"
    assert (await keeper.post(address, json={"answer": "已改为 4 月 21 日"})).status_code == 204
    assert (await keeper.post(address, json={"answer": "再改"})).status_code == 409
    file = await read(desk, "parent")
    assert (file["born"], file["requests"][0]["answer"]) == ("2017-04-21", "已改为 4 月 21 日")


async def test_an_erased_child_is_nowhere_and_the_chain_verifies(desk: Desk) -> None:
    await keep_number(desk)
    keeper = await desk("bureau-qinglong")
    await keeper.post(f"{FILE}/correction", json={"name": "韦朝洋"})
    assert (await keeper.post(f"{FILE}/erasure", json={"reason": "监护人申请，韦朝洋已转往外省"})).status_code == 204
    assert (await keeper.get(FILE)).status_code == 404
    pupil = {"class_code": "520326", "name": "韦朝洋", "pin": "2580"}
    assert (await (await desk(None)).post("/api/sessions", json=pupil)).status_code == 401
    assert (await (await desk("student")).get("/api/sessions/current")).status_code in (200, 401)
    async with desk.ground.transaction() as session:
        assert await verify(session) is None
        tables = [table.name for table in Base.metadata.sorted_tables]
        everything = [str((await session.execute(text(f"SELECT t::text FROM {name} t"))).all()) for name in tables]
        entries = await session.scalars(select(AuditEntry).where(AuditEntry.object == f"person:{CHILD}"))
        assert [await opened(session, entry.after) for entry in entries if entry.after] == [None, None]
    assert not [name for name, rows in zip(tables, everything, strict=True) if "韦朝" in rows or NUMBER in rows]
