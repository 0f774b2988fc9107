"""The one UDP port of the relay: every datagram finds its peer, or is dropped and counted by kind.

STUN finds it by the user name, all else by the address from which a valid check came. So nobody is answered before
a check with the right password, and no answer to an unverified address is larger than what it sent.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from classroom.transport import stun
from classroom.transport.ice import MOST_PATHS, Address, IceAgent, Path
from classroom.transport.offer import Fingerprint
from classroom.transport.peer import Identity, Listener, Peer
from classroom.transport.sockets import open_sockets
from classroom.transport.traffic import Traffic
from classroom.transport.waiting import Waiting
from classroom.transport.wheel import Wheel

MOST_PER_WAKE = 128
"""Datagrams read at one go; then the loop serves the others."""
TURN = 0.002
"""Seconds of handshakes at one go: a class that joins must not hold up the media of those who are here."""
HOLD = 0.001
"""Seconds that media waits for what comes right after it; the loop's timers have no finer step."""
LARGEST = 1500
OWNED = 10.0
"""Seconds since its last check during which an address cannot be claimed by another peer."""
CONSENT_EVERY = 1.0
CONNECT_WITHIN = 30.0
MOST_UNCONNECTED = 2048
"""Peers that are let in and not yet connected, some 80 KiB each. Beyond it who came first goes: beside the quickest
flood that was measured each has three seconds, where a handshake takes one, and who is pushed out tries again."""


class MediaPort:
    def __init__(
        self, sockets: list[socket.socket], clock: Callable[[], float], identity: Identity | None = None
    ) -> None:
        self.sockets = sockets
        self.traffic = Traffic()
        self.identity = identity or Identity(clock())
        self.peers: set[Peer] = set()
        self._clock = clock
        self._by_address: dict[Address, Peer] = {}
        self._by_ufrag: dict[bytes, Peer] = {}
        self._repeats: Wheel[Peer] = Wheel(clock())
        self._unconnected: dict[Peer, float] = {}
        self._next_consent = 0.0
        self._waiting = Waiting()
        self._holding = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.before_media: Callable[[], None] = lambda: None
        self.after_media: Callable[[], None] = lambda: None
        """Called around the media that comes within HOLD, which may so leave together."""
        self.on_stun_answer: Callable[[stun.Message, Path, float], bool] = lambda message, path, now: False
        """Told of what is no request; says whether it was asked for (see dialing.py)."""

    @classmethod
    def open(cls, addresses: list[str], port: int, clock: Callable[[], float]) -> MediaPort:
        """Raises StartError when the port is taken or an address is none."""
        return cls(open_sockets(addresses, port), clock)

    @property
    def number(self) -> int:
        return int(self.sockets[0].getsockname()[1])

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        for index, one in enumerate(self.sockets):
            loop.add_reader(one.fileno(), self._readable, index)

    def detach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = None
        if self._holding:
            self._let_go()
        for one in self.sockets:
            loop.remove_reader(one.fileno())
            one.close()

    # -- peers

    def join(
        self, agent: IceAgent, role: str, fingerprints: tuple[Fingerprint, ...], listener: Listener, now: float
    ) -> Peer:
        """A peer that may now check in; it has 30 s to do so."""
        self._make_room(now)
        peer = Peer(self, agent, role, fingerprints, listener)
        self.peers.add(peer)
        self._unconnected[peer] = now + CONNECT_WITHIN
        self.know_names(peer)
        return peer

    def _make_room(self, now: float) -> None:
        if len(self._unconnected) >= MOST_UNCONNECTED:
            self.traffic.drop("crowded_out")
            next(iter(self._unconnected)).close("crowded out", now)

    def know_names(self, peer: Peer) -> None:
        """After `peer.agent.restart` too: the new user name finds the peer, names that ran out do not."""
        names = {ufrag.encode() for ufrag in peer.agent.ufrags}
        for name in peer.ufrags - names:
            self._by_ufrag.pop(name, None)
        for name in names:
            self._by_ufrag[name] = peer
        peer.ufrags = names

    def remove(self, peer: Peer) -> None:
        self.peers.discard(peer)
        self._repeats.discard(peer)
        self._unconnected.pop(peer, None)
        for name in peer.ufrags:
            self._by_ufrag.pop(name, None)
        for address in peer.addresses:
            self._forget(address, peer)

    def _forget(self, address: Address, peer: Peer) -> None:
        if self._by_address.get(address) is peer:
            del self._by_address[address]

    def fresh_identity(self, now: float) -> Identity:
        if self.identity.stale(now):
            self.identity = Identity(now)
        return self.identity

    def tick(self, now: float) -> None:
        """Timers of all peers; every 20 to 50 ms."""
        for peer in self._repeats.turn(now):
            peer.repeat(now)
            self._repeats.set(peer, peer.repeats_at(now))
        if now >= self._next_consent:
            self._next_consent = now + CONSENT_EVERY
            self._check_consent(now)

    def _check_consent(self, now: float) -> None:
        for peer in list(self.peers):
            if peer.agent.retire(now):
                self.know_names(peer)
            if peer.agent.expired(now):
                peer.close("consent expired", now)
        for peer, deadline in list(self._unconnected.items()):
            if peer.state == "connected":  # and its listener raised when it was told
                del self._unconnected[peer]
            elif now > deadline:
                peer.close("never connected", now)

    # -- datagrams

    def _readable(self, index: int) -> None:
        """Media first, then what is quickly done, then handshakes for a while."""
        now = self._clock()
        others = self._read(index, now)
        for datagram, address in others:
            self.receive(index, datagram, address, now)
        self._shake_hands()

    def _read(self, index: int, now: float) -> list[tuple[bytes, Address]]:
        """What is neither media nor DTLS waits for the caller."""
        one, others = self.sockets[index], []
        for _ in range(MOST_PER_WAKE):
            try:
                datagram, address = one.recvfrom(LARGEST + 1)
            except BlockingIOError:
                break
            except OSError:  # an ICMP error for something sent before
                self.traffic.drop("socket_error")
                continue
            first, second = datagram[:2] if len(datagram) > 1 else (0, 0)
            if 128 <= first <= 191 and not 192 <= second <= 223:
                if not self._holding:
                    self._hold()
                self.receive(index, datagram, address, now)
            elif not 20 <= first <= 63:
                others.append((datagram, address))
            elif not self._waiting.add((index, datagram, address)):
                self.traffic.drop("dtls_crowded")
        return others

    def _hold(self) -> None:
        """The packets of a picture come one by one, and cost half as much when they leave together."""
        if self._loop is not None:
            self._holding = True
            self.before_media()
            self._loop.call_later(HOLD, self._let_go)

    def _let_go(self) -> None:
        self._holding = False
        self.after_media()

    def _shake_hands(self) -> None:
        now = self._clock()
        until = now + TURN
        while now < until and self._waiting:
            self.receive(*self._waiting.next(), now)
            now = self._clock()
        if self._waiting and not self._waiting.called and self._loop is not None:
            self._waiting.called = True
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        self._waiting.called = False
        self._shake_hands()

    def receive(self, index: int, datagram: bytes, address: Address, now: float) -> None:
        """One datagram; RFC 7983 tells the kinds apart by the first byte."""
        self.traffic.packets_in += 1
        self.traffic.bytes_in += len(datagram)
        if not 2 <= len(datagram) <= LARGEST:
            return self.traffic.drop("oversized" if datagram else "empty")
        first = datagram[0]
        if 128 <= first <= 191:
            self._media(datagram, address, now)
        elif first <= 3:
            self._stun(datagram, Path(index, address), now)
        elif 20 <= first <= 63:
            self._dtls(datagram, address, now)
        else:
            self.traffic.drop("unknown_kind")

    def _media(self, datagram: bytes, address: Address, now: float) -> None:
        peer = self._by_address.get(address)
        if peer is None:
            return self.traffic.drop("media_unknown_address")
        peer.receive_media(datagram, now)

    def _dtls(self, datagram: bytes, address: Address, now: float) -> None:
        peer = self._by_address.get(address)
        if peer is None:
            return self.traffic.drop("dtls_unknown_address")
        peer.receive_dtls(datagram, now)
        if peer.state == "connected":
            self._unconnected.pop(peer, None)
        self._repeats.set(peer, peer.repeats_at(now))

    def _stun(self, datagram: bytes, path: Path, now: float) -> None:
        try:
            message = stun.parse(datagram)
        except ValueError:
            return self.traffic.drop("stun_malformed")
        if message.kind != stun.BINDING_REQUEST:
            return None if self.on_stun_answer(message, path, now) else self.traffic.drop("stun_not_a_request")
        peer = self._by_ufrag.get(message.attributes.get(stun.USERNAME, b"").partition(b":")[0])
        if peer is None:
            return self.traffic.drop("stun_unknown_user")
        owner = self._by_address.get(path.address, peer)
        if owner is not peer and owner.agent.heard_within(path.address, OWNED, now):
            return self.traffic.drop("stun_address_taken")
        self._check(peer, message, path, now)

    def _check(self, peer: Peer, message: stun.Message, path: Path, now: float) -> None:
        verdict = peer.agent.check(message, path, now)
        if verdict.kind == "stun_check":
            self._remember(path.address, peer)
        else:
            self.traffic.drop(verdict.kind)
        if verdict.reply is not None and len(verdict.reply) <= len(message.raw):
            self.send(self.sockets[path.socket], verdict.reply, path.address)
        if verdict.kind == "stun_check":
            self._reached(peer, verdict.moved, now)

    def _reached(self, peer: Peer, moved: bool, now: float) -> None:
        peer.on_check(moved, now)
        if peer.state != "connected":
            self._repeats.set(peer, peer.repeats_at(now))

    def answered(self, peer: Peer, path: Path, now: float) -> None:
        """A check of ours was answered from there: what comes from that address is this peer's."""
        new = path.address not in peer.addresses
        self._remember(path.address, peer)
        self._reached(peer, new, now)

    def _remember(self, address: Address, peer: Peer) -> None:
        self._by_address[address] = peer
        peer.addresses.add(address)
        if len(peer.addresses) > MOST_PATHS:
            kept = {path.address for path in peer.agent.paths}
            for old in peer.addresses - kept:
                self._forget(old, peer)
            peer.addresses &= kept

    def send(self, one: socket.socket, datagram: bytes, address: Address) -> None:
        try:
            one.sendto(datagram, address)
        except BlockingIOError:
            return self.traffic.drop("out_buffer_full")
        except OSError:
            return self.traffic.drop("out_failed")
        self.traffic.packets_out += 1
        self.traffic.bytes_out += len(datagram)
