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
from core.tickets import Ticket

if TYPE_CHECKING:
    from classroom.relay.sessions import Sessions


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
        self.holds_slot = False

    def begin(self, identity: str, lesson: Lesson, peer: Peer, now: float) -> None:
        super().begin(identity, lesson, peer, now)
        self.publication = Publication(peer, self.ticket, self._slot, self._tracks)

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
        if self.holds_slot:
            self.lesson.unpublish(self.publication, now)
        self._sessions.forget(self, reason)


class Watching(Session):
    door = "whep"
    subscription: Subscription

    def __init__(self, sessions: Sessions, ticket: Ticket, lines: list[LineDescription]) -> None:
        super().__init__(sessions, ticket)
        self._lines = lines

    def begin(self, identity: str, lesson: Lesson, peer: Peer, now: float) -> None:
        super().begin(identity, lesson, peer, now)
        self.subscription = Subscription(peer, self.ticket, self._lines)

    def quality(self, now: float) -> Quality:
        return self.subscription.quality(now)

    def on_connected(self, now: float) -> None:
        self.subscription.link_changed(now)

    def on_moved(self, now: float) -> None:
        self.subscription.link_changed(now)

    def on_rtp(self, packet: bytes, now: float) -> None:
        raise ValueError("a viewer sends no media")

    def on_rtcp(self, packet: bytes, now: float) -> None:
        self.subscription.on_rtcp(packet, now)

    def on_closed(self, reason: str, now: float) -> None:
        self.subscription.link_changed(now)
        self.lesson.unsubscribe(self.subscription, now)
        self._sessions.forget(self, reason)
