"""Fifty viewers of the demo's lesson while each process of the house is killed in turn: how long their packets stop.

make bench ARGS="outages"
"""

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.house import House, running

from .document import DOCS, fill
from .identity import Identity, make_identity
from .peer import JoinFailed, Peer
from .report import machine
from .viewers import percentile

VIEWERS = 50
NAMES = ("postgres", "valkey", "s3", "worker", "beat", "recorder", "web", "demo-teacher", "relay")
SILENCE = 2.0
"""Seconds without a packet after which a viewer joins anew, as a page does."""
CONSENT_EVERY = 2.0
WATCHED = 8.0
PATIENCE = 60.0


@dataclass(frozen=True)
class Outage:
    """Of the process `name`: the longest time without a packet of the median and of the worst viewer, and how long
    until the house was well again; ms."""

    name: str
    median: float
    worst: float
    well: float


@dataclass
class Viewer:
    """Joins, and joins again when nothing comes any more. `arrivals` of its RTP, in seconds."""

    identity: Identity
    url: str
    ticket: str
    arrivals: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            peer = Peer(self.identity, self.url, self.ticket)
            with contextlib.suppress(JoinFailed, OSError, EOFError, ValueError):
                await peer.join()
                await self._listen(peer)
            await asyncio.sleep(0.1)

    async def _listen(self, peer: Peer) -> None:
        loop, checked = asyncio.get_running_loop(), time.monotonic()
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(SILENCE):
                    data = await loop.sock_recv(peer.sock, 2048)
                if 128 <= data[0] < 192 and not 192 <= data[1] < 224:
                    self.arrivals.append(time.monotonic())
                if time.monotonic() - checked > CONSENT_EVERY:
                    checked = time.monotonic()
                    peer.sock.send(peer.binding_request())
        peer.sock.close()

    def gap(self, since: float) -> float:
        """The longest, from the last packet before `since` on; seconds."""
        first = next((at for at in reversed(range(len(self.arrivals))) if self.arrivals[at] < since), 0)
        return max(later - earlier for earlier, later in pairwise([*self.arrivals[first:], time.monotonic()]))


def measure() -> Iterator[Outage]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), "--demo") as house,
        asyncio.Runner() as runner,
    ):
        viewers = _enter(house)
        tasks = runner.run(_start(viewers))
        runner.run(_all_hear(viewers, time.monotonic()))
        for name in NAMES:
            yield runner.run(_kill(house, name, viewers))
        for task in tasks:
            task.cancel()


def _enter(house: House) -> list[Viewer]:
    with house.api("bureau") as client:
        [lesson] = client.get("/api/lessons?state=live").json()["items"]
        given = client.post(f"/api/lessons/{lesson['id']}/ticket", json={"as": "observer"}).json()
    identity = make_identity()
    return [Viewer(identity, given["whep_url"], given["ticket"]) for _ in range(VIEWERS)]


async def _start(viewers: list[Viewer]) -> list["asyncio.Task[None]"]:
    return [asyncio.create_task(viewer.watch()) for viewer in viewers]


async def _all_hear(viewers: list[Viewer], since: float) -> None:
    async with asyncio.timeout(PATIENCE):
        while not all(viewer.arrivals and viewer.arrivals[-1] > since for viewer in viewers):
            await asyncio.sleep(0.1)


async def _kill(house: House, name: str, viewers: list[Viewer]) -> Outage:
    await asyncio.sleep(2.0)
    process, killed = house.process_of(name), time.monotonic()
    process.kill()
    await asyncio.to_thread(process.wait, 10)
    await asyncio.to_thread(house.successor_of, name, process)
    await asyncio.to_thread(house.wait, PATIENCE)
    well = time.monotonic() - killed
    await _all_hear(viewers, time.monotonic())
    await asyncio.sleep(max(0.0, WATCHED - (time.monotonic() - killed)))
    gaps = [viewer.gap(killed) * 1000 for viewer in viewers]
    return Outage(name, percentile(gaps, 0.5), max(gaps), well * 1000)


def show() -> None:
    """Also written to docs/performance.md."""
    lines = [
        f"{machine()}; load before it {os.getloadavg()[0]:.1f}.", "",
        "| killed (kill -9) | packets stop, ms: median viewer | worst of 50 | house well again, ms |",
        "|---|--:|--:|--:|",
    ]  # fmt: skip
    print(*lines, sep="\n", flush=True)
    for found in measure():
        lines.append(f"| {found.name} | {found.median:.0f} | {found.worst:.0f} | {found.well:.0f} |")
        print(lines[-1], flush=True)
    fill(DOCS / "performance.md", "outages", "\n".join(lines))
