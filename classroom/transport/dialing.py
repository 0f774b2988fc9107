"""Calls that leave through the media port: their checks go out, their answers find their peer again."""

from __future__ import annotations

import socket

from classroom.transport import stun
from classroom.transport.dial import Answer, CallingAgent, paths_to
from classroom.transport.ice import Credentials, Path
from classroom.transport.peer import Listener, Peer
from classroom.transport.port import MediaPort


class Dialing:
    """One for a port. `tick` as often as the port's."""

    def __init__(self, port: MediaPort) -> None:
        self._port = port
        self._calls: dict[CallingAgent, Peer] = {}
        port.on_stun_answer = self._hear

    def __len__(self) -> int:
        return len(self._calls)

    def call(self, local: Credentials, agreed: Answer, listener: Listener, now: float) -> Peer:
        """The peer connects by itself; the listener hears of it, or of its end when nobody answers."""
        families = [one.family == socket.AF_INET6 for one in self._port.sockets]
        agent = CallingAgent(local, agreed.credentials, paths_to(agreed.candidates, families), now)
        peer = self._port.join(agent, agreed.role, agreed.fingerprints, listener, now)
        self._calls[agent] = peer
        self._check(agent, now)
        return peer

    def tick(self, now: float) -> None:
        for agent, peer in list(self._calls.items()):
            if peer.state == "closed":
                del self._calls[agent]
            elif agent.expired(now):
                peer.close("consent expired", now)
            else:
                self._check(agent, now)

    def _check(self, agent: CallingAgent, now: float) -> None:
        for path, request in agent.due(now):
            self._port.send(self._port.sockets[path.socket], request, path.address)

    def _hear(self, message: stun.Message, path: Path, now: float) -> bool:
        agent = next((one for one in self._calls if one.asked(message.transaction)), None)
        if agent is None or not agent.answered(message, path, now):
            return False
        self._port.answered(self._calls[agent], path, now)
        return True
