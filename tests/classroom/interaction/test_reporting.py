import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypedDict

from classroom.interaction.log import Entry, LessonLog
from classroom.interaction.messages import Role
from classroom.interaction.reporting import RelayReports, heartbeat_key
from core import valkey

from .conftest import OwnValkey


class Who(TypedDict):
    person: str
    name: str
    role: Role
    room: str
    room_name: str


WHO = Who(person="p", name="Village", role="classroom", room="r1", room_name="Room 1")


@asynccontextmanager
async def running(log: LessonLog, relay: str = "relay-1") -> AsyncIterator[RelayReports]:
    reports = RelayReports(log, relay)
    task = asyncio.create_task(reports.run())
    try:
        yield reports
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(log: LessonLog, *expected: tuple[str, str], seconds: float = 20.0, **fields: object) -> list[Entry]:
    """Wait for exactly these (type, key) to hold, each body with these fields."""
    facts: list[Entry] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(*valkey.OUTAGES):
            _, facts = await log.state("l1")
        right = all((fact.body or {}).get(name) == value for fact in facts for name, value in fields.items())
        if right and sorted(fact.name for fact in facts) == sorted(expected):
            return facts
        await asyncio.sleep(0.05)
    raise AssertionError(f"{[fact.wire for fact in facts]}")


async def test_slots_and_lines_reach_the_log_and_leave_it(log: LessonLog) -> None:
    async with running(log) as reports:
        reports.slot("l1", "teacher", live=True, person="t", name="Chen", audio=True, video=True, since=1_700_000_000.5)
        reports.line("l1", "s1", **WHO, connected=True, loss=0.01234, delay_ms=23.4, kbps=1234)
        facts = {fact.type: fact.body or {} for fact in await until(log, ("slot", "teacher"), ("line", "s1"))}
        assert facts["slot"]["since"] == "2023-11-14T22:13:20.500000Z"
        assert (facts["line"]["loss"], facts["line"]["delay_ms"], facts["line"]["kbps"]) == (0.01, 20.0, 1250)
        reports.gone("l1", "s1")
        await until(log, ("slot", "teacher"))


async def test_a_line_that_is_not_connected_is_down(log: LessonLog) -> None:
    async with running(log) as reports:
        reports.line("l1", "s1", **WHO, connected=False)
        [fact] = await until(log, ("line", "s1"))
        assert (fact.body or {})["state"] == "down"


async def test_a_relay_that_stops_takes_its_word_back(log: LessonLog) -> None:
    async with running(log) as reports:
        reports.slot("l1", "teacher", live=True)
        reports.line("l1", "s1", **WHO, connected=True)
        await until(log, ("slot", "teacher"), ("line", "s1"))
    await until(log, ("slot", "teacher"), live=False, seconds=2)
    assert await log.valkey.get(heartbeat_key("relay-1")) is None


async def test_a_relay_that_was_killed_clears_what_it_left_behind_when_it_comes_back(log: LessonLog) -> None:
    reports = RelayReports(log, "relay-1")
    reports.slot("l1", "teacher", live=True)
    reports.line("l1", "old", **WHO, connected=True)
    await reports._flush(0.0)  # as far as a killed one comes
    await log.append("l1", "slot", "room", {"slot": "room", "live": True, "relay": "another"})
    async with running(log):
        await until(log, ("slot", "teacher"), ("slot", "room"))
    _, facts = await log.state("l1")
    assert {fact.key: (fact.body or {})["live"] for fact in facts} == {"teacher": False, "room": True}


async def test_reports_never_wait_while_valkey_is_away_and_all_is_said_again_afterwards(own_valkey: OwnValkey) -> None:
    client = valkey.connect(own_valkey.url)
    log = LessonLog(client)
    async with running(log) as reports:
        reports.slot("l1", "teacher", live=True)
        reports.line("l1", "s1", **WHO, connected=True)
        await until(log, ("slot", "teacher"), ("line", "s1"))
        own_valkey.kill()
        own_valkey.lose_everything()
        started = time.perf_counter()
        for number in range(1000):
            reports.line("l1", f"s{number % 10}", **WHO, connected=True, kbps=number)
        reports.gone("l1", "s1")
        assert time.perf_counter() - started < 0.2
        own_valkey.start()
        lines = [("line", f"s{number}") for number in range(10) if number != 1]
        await until(log, ("slot", "teacher"), *lines, seconds=30)
    await client.aclose()


async def test_a_valkey_that_lost_its_memory_between_two_heartbeats_is_told_again(log: LessonLog) -> None:
    async with running(log) as reports:
        reports.slot("l1", "teacher", live=True)
        await until(log, ("slot", "teacher"))
        await log.valkey.flushdb()
        await until(log, ("slot", "teacher"))
