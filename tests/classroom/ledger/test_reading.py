from typing import Any
from uuid import UUID

from admin import seed
from classroom.cascade import registry
from classroom.cascade.registry import Card, LegNow
from core.clock import timestamp
from tests.admin.cast import Desk

LEG = str(UUID(int=5))


def leg(lesson: str, **changed: Any) -> LegNow:
    usual: dict[str, Any] = {
        "id": LEG, "lesson": lesson, "slot": "teacher", "layer": "f", "parent": "http://zhou", "kbps": 900.0,
        "loss": 0.0, "delay_ms": 12.0, "since": 1000.0, "until": 1010.0, "octets": 5, "packets": 4,
        "lost": 0, "gaps": 0, "gap_ms": 0,
    }  # fmt: skip
    return LegNow(**{**usual, **changed})


def card(name: str, **changed: Any) -> Card:
    usual: dict[str, Any] = {
        "name": name, "address": f"http://{name}", "tier": "county", "place": None, "parent": "http://zhou",
        "capacity": 100, "draining": False, "sessions": 25, "lessons": 1, "kbps_in": 900.0, "kbps_out": 9000.0,
        "legs": (), "seen": timestamp(),
    }  # fmt: skip
    return Card(**{**usual, **changed})


async def live(desk: Desk) -> str:
    [lesson] = (await (await desk("bureau")).get("/api/lessons?state=live")).json()["items"]
    return str(lesson["id"])


async def relays(desk: Desk, who: str) -> dict[str, Any]:
    answer = await (await desk(who)).get("/api/relays")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["items"]}


async def test_a_relay_that_registered_is_seen_with_its_parent_place_and_load(desk: Desk) -> None:
    place = str(seed.place("qinglong"))
    await registry.register(desk.ground.valkey, card("zhou", tier="prefecture", parent=None))
    await registry.register(desk.ground.valkey, card("qinglong", place=place, legs=(leg("x", loss=0.2),)))
    found = (await relays(desk, "bureau"))["qinglong"]
    assert (found["parent"], found["place"]["id"], found["load"], found["state"]) == ("zhou", place, 0.25, "up")
    assert (found["line"]["health"], found["line"]["kbps"]) == ("weak", 900.0)


async def test_a_relay_that_left_is_down_and_still_known(desk: Desk) -> None:
    await registry.register(desk.ground.valkey, card("qinglong", legs=(leg("x"),)))
    await registry.leave(desk.ground.valkey, "qinglong")
    found = (await relays(desk, "bureau"))["qinglong"]
    assert (found["state"], found["sessions"], found["line"]["health"]) == ("down", 0, "down")


async def test_a_county_sees_its_own_relays_and_those_above_it(desk: Desk) -> None:
    for name in ("qxn", "qinglong", "wangmo"):
        await registry.register(desk.ground.valkey, card(name, place=str(seed.place(name))))
    assert set(await relays(desk, "bureau-qinglong")) == {"qxn", "qinglong"}
    assert set(await relays(desk, "bureau")) == {"qxn", "qinglong", "wangmo"}


async def test_a_lessons_legs_are_those_that_relays_pull_now(desk: Desk) -> None:
    lesson = await live(desk)
    await registry.register(desk.ground.valkey, card("zhou", parent=None))
    await registry.register(desk.ground.valkey, card("qinglong", legs=(leg(lesson), leg("another"))))
    answer = await (await desk("bureau")).get(f"/api/lessons/{lesson}/legs")
    [found] = answer.json()["items"]
    assert (found["parent"], found["child"], found["slot"], found["layer"]) == ("zhou", "qinglong", "teacher", "f")
    assert (found["state"], found["health"], found["kbps"]) == ("live", "ok", 900.0)


async def test_a_card_that_nobody_can_read_hides_no_other(desk: Desk) -> None:
    await desk.ground.valkey.hset(registry.CARDS, "broken", "{}")
    await registry.register(desk.ground.valkey, card("qinglong"))
    assert set(await relays(desk, "bureau")) == {"qinglong"}
