import asyncio
import socket
import time
from collections.abc import AsyncIterator

import pytest

from classroom.transport.ice import IceAgent
from classroom.transport.offer import Fingerprint
from classroom.transport.peer import Peer
from classroom.transport.port import MediaPort
from core.embedded.ports import free_port
from tests.classroom.transport.caller import Caller


class Heard:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []

    def on_connected(self, now: float) -> None:
        self.events.append("connected")

    def on_moved(self, now: float) -> None:
        self.events.append("moved")

    def on_rtp(self, packet: bytes, now: float) -> None:
        if packet[0] != 0x80:
            raise ValueError("not this listener's packet")
        self.rtp.append(packet)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        self.rtcp.append(packet)

    def on_closed(self, reason: str, now: float) -> None:
        self.events.append(f"closed: {reason}")


class Bench:
    """A media port whose clock the test moves, and callers at it."""

    def __init__(self, addresses: list[str]) -> None:
        self.ahead = 0.0
        self.port = MediaPort.open(addresses, free_port(socket.SOCK_DGRAM), self.clock)
        self.callers: list[Caller] = []

    def clock(self) -> float:
        return time.monotonic() + self.ahead

    def later(self, seconds: float) -> None:
        self.ahead += seconds
        self.port.tick(self.clock())

    def call(
        self,
        host: str = "127.0.0.1",
        fingerprints: tuple[Fingerprint, ...] | None = None,
        role: str = "client",
        caller: type[Caller] = Caller,
    ) -> tuple[Caller, Peer, Heard]:
        made = caller((host, self.port.number), role)
        agent, heard = IceAgent(made.local, self.clock()), Heard()
        made.remote = agent.local
        ours = "server" if role == "client" else "client"
        wanted = made.fingerprints if fingerprints is None else fingerprints
        peer = self.port.join(agent, ours, wanted, heard, self.clock())
        self.callers.append(made)
        return made, peer, heard

    async def connected(self, host: str = "127.0.0.1") -> tuple[Caller, Peer, Heard]:
        caller, peer, heard = self.call(host)
        await caller.check()
        await caller.handshake()
        await until(lambda: peer.state == "connected")
        return caller, peer, heard


async def until(condition: object, within: float = 2.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.002)


@pytest.fixture
def addresses() -> list[str]:
    return ["127.0.0.1", "::1"]


@pytest.fixture
async def bench(addresses: list[str]) -> AsyncIterator[Bench]:
    made = Bench(addresses)
    loop = asyncio.get_running_loop()
    made.port.attach(loop)
    ticking = loop.create_task(_ticking(made))
    yield made
    ticking.cancel()
    for caller in made.callers:
        caller.close()
    made.port.detach(loop)


async def _ticking(bench: Bench) -> None:
    while True:
        bench.port.tick(bench.clock())
        await asyncio.sleep(0.02)
