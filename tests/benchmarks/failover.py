"""A village room in Chromium behind its county's relay: how long the picture stands when that relay is killed, and when
the room goes back to it.

python -m tests.benchmarks failover
"""

import asyncio
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from admin import seed
from core import relay_keys
from core.embedded.ports import free_port
from core.relay_keys import RelayKey
from core.tickets import TicketSigner
from tests.classroom.cascade.tree import Room, Tree, grow, until
from tests.classroom.conftest import RunningRelay
from tests.conftest import CHROMIUM_FLAGS
from tests.house import PASSWORD, ROOT, House, running

from .document import DOCS, fill
from .report import machine

NAME, PLACE = "qinglong-1", str(seed.place("qinglong"))
PATIENCE = 60.0
AFTER_DEATH = 6.0
SIGHT = ROOT / "tests" / "journeys" / "sight.js"


@dataclass(frozen=True)
class Gaps:
    """The longest wait for a next picture, ms."""

    death: float
    back: float


def measure(times: int = 1) -> list[Gaps]:
    environment = {"SONGJIAO_RELAY_ORIGINS": "http://127.0.0.1:*"}
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), "--demo", environment=environment) as house,
        _county(house, Path(folder)) as county,
        _page(house) as page,
    ):
        _until(lambda: _rooms_at(county) == 1, "the room is not at its county's relay")
        return [_once(page, county) for _ in range(times)]


def _once(page: Page, county: RunningRelay) -> Gaps:
    page.evaluate("songjiaoSight.anew()")
    county.process.kill()
    page.wait_for_timeout(AFTER_DEATH * 1000)
    death = float(page.evaluate("songjiaoSight.read().gap"))
    county.start()
    page.evaluate("songjiaoSight.anew()")

    def is_back() -> bool:
        page.wait_for_timeout(500)
        return _rooms_at(county) == 1

    _until(is_back, "the room does not come back")
    page.wait_for_timeout(2000)
    return Gaps(death, float(page.evaluate("songjiaoSight.read().gap")))


def _rooms_at(county: RunningRelay) -> int:
    return int(county.metrics()['songjiao_relay_sessions{door="whep",state="connected"}'])


@contextmanager
def _county(house: House, folder: Path) -> Iterator[RunningRelay]:
    signer = TicketSigner(house.secret_key)
    own = {
        "SONGJIAO_TICKET_PUBLIC_KEY": signer.public_key,
        "SONGJIAO_RELAY_NAME": NAME,
        "SONGJIAO_RELAY_TIER": "county",
        "SONGJIAO_RELAY_PLACE": PLACE,
        "SONGJIAO_RELAY_PARENT": house.relay_url,
        "SONGJIAO_RELAY_KEY": relay_keys.sign(signer, RelayKey(NAME, "county", PLACE, time.time() + 3600)),
        "SONGJIAO_ORIGINS": house.url,
        "SONGJIAO_DATA": str(folder),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGJIAO_")}
    relay = RunningRelay(free_port(), free_port(socket.SOCK_DGRAM), {**kept, **own}, folder / "county.log")
    relay.start()
    try:
        with house.api("bureau") as client:
            _until(
                lambda: NAME in [one["name"] for one in client.get("/api/relays").json()["items"]], "it is not known"
            )
        yield relay
    finally:
        if relay.process.poll() is None:
            relay.stop()


@contextmanager
def _page(house: House) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.add_init_script(path=SIGHT)
        page.goto(f"{house.url}/room")
        page.fill("input[name=username]", "village")
        page.fill("input[name=password]", PASSWORD)
        page.click("form button")
        page.wait_for_function("() => songjiaoSight.read().frames > 60", timeout=PATIENCE * 1000)
        yield page
        browser.close()


def _until(condition: Callable[[], object], words: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(words)
        time.sleep(0.1)


async def relays(times: int = 2) -> tuple[list[float], list[float]]:
    """Four relays under one another; a room at the lowest. The longest waits for a next packet, ms: when the township's
    relay is killed, each time anew, and when the county's is drained."""
    with tempfile.TemporaryDirectory() as folder:
        tree = await asyncio.to_thread(grow, Path(folder), None)
        try:
            await tree.teach()
            room = await tree.room("school")
            deaths = [await _death(tree, room) for _ in range(times)]
            return deaths, [await _drained(tree, room)]
        finally:
            await tree.close()


async def _death(tree: Tree, room: Room) -> float:
    await asyncio.sleep(2.0)
    died = time.monotonic()
    tree.relays["township"].process.kill()
    await asyncio.sleep(3.0)
    gap = room.longest_gap(died) * 1000
    await asyncio.to_thread(tree.relays["township"].start)
    await until(lambda: tree.bytes("out")["township"] > 100_000, 20.0, "the tree does not heal")
    return gap


async def _drained(tree: Tree, room: Room) -> float:
    await asyncio.sleep(2.0)
    began = time.monotonic()
    tree.relays["county"].process.send_signal(signal.SIGUSR1)
    await asyncio.sleep(2.0)
    return room.longest_gap(began) * 1000


def show() -> None:
    """Also written to docs/scaling.md."""
    around = f"{machine()}; load before it {os.getloadavg()[0]:.1f}; all on loopback."
    deaths, drained = asyncio.run(relays())
    gaps = measure(2)
    rows = [
        ("the township's relay is killed (`kill -9`), four tiers", "packets at a room of the school", deaths),
        ("the county's relay is drained", "packets at a room of the school", drained),
        ("the county's relay is killed, its room is a page in Chromium", "the picture", [one.death for one in gaps]),
        ("it returns, the page goes back", "the picture", [one.back for one in gaps]),
    ]
    lines = [f"| {what} | {still} | {', '.join(f'{ms:.0f}' for ms in found)} |" for what, still, found in rows]
    table = "\n".join([around, "", "| what happens | what stands still | ms |", "|---|---|--:|", *lines])
    print(table, flush=True)
    fill(DOCS / "scaling.md", "failover", table)
