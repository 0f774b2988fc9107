"""Calls to other relays. Each has a socket of its own: two calls between the same two ports could not be told apart."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

from classroom.transport import stun
from classroom.transport.dial import Answer, CallingAgent, paths_to
from classroom.transport.ice import Credentials, Path
from classroom.transport.peer import Listener, Peer
from classroom.transport.port import MediaPort

BUFFER = 1024 * 1024
"""Bytes: a second of everything that one leg carries."""


class Call:
    """One peer on its own port; the certificate and the counts are the relay's."""

    def __init__(
        self, home: MediaPort, clock: Callable[[], float], local: Credentials, agreed: Answer, listener: Listener
    ) -> None:
        now = clock()
        self._port = MediaPort([_beside(one) for one in home.sockets], clock, home.identity)
        self._port.traffic = home.traffic
        self._port.on_stun_answer = self._hear
        self._port.attach(asyncio.get_running_loop())
        families = [one.family == socket.AF_INET6 for one in self._port.sockets]
        self._agent = CallingAgent(local, agreed.credentials, paths_to(agreed.candidates, families), now)
        self.peer = self._port.join(self._agent, agreed.role, agreed.fingerprints, listener, now)
        self._check(now)

    def tick(self, now: float) -> None:
        self._port.tick(now)
        if self._agent.expired(now):
            self.peer.close("consent expired", now)
        else:
            self._check(now)

    def end(self) -> None:
        with suppress(RuntimeError):  # the loop is gone already
            self._port.detach(asyncio.get_running_loop())

    def _check(self, now: float) -> None:
        for path, request in self._agent.due(now):
            self._port.send(self._port.sockets[path.socket], request, path.address)

    def _hear(self, message: stun.Message, path: Path, now: float) -> bool:
        if not self._agent.answered(message, path, now):
            return False
        self._port.answered(self.peer, path, now)
        return True


class Dialing:
    """All calls of one relay. `tick` as often as its port's."""

    def __init__(self, home: MediaPort, clock: Callable[[], float]) -> None:
        self._home = home
        self._clock = clock
        self._calls: list[Call] = []

    def __len__(self) -> int:
        return len(self._calls)

    def call(self, local: Credentials, agreed: Answer, listener: Listener) -> Peer:
        """The peer connects by itself; the listener hears of it, or of its end when nobody answers."""
        call = Call(self._home, self._clock, local, agreed, listener)
        self._calls.append(call)
        return call.peer

    def tick(self, now: float) -> None:
        for call in self._calls:
            call.tick(now)
        for over in [call for call in self._calls if call.peer.state == "closed"]:
            self._calls.remove(over)
            over.end()


def _beside(home: socket.socket) -> socket.socket:
    """A socket at the same address, on any free port."""
    one = socket.socket(home.family, socket.SOCK_DGRAM)
    one.setblocking(False)
    if one.family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    one.bind((home.getsockname()[0], 0))
    return one
