"""One lesson down four real relays: prefecture, county, township, school."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from tests.benchmarks.peer import JoinFailed
from tests.classroom.cascade.tree import LESSON, TIERS, Tree, until
from tests.classroom.conftest import RunningRelay


@pytest.fixture
async def tree(make_relay: Callable[[dict[str, str]], RunningRelay], redis_url: str) -> AsyncIterator[Tree]:
    """Only the prefecture's relay has Valkey."""

    def made_for(tier: str) -> RunningRelay:
        valkey = {"SONGJIAO_REDIS_URL": redis_url} if tier == "prefecture" else {}
        return make_relay({"SONGJIAO_RELAY_NAME": f"{tier}-1", "SONGJIAO_RELAY_TIER": tier, **valkey})

    with ThreadPoolExecutor() as at_once:
        made = Tree(dict(zip(TIERS, at_once.map(made_for, TIERS), strict=True)))
    yield made
    await made.close()


async def test_a_lesson_goes_down_the_tiers_survives_a_death_and_obeys_the_emergency_order(
    tree: Tree, redis_url: str
) -> None:
    await tree.teach()
    rooms = [await tree.room("school", person=f"room-{number}") for number in range(3)]
    rooms += [await tree.room("township", person="room-9")]
    await until(lambda: all(room.arrivals for room in rooms), 3.0, "the lesson did not come down")
    await _one_copy_a_link(tree)
    await _the_townships_death(tree)
    await _the_order(tree, redis_url)


async def _one_copy_a_link(tree: Tree) -> None:
    """What comes into the prefecture is one copy; each link below carries as much, however many rooms there are."""
    await asyncio.sleep(1.0)
    came, went = tree.bytes("in"), tree.bytes("out")
    await asyncio.sleep(3.0)
    came = {tier: count - came[tier] for tier, count in tree.bytes("in").items()}
    went = {tier: count - went[tier] for tier, count in tree.bytes("out").items()}
    copies = {tier: went[tier] / came["prefecture"] for tier in TIERS}
    assert copies == pytest.approx({"prefecture": 1, "county": 1, "township": 2, "school": 3}, rel=0.05)
    links = {tier: came[tier] / came["prefecture"] for tier in TIERS}
    assert links == pytest.approx(dict.fromkeys(TIERS, 1), rel=0.05)


async def _the_townships_death(tree: Tree) -> None:
    room = await tree.room("school")
    await until(lambda: len(room.arrivals) > 100, 3.0, "the room hears nothing")
    died = time.monotonic()
    tree.relays["township"].process.kill()
    await asyncio.sleep(3.0)
    assert room.longest_gap(died) <= 2.0
    await asyncio.to_thread(tree.relays["township"].start)
    await until(lambda: tree.bytes("out")["township"] > 100_000, 8.0, "the tree does not heal")
    await asyncio.sleep(0.5)
    assert room.longest_gap(died) <= 2.0


async def _the_order(tree: Tree, redis_url: str) -> None:
    room = await tree.room("school")
    await until(lambda: room.arrivals, 3.0, "the room hears nothing")
    with redis.Redis.from_url(redis_url) as client:
        client.publish("songjiao:orders", json.dumps({"lesson": LESSON, "order": "shutdown"}))
    ordered = time.monotonic()
    await asyncio.sleep(2.0)
    assert room.heard_since(ordered + 1.0) == 0
    with pytest.raises(JoinFailed, match="410"):
        await tree.room("school")
