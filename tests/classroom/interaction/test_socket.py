"""A web server of lesson sockets, real clients, a real Valkey."""

import asyncio
import time
from typing import Any

import pytest

from classroom.interaction.messages import FROM_SERVER, Close
from core.tickets import Ticket

from .conftest import SIGNER, Page, Web, classroom, ticket


async def test_the_server_speaks_first_with_the_whole_state(web: Web) -> None:
    await web.events.log.append("l1", "slot", "teacher", {"slot": "teacher", "live": True, "relay": "relay-1"})
    async with web.page(classroom("r1")) as page:
        state = await page.hear()
        assert (state["type"], state["lesson"], state["stage"]) == ("state", "l1", "live")
        assert (state["you"]["key"], state["you"]["room_name"]) == ("r1", "Room r1")
        assert page.facts["slot", "teacher"]["live"] is True
        FROM_SERVER.validate_python(state)


async def test_a_lesson_nobody_has_written_about_is_asked_for(web: Web) -> None:
    async with web.page(ticket("student")) as page:
        fact = await page.hear()
        if ("lesson", "") not in page.facts:
            fact = await page.until("lesson")
        assert page.facts["lesson", ""]["title"] == "月相变化的规律"
        FROM_SERVER.validate_python(fact)


async def test_the_ticket_may_stand_in_authorization(web: Web) -> None:
    headers = {"Authorization": f"Bearer {SIGNER.sign(ticket())}"}
    async with web.page(ticket(), subprotocols=None, additional_headers=headers) as page:
        assert (await page.hear())["type"] == "state"


async def closed(web: Web, of: Ticket, path: str | None = None, **options: Any) -> int | None:
    async with web.page(of, path, **options) as page:
        return await page.close_code()


async def test_each_refusal_closes_with_its_code(web: Web) -> None:
    good = SIGNER.sign(ticket())
    assert await closed(web, ticket(), subprotocols=["songjiao.events", "no.ticket.this"]) == Close.TICKET_INVALID
    assert await closed(web, ticket(expires_at=time.time() - 1)) == Close.TICKET_EXPIRED
    assert await closed(web, ticket(), "l2/events") == Close.WRONG_LESSON
    assert await closed(web, ticket(lesson="never")) == Close.LESSON_UNKNOWN
    assert await closed(web, ticket(), origin="https://elsewhere.example") == Close.ORIGIN_REFUSED
    assert await closed(web, ticket(), f"l1/events?ticket={good}") == Close.TICKET_IN_ADDRESS


async def test_a_ticket_that_expires_closes_its_socket(web: Web) -> None:
    async with web.page(ticket(expires_at=time.time() + 6)) as page:
        assert (await page.hear())["type"] == "state"
        assert await page.close_code() == Close.TICKET_EXPIRED


async def test_a_fact_reaches_every_page_at_once(web: Web) -> None:
    async with web.page(classroom("r1")) as one, web.page(ticket("student")) as two:
        await one.until("state")
        await two.until("state")
        started = time.perf_counter()
        await web.events.log.append("l1", "slot", "board", {"slot": "board", "live": True, "relay": "relay-1"})
        for page in (one, two):
            FROM_SERVER.validate_python(await page.until("slot", key="board"))
        assert time.perf_counter() - started < 1.0


async def test_resuming_gives_what_was_missed_and_nothing_else(web: Web) -> None:
    async with web.page(ticket(), "l1/events") as page:
        await page.until("presence")
        after = page.seq
    number = await web.events.log.append("l1", "slot", "board", {"slot": "board", "live": True, "relay": "r"})
    async with web.page(ticket(), f"l1/events?after={after}") as page:
        first = await page.hear()
        assert (first["type"], first["seq"]) == ("slot", number)


async def test_resuming_from_a_lost_number_gives_the_whole_state(web: Web) -> None:
    async with web.page(ticket(), "l1/events?after=12345") as page:
        assert (await page.hear())["type"] == "state"


async def test_the_teacher_pauses_and_the_rooms_hear_it(web: Web) -> None:
    async with web.page(ticket()) as teacher, web.page(classroom("r1")) as room:
        await room.until("state")
        await teacher.say(type="pause", paused=True)
        assert (await room.until("paused"))["paused"] is True
        await teacher.say(type="mute", slot="room1", muted=True)
        assert (await room.until("muted"))["key"] == "room1"


async def test_a_room_that_tries_is_told_and_the_lesson_goes_on(web: Web) -> None:
    async with web.page(classroom("r1")) as room:
        await room.say(type="pause", paused=True, id="7")
        problem = await room.until("problem")
        assert (problem["code"], problem["id"]) == ("not-allowed", "7")
        FROM_SERVER.validate_python(problem)
        await room.connection.send(b"\x00\xff")
        assert (await room.until("problem"))["code"] == "not-json"
        assert ("paused", "") not in room.facts


async def test_a_message_too_large_or_a_hundred_bad_ones_end_the_socket(web: Web) -> None:
    async with web.page(ticket()) as page:
        await page.connection.send("x" * 5000)
        assert await page.close_code() == Close.TOO_LARGE
    async with web.page(ticket()) as page:
        for _ in range(101):
            await page.connection.send("bad")
        assert await page.close_code() == Close.TOO_MANY


async def online(page: Page, key: str) -> bool | None:
    fact = page.facts.get(("presence", key))
    return None if fact is None else fact["online"]


async def test_a_room_is_present_until_its_last_tab_has_gone(web: Web) -> None:
    async with web.page(ticket()) as teacher:
        await teacher.until("state")
        async with web.page(classroom("r1")):
            present = await teacher.until("presence", key="r1", online=True)
            assert present["name"] == "Room r1"
            async with web.page(classroom("r1")) as second:
                await second.until("state")
        gone = await teacher.until("presence", key="r1", seconds=20)
        assert gone["online"] is False


async def test_a_reload_is_no_news(web: Web) -> None:
    async with web.page(ticket()) as teacher:
        async with web.page(classroom("r1")):
            await teacher.until("presence", key="r1", online=True)
        async with web.page(classroom("r1")):
            with pytest.raises(TimeoutError):
                await teacher.until("presence", key="r1", seconds=4)


async def test_a_rehearsal_is_heard_by_nobody_in_the_lesson(web: Web) -> None:
    async with web.page(classroom("r1")) as room, web.page(ticket(stage="rehearsal")) as teacher:
        await room.until("state")
        assert (await teacher.until("state"))["stage"] == "rehearsal"
        await teacher.say(type="pause", paused=True)
        await teacher.until("paused")
        with pytest.raises(TimeoutError):
            await room.until("paused", seconds=0.5)


async def test_a_page_that_does_not_read_is_closed_and_the_others_go_on(web: Web) -> None:
    async with web.page(ticket()) as slow, web.page(ticket("observer")) as quick:
        slow.connection.transport.pause_reading()
        body = {"slot": "board", "live": True, "relay": "r" * 60_000}
        for number in range(400):
            await web.events.log.append("l1", "slot", f"s{number}", body)
            await quick.until("slot", key=f"s{number}")
        slow.connection.transport.resume_reading()
        assert await slow.close_code() in (Close.TOO_SLOW, 1006)  # 1006: too slow to hear even that


async def test_a_lesson_whose_hour_has_come_is_told(web: Web) -> None:
    async with web.page(classroom("r1")) as room:
        await room.until("state")
        web.lessons["l1"]["state"] = "ended"
        assert (await room.until("lesson", state="ended", seconds=30))["seq"] == room.seq


async def test_a_stopping_server_leaves_no_task_behind(web: Web) -> None:
    async with web.page(ticket()) as page:
        await page.until("state")
    await asyncio.sleep(0)
