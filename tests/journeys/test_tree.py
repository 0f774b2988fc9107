"""A county's own relay joins the running house: its rooms get their tickets for it, and the lesson through it."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from admin import seed
from core import relay_keys
from core.embedded.ports import free_port
from core.relay_keys import RelayKey
from core.tickets import TicketSigner
from tests.benchmarks.peer import Peer
from tests.classroom.cascade.tree import IDENTITY, Room, until
from tests.classroom.conftest import RunningRelay
from tests.house import House

NAME = "qinglong-1"
PLACE = str(seed.place("qinglong"))


@pytest.fixture
async def county(house: House, tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """It has neither Valkey nor any secret of the house: a public key, and a key of its own."""
    signer = TicketSigner(house.secret_key)
    key = relay_keys.sign(signer, RelayKey(NAME, "county", PLACE, time.time() + 600))
    own = {
        "SONGJIAO_TICKET_PUBLIC_KEY": signer.public_key,
        "SONGJIAO_RELAY_NAME": NAME,
        "SONGJIAO_RELAY_TIER": "county",
        "SONGJIAO_RELAY_PLACE": PLACE,
        "SONGJIAO_RELAY_PARENT": house.relay_url,
        "SONGJIAO_RELAY_KEY": key,
        "SONGJIAO_DATA": str(tmp_path),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGJIAO_")}
    relay = RunningRelay(free_port(), free_port(socket.SOCK_DGRAM), {**kept, **own}, tmp_path / "county.log")
    await asyncio.to_thread(relay.start)
    yield relay
    if relay.process.poll() is None:
        await asyncio.to_thread(relay.stop)


def ticket(house: House) -> httpx.Response:
    with house.api("village") as client:
        [lesson] = client.get("/api/lessons?state=live").json()["items"]
        return client.post(f"/api/lessons/{lesson['id']}/ticket", json={"as": "classroom"})


async def test_a_room_gets_the_lesson_through_its_countys_relay(house: House, county: RunningRelay) -> None:
    def seen() -> bool:
        with house.api("bureau") as client:
            found = {one["name"]: one for one in client.get("/api/relays").json()["items"]}
        return NAME in found and (found[NAME]["state"], found[NAME]["place"]["id"]) == ("up", PLACE)

    await until(seen, 15.0, "the relay is not known")
    answer = ticket(house).json()
    lesson = answer["whep_url"].rsplit("/", 1)[1]
    assert answer["whep_urls"] == [f"{county.url}/whep/{lesson}", f"{house.relay_url}/whep/{lesson}"]
    room = Room(Peer(IDENTITY, answer["whep_url"], answer["ticket"]))
    await room.peer.join()
    listening = asyncio.create_task(room.listen())
    # The demo teacher may have to begin another lesson first.
    await until(lambda: len(room.arrivals) > 100, 60.0, "the room hears nothing")

    def legs() -> set[str]:
        with house.api("bureau") as client:
            items = client.get(f"/api/lessons/{lesson}/legs").json()["items"]
            return {one["slot"] for one in items if (one["child"], one["state"]) == (NAME, "live")}

    await until(lambda: "teacher" in legs(), 8.0, "the leg is not told")
    listening.cancel()
