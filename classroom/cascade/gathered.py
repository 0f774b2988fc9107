"""A slot that other relays fill: its voice and each layer of its picture come over a leg of their own, and together
they stand in the slot as one publication does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from classroom.cascade.offers import VOICE
from classroom.relay.counters import Counters
from classroom.relay.description import Kind, TrackDescription
from classroom.relay.link import Destination
from classroom.relay.outlet import Outlet
from classroom.relay.publication import Publication
from classroom.relay.quality import Quality


@dataclass(frozen=True)
class Pulled:
    """The rights of what comes from another relay: whoever publishes here goes before it."""

    person: str = ""
    human: bool = False
    takeover: bool = False
    room: str | None = None


class _NoLink:
    """Each part has its own link; nothing is sent for the whole."""

    srtp_tx = 0
    srtp_overhead = 0
    destination: Destination | None = None

    def send_rtp(self, packet: bytes) -> None:
        raise AssertionError("the parts send")

    def send_rtcp(self, packet: bytes) -> None:
        raise AssertionError("the parts send")


def tracks(names: tuple[str, ...]) -> list[TrackDescription]:
    """Of what is offered above, whether or not it is pulled: viewers choose among all of it."""
    layers = tuple(name for name in names if name != VOICE)
    voice = [TrackDescription("audio", "audio", {})] if VOICE in names else []
    return voice + ([TrackDescription("video", "video", {}, rids=layers)] if layers else [])


class Gathered(Publication):
    """`names` as in offers.Offer. A part is a publication with one track, fed by its leg."""

    __slots__ = ("_all", "_attached", "_parts", "names")

    def __init__(self, slot: str, names: tuple[str, ...]) -> None:
        super().__init__(_NoLink(), Pulled(), slot, tracks(names))
        self.names = names
        self._parts: dict[str, Publication] = {}
        self._all: dict[Publication, None] = {}
        """Those that have not begun yet too."""
        self._attached: tuple[Mapping[Kind, Mapping[str, Outlet]], Counters, Callable[[float], None]] | None = None

    def attach(
        self,
        layers: Mapping[Kind, Mapping[str, Outlet]],
        counters: Counters,
        on_begin: Callable[[float], None],
        now: float,
    ) -> None:
        self.moment = now
        self._attached = layers, counters, on_begin

    def join(self, name: str, part: Publication, now: float) -> None:
        """From its first packet on a part replaces the one that brought the same before."""
        assert self._attached is not None
        layers, counters, on_begin = self._attached

        def begin(at: float) -> None:
            before = self._parts.get(name)
            if before is not part and before is not None:
                self._parts[name] = part
                before.replace(at)
            on_begin(at)

        self._parts.setdefault(name, part)
        self._all[part] = None
        part.attach(layers, counters, begin, now)

    def leave(self, name: str, part: Publication) -> None:
        part.closed = True
        self._all.pop(part, None)
        if self._parts.get(name) is part:
            del self._parts[name]

    def replace(self, now: float) -> None:
        self.closed = True
        for part in list(self._all):
            part.replace(now)
        self.on_replaced(now)

    def tick(self, now: float) -> None:
        for part in list(self._all):
            part.tick(now)

    def flowing(self, kind: Kind, now: float, silence: float) -> bool:
        return any(part.flowing(kind, now, silence) for part in self._parts.values())

    def quality(self, now: float) -> Quality:
        of_all = [part.quality(now) for part in self._parts.values()]
        loss = max((one.loss for one in of_all), default=0.0)
        return Quality(loss, None, 0.0, sum(one.kbps for one in of_all), "none", ())
