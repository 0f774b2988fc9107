"""A voice or one layer of a picture, pulled from one relay: what its peer tells goes to a publication like any
other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from classroom.cascade.demand import Need
from classroom.cascade.gathered import Gathered, Pulled
from classroom.cascade.registry import LegNow
from classroom.relay.description import TrackDescription
from classroom.relay.publication import Publication
from classroom.transport.dial import DEAD, CallingAgent
from classroom.transport.peer import Peer

DOUBTED = 0.3
"""Seconds that a relay which no longer answers by HTTP has to send something."""
SILENT = 0.5
"""Seconds without a packet after which a line that flowed has a gap."""


@dataclass
class Figures:
    """What a leg carried, from its first packet on. `octets` are those of the RTP packets."""

    since: float
    until: float
    octets: int = 0
    packets: int = 0
    gaps: int = 0
    gap: float = 0.0
    last: float | None = field(default=None)

    def packet(self, size: int, now: float) -> None:
        if self.last is not None and now - self.last > SILENT:
            self.gaps += 1
            self.gap += now - self.last
        self.last = now
        self.octets += size
        self.packets += 1


class Leg:
    """Wait for `connected`, then let it `join`; `ended` is set when it is over, for whatever reason."""

    peer: Peer
    publication: Publication

    def __init__(self, need: Need, lesson_id: str, parent: str, now: float) -> None:
        self.id = str(uuid4())
        self.need = need
        self.lesson_id = lesson_id
        self.parent = parent
        self.connected = asyncio.Event()
        self.ended = asyncio.Event()
        self.reason = ""
        self.figures = Figures(now, now)
        self.on_end: Callable[[Leg], None] = lambda leg: None
        self._whole: Gathered | None = None
        self._measured = (now, 0)
        self.kbps = 0.0

    def begin(self, peer: Peer, tracks: tuple[TrackDescription, ...]) -> None:
        self.peer = peer
        self.publication = Publication(peer, Pulled(), self.need.slot, list(tracks))
        self.publication.on_replaced = lambda now: self.close("replaced", now)

    def join(self, whole: Gathered, now: float) -> None:
        """It is seen from its first packet on."""
        self._whole = whole
        whole.join(self.need.layer, self.publication, now)

    def close(self, reason: str, now: float) -> None:
        self.peer.close(reason, now)

    @property
    def round_trip(self) -> float | None:
        agent = self.peer.agent
        return agent.round_trip if isinstance(agent, CallingAgent) else None

    def measure(self, now: float) -> LegNow:
        """What the tree's page and the ledger are told; every second or two."""
        before, octets = self._measured
        if now - before >= 1.0:
            self.kbps = (self.figures.octets - octets) * 8 / 1000 / (now - before)
            self._measured = now, self.figures.octets
        self.figures.until = now
        return self._now()

    def _now(self) -> LegNow:
        figures, trip = self.figures, self.round_trip
        return LegNow(
            id=self.id,
            lesson=self.lesson_id,
            slot=self.need.slot,
            layer=self.need.layer,
            parent=self.parent,
            kbps=round(self.kbps, 1),
            loss=round(self.publication.quality(figures.until).loss, 3),
            delay_ms=None if trip is None else round(trip * 1000, 1),
            since=figures.since,
            until=figures.until,
            octets=figures.octets,
            packets=figures.packets,
            lost=sum(track.gaps.given_up for track in self.publication.up_tracks),
            gaps=figures.gaps,
            gap_ms=round(figures.gap * 1000),
        )

    # -- what the peer tells

    def doubt(self, now: float) -> None:
        """The other relay's process seems to have died: it has a moment to show that it has not."""
        self.peer.agent.last_check = min(self.peer.agent.last_check, now - DEAD + DOUBTED)

    def on_connected(self, now: float) -> None:
        self.connected.set()

    def on_moved(self, now: float) -> None:
        """Feedback goes to wherever the other relay is."""

    def on_rtp(self, packet: bytes, now: float) -> None:
        self.figures.packet(len(packet), now)
        self.peer.agent.last_check = now
        self.publication.on_rtp(packet, now)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        self.peer.agent.last_check = now
        self.publication.on_rtcp(packet, now)

    def on_closed(self, reason: str, now: float) -> None:
        self.reason = reason
        if self._whole is not None:
            self._whole.leave(self.need.layer, self.publication)
        self.publication.detach()
        self.ended.set()
        self.on_end(self)
        self.connected.set()
