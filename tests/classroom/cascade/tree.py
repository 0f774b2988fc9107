"""Four real relays under one another, a teacher at the top and rooms below, with the benchmarks' light clients."""

import asyncio
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from core import relay_keys
from core.embedded.ports import free_port
from core.relay_keys import RelayKey
from core.tickets import Ticket, TicketSigner
from tests.benchmarks.identity import make_identity
from tests.benchmarks.peer import Peer
from tests.benchmarks.publisher import Sender
from tests.classroom.conftest import SECRET, RunningRelay, make_ticket, viewer_ticket

TIERS = ("school", "township", "county", "prefecture")
LESSON = "00000000-0000-0000-0000-00000000002a"
IDENTITY = make_identity()


def grow(folder: Path, redis_url: str | None, tiers: tuple[str, ...] = TIERS) -> "Tree":
    """All started, `tiers` from the lowest up. Only the prefecture's has Valkey; each of the others reports to the one
    above."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGJIAO_")}
    relays: dict[str, RunningRelay] = {}
    for tier in reversed(tiers):
        name = f"{tier}-1"
        own = {
            "SONGJIAO_SECRET_KEY": SECRET,
            "SONGJIAO_RELAY_NAME": name,
            "SONGJIAO_RELAY_TIER": tier,
            "SONGJIAO_DATA": str(folder),
        }
        if tier == "prefecture":
            own |= {"SONGJIAO_REDIS_URL": redis_url} if redis_url else {}
        else:
            key = RelayKey(name, tier, None, time.time() + 600)
            own["SONGJIAO_RELAY_KEY"] = relay_keys.sign(TicketSigner(SECRET), key)
            own["SONGJIAO_RELAY_PARENT"] = relays[tiers[tiers.index(tier) + 1]].url
        log = folder / f"{name}.log"
        relays[tier] = RunningRelay(free_port(), free_port(socket.SOCK_DGRAM), {**kept, **own}, log)
    made = Tree(relays)
    try:
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(RunningRelay.start, relays.values()))
    except BaseException:
        made.stop()
        raise
    return made


@dataclass
class Tree:
    """The relays from the lowest up; `ways` are their addresses."""

    relays: dict[str, RunningRelay]
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def ways(self) -> tuple[str, ...]:
        return tuple(self.relays[tier].url for tier in TIERS if tier in self.relays)

    def ticket(self, **changed: Any) -> Ticket:
        return viewer_ticket(**{"lesson": LESSON, "ways": self.ways, "anchor": self.ways[-1], **changed})

    async def teach(self, at: str = "prefecture") -> None:
        """A teacher publishes 230 packets a second until the tree is taken down."""
        relay = self.relays[at]
        ticket = relay.sign(make_ticket(lesson=LESSON, ways=self.ways, anchor=relay.url))
        peer = Peer(IDENTITY, relay.whip(LESSON), ticket, direction="sendonly")
        await peer.join()
        self.tasks.append(asyncio.create_task(_send(peer)))

    async def room(self, at: str, **changed: Any) -> "Room":
        relay = self.relays[at]
        room = Room(Peer(IDENTITY, relay.whep(LESSON), relay.sign(self.ticket(**changed))))
        await room.peer.join()
        self.tasks.append(asyncio.create_task(room.listen()))
        return room

    def bytes(self, direction: str) -> dict[str, float]:
        return {tier: self.relays[tier].metrics()[f"songjiao_relay_bytes_{direction}_total"] for tier in TIERS}

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.to_thread(self.stop)

    def stop(self) -> None:
        for relay in self.relays.values():
            if hasattr(relay, "process") and relay.process.poll() is None:
                relay.stop()


@dataclass
class Room:
    """A viewer that notes when each RTP packet came."""

    peer: Peer
    arrivals: list[float] = field(default_factory=list)

    async def listen(self) -> None:
        loop, checked = asyncio.get_running_loop(), 0.0
        while True:
            with suppress(TimeoutError, ConnectionRefusedError):
                async with asyncio.timeout(1.0):
                    data = await loop.sock_recv(self.peer.sock, 2048)
                if 128 <= data[0] < 192 and not 192 <= data[1] < 224:
                    self.arrivals.append(time.monotonic())
            if time.monotonic() - checked > 2.0:
                checked = time.monotonic()
                with suppress(ConnectionRefusedError):
                    self.peer.sock.send(self.peer.binding_request())

    def longest_gap(self, since: float) -> float:
        """Seconds, from the last packet before `since` on."""
        before = [at for at in self.arrivals if at < since][-1:]
        times = [*before, *(at for at in self.arrivals if at >= since), time.monotonic()]
        return max(later - earlier for earlier, later in pairwise(times))

    def heard_since(self, moment: float) -> int:
        return sum(at >= moment for at in self.arrivals)


async def _send(peer: Peer) -> None:
    """As the benchmarks' publisher, in this process."""
    sender, started, frames, voices, consent = Sender(peer), time.monotonic(), 0, 0, 0.0
    while True:
        now = time.monotonic() - started
        while frames <= now * 30:
            sender.send_frame()
            frames += 1
        while voices <= now * 50:
            sender.send_voice()
            voices += 1
        if now > consent:
            with suppress(ConnectionRefusedError):
                peer.sock.send(peer.binding_request())
            consent = now + 2.0
        sender.read()
        await asyncio.sleep(0.003)


async def until(condition: Callable[[], object], within: float, what: str) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.02)
