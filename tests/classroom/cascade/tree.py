"""Four real relays under one another, a teacher at the top and rooms below, with the benchmarks' light clients."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.tickets import Ticket
from tests.benchmarks.identity import make_identity
from tests.benchmarks.peer import Peer
from tests.benchmarks.publisher import Sender
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket

TIERS = ("school", "township", "county", "prefecture")
LESSON = "lesson-1"
IDENTITY = make_identity()


@dataclass
class Tree:
    """The relays from the lowest up; `ways` are their addresses."""

    relays: dict[str, RunningRelay]
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def ways(self) -> tuple[str, ...]:
        return tuple(self.relays[tier].url for tier in TIERS)

    def ticket(self, **changed: Any) -> Ticket:
        return viewer_ticket(**{"ways": self.ways, "anchor": self.ways[-1], **changed})

    async def teach(self, at: str = "prefecture") -> None:
        """A teacher publishes 230 packets a second until the tree is taken down."""
        relay = self.relays[at]
        ticket = relay.sign(make_ticket(ways=self.ways, anchor=relay.url))
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


@dataclass
class Room:
    """A viewer that notes when each RTP packet came."""

    peer: Peer
    arrivals: list[float] = field(default_factory=list)

    async def listen(self) -> None:
        loop, checked = asyncio.get_running_loop(), 0.0
        while True:
            with suppress(TimeoutError, ConnectionRefusedError):
                data = await asyncio.wait_for(loop.sock_recv(self.peer.sock, 2048), 1.0)
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
