"""A slot: a place for one picture and one voice, silent or live, whose outgoing streams outlive every publisher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    """`publication` holds the slot; `outgoing` is the one it replaces, which viewers see until its own first packet.
    `layers`: the streams of a kind by layer, the smallest first; all of them bear one SSRC. `on_change(now)` is called
    when what it offers has changed."""

    def __init__(self, name: str, layers: dict[Kind, dict[str, SlotStream]], counters: Counters) -> None:
        self.name = name
        self.layers = layers
        self.on_change: Callable[[float], None] = lambda now: None
        self.publication: Publication | None = None
        self.outgoing: Publication | None = None
        self._counters = counters
        self._offered: dict[Kind, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[SlotStream]:
        return (stream for layers in self.layers.values() for stream in layers.values())

    @property
    def streams(self) -> dict[Kind, SlotStream]:
        """The full layer of each kind."""
        return {kind: layers["f"] for kind, layers in self.layers.items()}

    def offered(self, kind: Kind) -> list[SlotStream]:
        """The layers of whoever is seen or was seen last, the smallest first; empty before anybody came."""
        return [self.layers[kind][layer] for layer in self._offered.get(kind, ())]

    def _show(self, publication: Publication, now: float) -> None:
        self._offered = {track.kind: tuple(track.layers) for track in publication.tracks}
        self.on_change(now)

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
            present.replace(now)
        elif present is not None:
            self.outgoing = present
        self.publication = publication
        publication.attach(self.layers, self._counters, lambda began: self._begin(publication, began), now)
        if self.outgoing is None:
            self._show(publication, now)
        return present

    def offers_changed(self, publication: Publication, now: float) -> None:
        """What it publishes is another set of layers from now on."""
        if publication is (self.outgoing or self.publication):
            self._show(publication, now)

    def _begin(self, publication: Publication, now: float) -> None:
        outgoing = self.outgoing
        if publication is self.publication and outgoing is not None:
            self.outgoing = None
            outgoing.replace(now)
            self._show(publication, now)

    def leave(self, publication: Publication, now: float) -> None:
        """One that leaves before it began gives the slot back to the one it would have replaced."""
        publication.closed = True
        if self.outgoing is publication:
            self.outgoing = None
        elif self.publication is publication:
            self.publication, self.outgoing = self.outgoing, None
        self.on_change(now)

    def state(self, now: float) -> SlotState:
        publication = self.outgoing or self.publication
        if publication is None:
            return SlotState(False, None, False, False, False, None)
        audio, video = (publication.flowing(kind, now, SILENCE) for kind in ("audio", "video"))
        ticket = publication.ticket
        return SlotState(audio or video, ticket.person, ticket.human, audio, video, publication.moment)

    def tick(self, now: float) -> None:
        for stream in self:
            stream.tick(now)
        for publication in (self.publication, self.outgoing):
            if publication is not None:
                publication.tick(now)
