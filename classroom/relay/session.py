"""One WHIP or WHEP session: what its peer tells goes to its publication or subscription."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from classroom.relay.description import LineDescription, TrackDescription
from classroom.relay.lesson import Lesson
from classroom.relay.publication import Publication
from classroom.relay.quality import Quality
from classroom.relay.subscription import Subscription
from classroom.transport.ice import Credentials
from classroom.transport.peer import Peer
from core.errors import BadInput, Conflict
from core.tickets import Ticket

if TYPE_CHECKING:
    from classroom.relay.sessions import Sessions


DELETED = "left"
GOODBYE_COUNTS = ("relay", "recorder")
"""Viewers that keep their DTLS association, by which their good-bye is read at once; they are few."""


def owner(door: str, ticket: Ticket) -> tuple[str, ...]:
    """Whose session this is: tickets change, the person at a stage of a lesson does not."""
    return door, ticket.lesson, ticket.stage, ticket.person


class Session(ABC):
    """`begin` once; from then on the peer speaks. `ticket` may be renewed by the same person."""

    door = ""
    id: str
    lesson: Lesson
    peer: Peer

    def __init__(self, sessions: Sessions, ticket: Ticket) -> None:
        self.ticket = ticket
        self._sessions = sessions

    def begin(self, identity: str, lesson: Lesson, peer: Peer, now: float) -> None:
        self.id, self.lesson, self.peer = identity, lesson, peer
        self.opened = now

    @property
    def etag(self) -> str:
        """Names the ICE session, as RFC 9725 section 4.3.1 wants it."""
        return f'"{self.peer.agent.local.ufrag}"'

    @property
    def owner(self) -> tuple[str, ...]:
        return owner(self.door, self.ticket)

    @property
    def connected(self) -> bool:
        return self.peer.state == "connected"

    def restart(self, remote: Credentials, now: float) -> Credentials:
        """Our new credentials for the peer's new ones; the media goes on."""
        local = self.peer.agent.restart(remote, now)
        self._sessions.restarted(self)
        return local

    def close(self, reason: str, now: float) -> None:
        self.peer.close(reason, now)

    @abstractmethod
    def quality(self, now: float) -> Quality: ...

    @abstractmethod
    def on_connected(self, now: float) -> None: ...

    @abstractmethod
    def on_moved(self, now: float) -> None: ...

    @abstractmethod
    def on_rtp(self, packet: bytes, now: float) -> None: ...

    @abstractmethod
    def on_rtcp(self, packet: bytes, now: float) -> None: ...

    @abstractmethod
    def on_closed(self, reason: str, now: float) -> None: ...


class Publishing(Session):
    door = "whip"
    publication: Publication

    def __init__(self, sessions: Sessions, ticket: Ticket, slot: str, tracks: list[TrackDescription]) -> None:
        super().__init__(sessions, ticket)
        self._slot, self._tracks = slot, tracks
        self._holds_slot = False

    def begin(self, identity: str, lesson: Lesson, peer: Peer, now: float) -> None:
        super().begin(identity, lesson, peer, now)
        self.publication = Publication(peer, self.ticket, self._slot, self._tracks)
        self.publication.on_replaced = self._replaced

    def take_slot(self, now: float) -> None:
        """Raises Conflict. Whom it replaces is seen until the first packet from here, and then told good-bye."""
        try:
            self.lesson.publish(self.publication, now)
        except Conflict:
            self.peer.close("refused", now)
            raise
        self._holds_slot = True

    def _replaced(self, now: float) -> None:
        self.peer.close("replaced", now)

    def quality(self, now: float) -> Quality:
        return self.publication.quality(now)

    def on_connected(self, now: float) -> None:
        """Nothing to send before something comes."""

    def on_moved(self, now: float) -> None:
        """Feedback goes to wherever the peer is."""

    def on_rtp(self, packet: bytes, now: float) -> None:
        self.publication.on_rtp(packet, now)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        self.publication.on_rtcp(packet, now)

    def on_closed(self, reason: str, now: float) -> None:
        if self._holds_slot:
            self.lesson.unpublish(self.publication, now)
        self.publication.detach()
        self._sessions.forget(self, reason, now)


class Watching(Session):
    door = "whep"
    subscription: Subscription

    def __init__(
        self, sessions: Sessions, ticket: Ticket, lines: list[LineDescription], layer: str | None = None
    ) -> None:
        super().__init__(sessions, ticket)
        self._lines, self._layer = lines, layer

    @property
    def slots(self) -> list[str]:
        """What its lines may show."""
        named = [slot for line in self._lines for slot in (line.slot, line.instead)]
        return list(dict.fromkeys(slot for slot in named if slot))

    def begin(self, identity: str, lesson: Lesson, peer: Peer, now: float) -> None:
        super().begin(identity, lesson, peer, now)
        self.subscription = Subscription(peer, self.ticket, self._lines, self._layer)

    def subscribe(self, now: float) -> None:
        """Raises BadInput for a slot that no lesson has, or one asked for twice."""
        try:
            self.lesson.subscribe(self.subscription, now)
        except ValueError as error:
            self.peer.close("refused", now)
            zh, en = "没有这样的画面，或同一路要了两次。", "There is no such slot, or one is asked for twice."
            raise BadInput("unknown-slot", zh=zh, en=en) from error

    def quality(self, now: float) -> Quality:
        return self.subscription.quality(now)

    def on_connected(self, now: float) -> None:
        self.subscription.link_changed(now)
        if self.ticket.role not in GOODBYE_COUNTS:
            self.peer.lighten()

    def on_moved(self, now: float) -> None:
        self.subscription.link_changed(now)

    def on_rtp(self, packet: bytes, now: float) -> None:
        raise ValueError("a viewer sends no media")

    def on_rtcp(self, packet: bytes, now: float) -> None:
        self.subscription.on_rtcp(packet, now)

    def on_closed(self, reason: str, now: float) -> None:
        self.subscription.link_changed(now)
        self.lesson.unsubscribe(self.subscription, now)
        self._sessions.forget(self, reason, now)
