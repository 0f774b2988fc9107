"""Valkey, relays and web processes die in the middle of a lesson; pages stay open and are put right."""

import asyncio
import sys
from contextlib import suppress

from classroom.interaction.log import LessonLog
from classroom.interaction.reporting import RelayReports
from core import valkey

from .conftest import OwnValkey, classroom, serving, ticket


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


RELAY = """
import asyncio, sys
from classroom.interaction.log import LessonLog
from classroom.interaction.reporting import RelayReports
from core import valkey

async def main():
    reports = RelayReports(LessonLog(valkey.connect(sys.argv[1])), "relay-1")
    reports.slot("l1", "teacher", live=True, person="t")
    reports.line("l1", "s1", person="p", name="Village", role="classroom", connected=True)
    await reports.run()

asyncio.run(main())
"""


async def test_pages_stay_open_while_valkey_restarts_and_hear_what_came_after(own_valkey: OwnValkey) -> None:
    async with serving(own_valkey.url) as web, web.page(classroom("r1")) as page:
        await page.until("presence", key="r1")
        own_valkey.kill()
        await asyncio.sleep(0.3)
        own_valkey.start()
        log = LessonLog(valkey.connect(own_valkey.url))
        await log.append("l1", "slot", "teacher", {"slot": "teacher", "live": True, "relay": "r"})
        assert (await page.until("slot", seconds=20))["live"] is True
        await log.valkey.aclose()


async def test_after_a_loss_everybody_says_again_what_stands(own_valkey: OwnValkey) -> None:
    client = valkey.connect(own_valkey.url)
    reports = RelayReports(LessonLog(client), "relay-1")
    relay = asyncio.create_task(reports.run())
    reports.slot("l1", "teacher", live=True)
    async with serving(own_valkey.url) as web, web.page(ticket()) as teacher, web.page(classroom("r1")) as room:
        await room.until("state")
        await teacher.say(type="pause", paused=True)
        before = (await room.until("paused"))["seq"]
        own_valkey.kill()
        own_valkey.lose_everything()
        await asyncio.sleep(0.3)
        own_valkey.start()
        state = await room.until("state", seconds=30)
        assert state["seq"] > before
        assert room.facts["paused", ""]["paused"] is True
        assert room.facts["slot", "teacher"]["live"] is True
        assert room.facts["lesson", ""]["title"] == "月相变化的规律"
        assert room.facts["presence", "teacher"]["online"] is True
        await teacher.say(type="pause", paused=False)
        assert (await room.until("paused"))["paused"] is False
    await stop(relay)
    await client.aclose()


async def test_a_command_while_valkey_is_away_is_answered_in_words(own_valkey: OwnValkey) -> None:
    async with serving(own_valkey.url) as web, web.page(ticket()) as teacher:
        await teacher.until("presence")
        own_valkey.kill()
        await teacher.say(type="pause", paused=True, id="now")
        problem = await teacher.until("problem", seconds=20)
        assert (problem["code"], problem["id"]) == ("not-now", "now")
        own_valkey.start()


async def test_the_facts_of_a_relay_that_was_killed_turn_to_not_connected(redis_url: str) -> None:
    relay = await asyncio.create_subprocess_exec(sys.executable, "-c", RELAY, redis_url)
    try:
        async with serving(redis_url) as web, web.page(ticket()) as page:
            await page.until("line", key="s1")
            relay.kill()
            slot = await page.until("slot", key="teacher", live=False, seconds=30)
            assert slot["person"] == "t"
            if page.facts["line", "s1"]["connected"]:
                await page.until("line", key="s1")
            assert page.facts["line", "s1"]["state"] == "down"
    finally:
        with suppress(ProcessLookupError):
            relay.kill()
        await relay.wait()


async def test_two_web_processes_count_one_room_once(redis_url: str) -> None:
    async with serving(redis_url) as one, serving(redis_url) as two, one.page(ticket()) as teacher:
        await teacher.until("state")
        async with one.page(classroom("r1")):
            await teacher.until("presence", key="r1", online=True)
            async with two.page(classroom("r1")) as page:
                await page.until("state")
        assert (await teacher.until("presence", key="r1", seconds=20))["online"] is False
