"""A slot: a place for one picture and one voice, silent or live, whose outgoing streams outlive every publisher."""

from __future__ import annotations

from typing import NamedTuple

from classroom.relay.counters import Counters
from classroom.relay.description import Kind
from classroom.relay.link import Rights
from classroom.relay.publication import Publication
from classroom.relay.stream import SlotStream
from core.errors import Conflict

# A kind counts as flowing for this long after its last packet (seconds).
SILENCE = 3.0


class SlotState(NamedTuple):
    """For the lesson's socket. `audio`, `video`: packets of that kind came within the last three seconds."""

    live: bool
    person: str | None
    human: bool
    audio: bool
    video: bool
    since: float | None


def may_replace(newcomer: Rights, present: Rights) -> bool:
    """A person may replace herself, a human the demo teacher, a substitute with the right to take over anybody."""
    return newcomer.person == present.person or (newcomer.human and not present.human) or newcomer.takeover


class Slot:
    """`publication` holds the slot; `outgoing` is the one it replaces, which viewers see until its own first packet."""

    def __init__(self, name: str, streams: dict[Kind, SlotStream], counters: Counters) -> None:
        self.name = name
        self.streams = streams
        self.publication: Publication | None = None
        self.outgoing: Publication | None = None
        self._counters = counters

    def take(self, publication: Publication, now: float) -> Publication | None:
        """Returns the publication that it will replace; see `Publication.on_replaced`. Conflict("slot-taken") if it may
        not."""
        present = self.publication
        if present is not None and not may_replace(publication.ticket, present.ticket):
            raise Conflict(
                "slot-taken",
                zh="已有人在这里直播，等她结束后再试。",
                en="Somebody else is broadcasting here: try again after they end.",
                slot=self.name,
            )
        if present is not None and self.outgoing is not None:
            # The present one has not begun yet: viewers still see the one before it.
            present.closed = True
            present.on_replaced(now)
        elif present is not None:
            self.outgoing = present
        self.publication = publication
        publication.attach(self.streams, self._counters, lambda began: self._begin(publication, began), now)
        return present

    def _begin(self, publication: Publication, now: float) -> None:
        outgoing = self.outgoing
        if publication is self.publication and outgoing is not None:
            self.outgoing = None
            outgoing.closed = True
            outgoing.on_replaced(now)

    def leave(self, publication: Publication) -> None:
        """One that leaves before it began gives the slot back to the one it would have replaced."""
        publication.closed = True
        if self.outgoing is publication:
            self.outgoing = None
        elif self.publication is publication:
            self.publication, self.outgoing = self.outgoing, None

    def state(self, now: float) -> SlotState:
        publication = self.outgoing or self.publication
        if publication is None:
            return SlotState(False, None, False, False, False, None)
        audio, video = (publication.flowing(kind, now, SILENCE) for kind in ("audio", "video"))
        ticket = publication.ticket
        return SlotState(audio or video, ticket.person, ticket.human, audio, video, publication.moment)

    def tick(self, now: float) -> None:
        for stream in self.streams.values():
            stream.tick(now)
        for publication in (self.publication, self.outgoing):
            if publication is not None:
                publication.tick(now)
