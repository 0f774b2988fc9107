"""The recorder's line to a relay: one WHEP session for each slot, as a child relay has, with a ticket of the recorder's
own. It ends with its relay, and is made anew with the next one on the list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
import structlog

from classroom.recorder.slot import SlotRecording
from classroom.relay.counters import Counters
from classroom.relay.publication import Publication
from classroom.transport import dial
from classroom.transport.dialing import Dialing
from classroom.transport.ice import Credentials
from classroom.transport.peer import Peer
from classroom.transport.port import MediaPort

PATIENCE = httpx.Timeout(2.0, connect=0.7)
CONNECT_WITHIN = 1.5
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0

log = structlog.get_logger()


class Over(Exception):
    """The relay says that the lesson has ended."""


@dataclass(frozen=True)
class Source:
    """`addresses`: WHEP addresses, the best first; `ticket` as signed."""

    addresses: Sequence[str]
    ticket: str


@dataclass(frozen=True)
class _Rights:
    person: str = ""
    human: bool = False
    takeover: bool = False
    room: str | None = None


class Line:
    """What the peer tells goes to a publication, and from there into the slot's recording."""

    peer: Peer

    def __init__(self, slot: SlotRecording, counters: Counters) -> None:
        self.connected = asyncio.Event()
        self.ended = asyncio.Event()
        self.reason = ""
        self._slot = slot
        self._counters = counters
        self._publication: Publication | None = None

    def begin(self, peer: Peer, agreed: dial.Answer, now: float) -> None:
        self.peer = peer
        self._publication = Publication(peer, _Rights(), self._slot.slot, list(agreed.tracks))
        self._publication.attach(self._slot.layers, self._counters, lambda at: None, now)

    def tick(self, now: float) -> None:
        if self._publication is not None:
            self._publication.tick(now)

    def on_connected(self, now: float) -> None:
        self.connected.set()

    def on_moved(self, now: float) -> None:
        """Feedback goes to wherever the relay is."""

    def on_rtp(self, packet: bytes, now: float) -> None:
        self.peer.agent.last_check = now
        if self._publication is not None:
            self._publication.on_rtp(packet, now)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        self.peer.agent.last_check = now
        if self._publication is not None:
            self._publication.on_rtcp(packet, now)

    def on_closed(self, reason: str, now: float) -> None:
        self.reason = reason
        self.ended.set()
        self.connected.set()


class Phone:
    """Makes lines. `tick` every 20 ms."""

    def __init__(self, http: httpx.AsyncClient, port: MediaPort, clock: Callable[[], float]) -> None:
        self.counters = Counters()
        self.clock = clock
        self._http = http
        self._port = port
        self._dialing = Dialing(port, clock)
        self._lines: set[Line] = set()

    def tick(self, now: float) -> None:
        self._dialing.tick(now)
        for line in self._lines:
            line.tick(now)

    async def hold(self, slot: SlotRecording, source: Callable[[], Source]) -> None:
        """Keeps a line to the slot until cancelled. Raises Over."""
        pause = FIRST_PAUSE
        while True:
            for address in source().addresses:
                line = await self._call(slot, address, source().ticket)
                if line is not None:
                    pause = FIRST_PAUSE
                    await self._stay(line)
                    break
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _stay(self, line: Line) -> None:
        self._lines.add(line)
        try:
            await line.ended.wait()
        finally:
            self._lines.discard(line)
            line.peer.close("not recorded any more", self.clock())
        log.info("line_ended", slot=line._slot.slot, reason=line.reason)

    async def _call(self, slot: SlotRecording, address: str, ticket: str) -> Line | None:
        local = Credentials.new()
        offer = dial.offer_text(local, self._port.fresh_identity(self.clock()).fingerprint, ("audio", "video"))
        agreed = await self._ask(address, slot.slot, ticket, offer)
        if agreed is None:
            return None
        line = Line(slot, self.counters)
        line.begin(self._dialing.call(local, agreed, line), agreed, self.clock())
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await line.connected.wait()
        except TimeoutError:
            line.peer.close("never connected", self.clock())
        except asyncio.CancelledError:
            line.peer.close("not wanted any more", self.clock())
            raise
        return None if line.ended.is_set() else line

    async def _ask(self, address: str, slot: str, ticket: str, offer: str) -> dial.Answer | None:
        headers = {"Authorization": f"Bearer {ticket}", "Content-Type": "application/sdp"}
        query = {"slots": slot, "layer": "f"}
        try:
            said = await self._http.post(
                address, params=query, content=offer.encode(), headers=headers, timeout=PATIENCE
            )
            if said.status_code == 410:
                raise Over
            if said.status_code != 201:
                log.info("line_refused", relay=address, status=said.status_code)
                return None
            return dial.read_answer(said.content)
        except (httpx.HTTPError, OSError, dial.NotAnAnswer) as error:
            log.info("line_refused", relay=address, error=str(error) or type(error).__name__)
            return None
