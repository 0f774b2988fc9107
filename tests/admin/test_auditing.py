"""The audit log as its administrator sees it, and what tampering looks like."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.auditing.tasks import walk_chain
from core import audit, person_keys
from core.audit import FIRST, AuditEntry, verify
from core.clock import now
from tests.admin.cast import Desk

TEACHER = seed.person("teacher")


async def record(desk: Desk, *actions: str) -> None:
    async with desk.ground.transaction() as session:
        for action in actions:
            await audit.record(session, TEACHER, action, f"person:{TEACHER}", after={"name": "陈静怡"}, about=TEACHER)


async def entries(desk: Desk, **wanted: Any) -> list[dict[str, Any]]:
    answer = await (await desk("auditor")).get("/api/audit/entries", params=wanted)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_entries_are_found_by_what_who_when_and_how_it_ended(desk: Desk) -> None:
    await record(desk, "lesson.create", "lesson.change", "room.create")
    await (await desk(None)).post("/api/sessions", json={"username": "teacher", "password": "wrong"})
    assert [one["action"] for one in await entries(desk, action="lesson")] == ["lesson.change", "lesson.create"]
    assert {one["actor"]["name"] for one in await entries(desk, actor=str(TEACHER))} == {"陈静怡"}
    assert [one["action"] for one in await entries(desk, result="refused")] == ["session.create"]
    assert await entries(desk, until="2020-01-01T00:00:00Z") == []
    assert len(await entries(desk, object=f"person:{TEACHER}", since="2020-01-01T00:00:00Z")) == 3
    assert await entries(desk, action="%") == []


async def test_pages_of_entries_neither_repeat_nor_miss(desk: Desk) -> None:
    await record(desk, *[f"lesson.step{n}" for n in range(5)])
    auditor = await desk("auditor")
    seen, cursor = [], None
    for _ in range(3):
        page = (
            await auditor.get(
                "/api/audit/entries", params={"action": "lesson", "limit": 2, **({"after": cursor} if cursor else {})}
            )
        ).json()
        seen += [one["action"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [f"lesson.step{n}" for n in (4, 3, 2, 1, 0)]
    assert cursor is None
    broken = await auditor.get("/api/audit/entries", params={"after": "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ"})
    assert broken.status_code == 400


async def test_a_look_at_what_an_entry_says_of_a_person_is_written_down(desk: Desk) -> None:
    await record(desk, "person.change")
    [line] = await entries(desk, action="person.change")
    assert line["sealed"]
    auditor = await desk("auditor")
    opened = (await auditor.get(f"/api/audit/entries/{line['number']}")).json()
    assert (opened["after"], opened["erased"]) == ({"name": "陈静怡"}, False)
    looks = await entries(desk, action="audit.")
    assert [look["action"] for look in looks] == ["audit.open", "audit.search"]


async def test_when_the_key_is_gone_the_words_are_gone_and_the_chain_still_verifies(desk: Desk) -> None:
    await record(desk, "person.change")
    [line] = await entries(desk, action="person.change")
    async with desk.ground.transaction() as session:
        await person_keys.destroy(session, TEACHER, now())
    opened = (await (await desk("auditor")).get(f"/api/audit/entries/{line['number']}")).json()
    assert (opened["after"], opened["erased"]) == (None, True)
    async with desk.ground.transaction() as session:
        assert await verify(session) is None
        words = (await session.execute(text("SELECT string_agg(after::text, '') FROM audit_entries"))).scalar_one()
    assert "陈静怡" not in words
    await record(desk, "person.change")
    newest = (await entries(desk, action="person.change"))[0]
    assert (await (await desk("auditor")).get(f"/api/audit/entries/{newest['number']}")).json()["after"] is None


@pytest.mark.parametrize("username", ["admin", "bureau", "security", "teacher", "student"])
async def test_nobody_else_reads_the_log(desk: Desk, username: str) -> None:
    client = await desk(username)
    for address in ("entries", "entries/1", "export", "checks"):
        assert (await client.get(f"/api/audit/{address}")).json()["code"] == "not-allowed"


async def test_an_export_can_be_checked_without_us(desk: Desk) -> None:
    await record(desk, "lesson.create", "lesson.change")
    exported = await (await desk("auditor")).get("/api/audit/export", params={"form": "jsonl"})
    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert len(lines) >= 3
    previous = FIRST
    for line in lines:
        previous = hashlib.sha256(previous + line["content"].encode()).digest()
        assert line["digest"] == previous.hex()
    assert "陈静怡" not in exported.text


async def test_a_table_computes_nothing(desk: Desk) -> None:
    async with desk.ground.transaction() as session:
        await audit.record(session, None, "=1+1", "@SUM(A1)")
    exported = await (await desk("auditor")).get("/api/audit/export", params={"action": "="})
    [row] = csv.DictReader(io.StringIO(exported.text.removeprefix("\ufeff")))
    assert (row["action"], row["object"]) == ("'=1+1", "'@SUM(A1)")


async def walk(desk: Desk) -> dict[str, Any]:
    async with desk.ground.transaction() as session:
        await walk_chain.work(session, desk.ground)
    found: dict[str, Any] = (await (await desk("auditor")).get("/api/audit/checks")).json()["items"][0]
    return found


async def tamper(desk: Desk, statement: str) -> None:
    async with desk.ground.transaction() as session:
        await session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER append_only"))
        await session.execute(text(statement))
        await session.execute(text("ALTER TABLE audit_entries ENABLE TRIGGER append_only"))


async def test_a_walk_counts_the_entries_and_finds_the_changed_one(desk: Desk) -> None:
    await record(desk, "one", "two", "three")
    whole = await walk(desk)
    assert (whole["broken_at"], whole["entries"], whole["by"]) == (None, 3, None)
    await tamper(desk, "UPDATE audit_entries SET action = 'nothing' WHERE action = 'two'")
    async with desk.ground.transaction() as session:
        [number] = (await session.execute(text("SELECT number FROM audit_entries WHERE action = 'nothing'"))).scalars()
    assert (await walk(desk))["broken_at"] == number


async def test_an_end_that_was_cut_off_is_noticed_by_the_next_walk(desk: Desk) -> None:
    await record(desk, "one", "two", "three")
    await walk(desk)
    await tamper(desk, "DELETE FROM audit_entries WHERE action = 'three'")
    async with desk.ground.transaction() as session:
        assert await verify(session) is None
    assert (await walk(desk))["broken_at"] is not None


async def test_the_database_refuses_to_change_the_log(desk: Desk, session: AsyncSession) -> None:
    await record(desk, "one")
    for statement in ("UPDATE audit_entries SET action = ''", "DELETE FROM audit_entries", "TRUNCATE audit_entries"):
        with pytest.raises(Exception, match="append-only"):
            async with session.begin_nested():
                await session.execute(text(statement))
    assert await session.scalar(text("SELECT count(*) FROM audit_entries")) == 1
    assert AuditEntry.__tablename__ == "audit_entries"


async def test_an_auditor_of_a_county_sees_what_its_own_people_did(desk: Desk) -> None:
    async with desk.ground.transaction() as session:
        await session.execute(
            text("UPDATE roles SET organisation_id = :place WHERE person_id = :who"),
            {"place": seed.place("qinglong"), "who": seed.person("auditor")},
        )
        await audit.record(session, seed.person("bureau-qinglong"), "lesson.create", "lesson:1")
    await record(desk, "lesson.change")
    assert [one["action"] for one in await entries(desk, action="lesson")] == ["lesson.create"]
