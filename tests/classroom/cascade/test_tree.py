"""One lesson down four real relays: prefecture, county, township, school."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import redis

from classroom.cascade import registry
from classroom.cascade.deliver import STREAM
from classroom.cascade.registry import alive_key
from tests.benchmarks.peer import JoinFailed
from tests.classroom.cascade.tree import LESSON, TIERS, Tree, grow, until


@pytest.fixture
async def tree(tmp_path: Path, redis_url: str) -> AsyncIterator[Tree]:
    made = await asyncio.to_thread(grow, tmp_path, redis_url)
    yield made
    await made.close()


async def test_a_lesson_goes_down_the_tiers_survives_a_death_and_obeys_the_emergency_order(
    tree: Tree, redis_url: str
) -> None:
    await tree.teach()
    rooms = [await tree.room("school", person=f"room-{number}") for number in range(3)]
    rooms += [await tree.room("township", person="room-9")]
    await until(lambda: all(room.arrivals for room in rooms), 3.0, "the lesson did not come down")
    with pytest.raises(JoinFailed, match="403"):
        await tree.room("school", ways=tree.ways[1:])
    await _one_copy_a_link(tree)
    await _the_tree_is_known(redis_url)
    await _the_townships_death(tree)
    await _the_countys_upgrade(tree)
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


async def _the_tree_is_known(redis_url: str) -> None:
    """Relays without Valkey are told by the relays above, legs included."""

    def cards() -> dict[str, registry.Card]:
        with redis.Redis.from_url(redis_url, decode_responses=True) as client:
            texts = client.hgetall(registry.CARDS)
            return {name: registry.read_card(text) for name, text in texts.items() if client.exists(alive_key(name))}

    expected = {"prefecture-1": 0, "county-1": 2, "township-1": 2, "school-1": 2}
    await until(lambda: {name: len(one.legs) for name, one in cards().items()} == expected, 15.0, str(cards()))
    legs = {(leg.slot, leg.layer): leg for leg in cards()["school-1"].legs}
    assert set(legs) == {("teacher", "voice"), ("teacher", "f")}
    assert {(leg.lesson, leg.lost) for leg in legs.values()} == {(LESSON, 0)}


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


async def _the_countys_upgrade(tree: Tree) -> None:
    """Everything below goes round it, and nobody new comes in."""
    room = await tree.room("school")
    await until(lambda: len(room.arrivals) > 100, 3.0, "the room hears nothing")
    drained = time.monotonic()
    tree.relays["county"].process.send_signal(signal.SIGUSR1)
    await asyncio.sleep(2.0)
    assert room.longest_gap(drained) <= 1.0
    with pytest.raises(JoinFailed, match="503"):
        await tree.room("county")


async def _the_order(tree: Tree, redis_url: str) -> None:
    room = await tree.room("school")
    await until(lambda: room.arrivals, 3.0, "the room hears nothing")
    with redis.Redis.from_url(redis_url) as client:
        client.publish("songjiao:orders", json.dumps({"lesson": LESSON, "order": "shutdown"}))
    ordered = time.monotonic()
    await asyncio.sleep(1.0)
    sent = tree.bytes("out")
    await asyncio.sleep(1.0)
    assert room.heard_since(ordered + 1.0) == 0
    assert tree.bytes("out") == sent
    with pytest.raises(JoinFailed, match="410"):
        await tree.room("school")
    await _the_ledger(redis_url)


async def _the_ledger(redis_url: str) -> None:
    """Every leg that ended is told upwards, to where the control plane takes it."""

    def told() -> set[str]:
        with redis.Redis.from_url(redis_url, decode_responses=True) as client:
            return {json.loads(row["entry"])["child"] for _, row in client.xrange(STREAM)}

    await until(lambda: told() == {"county-1", "township-1", "school-1"}, 10.0, "the ledger does not come up")
