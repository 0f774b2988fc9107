"""A county's relay without Valkey, where a lesson within the county is anchored: orders reach it, and who sends there
is told; whoever was away hears what was missed."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from classroom.interaction.log import LessonLog
from classroom.orders import STANDING, Order, give
from core import valkey
from tests.benchmarks.peer import JoinFailed, Peer
from tests.classroom.cascade.tree import IDENTITY, LESSON, Room, Tree, grow, until
from tests.classroom.conftest import make_ticket

GUEST = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
async def house(redis_url: str) -> AsyncIterator[Redis]:
    """What the control plane writes into."""
    client = valkey.connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def tree(tmp_path: Path, redis_url: str, house: Redis) -> AsyncIterator[Tree]:
    """While its relays are away, the guest's seat is taken back."""
    await give(house, {Order(LESSON, "unseat", GUEST): time.time() + 600}, time.time())
    made = await asyncio.to_thread(grow, tmp_path, redis_url, ("county", "prefecture"))
    yield made
    await made.close()


async def test_orders_reach_a_lesson_that_is_anchored_at_the_county_whoever_was_away(tree: Tree, house: Redis) -> None:
    await _orders_are_for_relays_only(tree)
    await _a_seat_that_was_taken_back_before_they_came_is_refused(tree)
    await _pause_and_emergency_order(tree, house)


async def _pause_and_emergency_order(tree: Tree, house: Redis) -> None:
    await tree.teach("county")
    room = await tree.room("county", anchor=tree.ways[0])
    await until(lambda: len(room.arrivals) > 100, 8.0, "the room hears nothing")
    log = LessonLog(house)
    await _holds(lambda: _slot(log), True)

    await log.append(LESSON, "paused", "", {"paused": True})
    await _falls_silent(room)
    await log.append(LESSON, "paused", "", {"paused": False})
    before = len(room.arrivals)
    await until(lambda: len(room.arrivals) > before + 100, 8.0, "the lesson does not go on")

    await give(house, {Order(LESSON, "shutdown"): time.time() + 600}, time.time())
    await _falls_silent(room)
    sent = tree.relays["county"].metrics()["songjiao_relay_bytes_out_total"]
    await asyncio.sleep(0.5)
    assert tree.relays["county"].metrics()["songjiao_relay_bytes_out_total"] == sent
    with pytest.raises(JoinFailed, match="410"):
        await tree.room("county", anchor=tree.ways[0])
    await _holds(lambda: _slot(log), False)


async def _a_seat_that_was_taken_back_before_they_came_is_refused(tree: Tree) -> None:
    """By the prefecture's relay, and by the county's, which has no Valkey."""
    for tier in ("prefecture", "county"):
        await _holds(lambda tier=tier: _refused(tree, tier, GUEST), True)
        assert not await _refused(tree, tier, "teacher-1")


async def _orders_are_for_relays_only(tree: Tree) -> None:
    url = f"{tree.relays['prefecture'].url}/cascade/orders"
    ticket = tree.relays["prefecture"].sign(make_ticket())
    async with httpx.AsyncClient() as client:
        for held in (ticket, "nothing"):
            answer = await client.post(url, content=b"{}", headers={"Authorization": f"Bearer {held}"})
            assert (answer.status_code, answer.json()["code"]) == (401, "relay-key-invalid")
        key = {"Authorization": f"Bearer {tree.relays['county'].environment['SONGJIAO_RELAY_KEY']}"}
        for body in (b"", b"{}", b'{"lessons": 3, "known": ""}'):
            answer = await client.post(url, content=body, headers=key)
            assert (answer.status_code, answer.json()["code"]) == (400, "question-malformed")


async def test_an_order_that_stands_is_told_once_and_forgotten_when_it_has_run_out(house: Redis) -> None:
    async with house.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe("songjiao:orders")
        await channel.get_message(timeout=1)
        for _ in range(2):
            await give(house, {Order("l", "end"): 50.0, Order("l", "unseat", "p"): 90.0}, 10.0)
        heard = [await channel.get_message(timeout=0.2) for _ in range(3)]
    assert [one and json.loads(one["data"]) for one in heard] == [
        {"lesson": "l", "order": "end"}, {"lesson": "l", "order": "unseat", "person": "p"}, None,
    ]  # fmt: skip
    await give(house, {Order("m", "end"): 90.0}, 60.0)
    assert await house.zcard(STANDING) == 2


async def _falls_silent(room: Room) -> None:
    await until(lambda: not room.heard_since(time.monotonic() - 0.5), 8.0, "the room goes on hearing")


async def _slot(log: LessonLog) -> bool:
    _, facts = await log.state(LESSON)
    return any(fact.name == ("slot", "teacher") and fact.body and fact.body["live"] for fact in facts)


async def _refused(tree: Tree, tier: str, person: str) -> bool:
    """Whether somebody's ticket, given before, is refused where publishers send. Her seat is lost at once when she has
    entered before the relay has heard."""
    relay = tree.relays[tier]
    held = relay.sign(make_ticket(lesson=LESSON, person=person, ways=tree.ways, anchor=relay.url))
    peer = Peer(IDENTITY, relay.whip(LESSON), held, direction="sendonly")
    try:
        await peer.join()
    except JoinFailed as failure:
        return "403" in str(failure)
    async with httpx.AsyncClient() as client:
        await client.delete(peer.location, headers={"Authorization": f"Bearer {held}"})
    return False


async def _holds(condition: Any, wanted: bool) -> None:
    async with asyncio.timeout(20):
        while await condition() != wanted:
            await asyncio.sleep(0.1)
