from typing import Any

import pytest
from sqlalchemy import select

from admin import seed
from core.audit import AuditEntry
from tests.admin.cast import Desk

FEW = 16
"""Statements of a start page, whatever the role and the number of rows."""


@pytest.mark.parametrize("who", ["admin", "bureau", "teacher", "village", "hospital", "insurer", "police", "guardian"])
async def test_every_role_has_a_start_page_of_a_few_statements(desk: Desk, who: str) -> None:
    client = await desk(who)
    await client.get("/api/start")
    with desk.counted() as statements:
        answer = await client.get("/api/start")
        assert len(statements) <= FEW, statements
    assert answer.status_code == 200, answer.text
    assert all(one["count"] for one in answer.json()["waiting"])


async def test_what_waits_is_ones_own(desk: Desk) -> None:
    keys = {one["key"] for one in (await (await desk("bureau-qinglong")).get("/api/start")).json()["waiting"]}
    assert "lists.own" in keys
    assert (await (await desk("student")).get("/api/start")).json() == {"waiting": [], "figures": []}


async def test_a_teachers_numbers_are_of_her_term(desk: Desk) -> None:
    figures = (await (await desk("teacher")).get("/api/start")).json()["figures"]
    assert [one["key"] for one in figures] == ["lessons.taught", "lessons.schools"]


async def test_the_portal_shows_the_tiers_and_only_what_the_asker_may_open(desk: Desk) -> None:
    told = (await (await desk("guardian")).get("/api/portal")).json()
    assert told["applications"] == ["bracelets"]
    tiers = [one["place"]["tier"] for one in told["entrances"]]
    assert tiers == ["province", "prefecture"] + ["county"] * 9
    assert not any(one["changes"] for one in told["entrances"])


async def test_an_entrance_is_renamed_by_the_administrator_on_record_and_by_version(desk: Desk, session: Any) -> None:
    address = f"/api/portal/entrances/{seed.place('puan')}"
    body = {"version": 0, "name_zh": "普安教育云", "name_en": "Pu'an education cloud"}
    admin = await desk("admin")
    assert (await admin.put(address, json=body)).json()["version"] == 1
    assert (await admin.put(address, json=body)).json()["code"] == "changed-meanwhile"
    names = {one["name_zh"] for one in (await (await desk("teacher")).get("/api/portal")).json()["entrances"]}
    assert "普安教育云" in names
    assert (await (await desk("bureau")).put(address, json=body)).status_code == 403
    [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "entrance.rename"))
    assert (entry.before["name"], entry.after["name_zh"]) == ("普安县", "普安教育云")
