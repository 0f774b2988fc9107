"""What one line of a viewer may show: a slot's layers, a thin voice in place of a full one, another slot while its own
is empty. Which of them it shows is decided on the ladder (`layers.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.relay.description import Kind
from classroom.relay.layers import LADDER, NOMINAL
from classroom.relay.slot import Slot
from classroom.relay.stream import SlotStream


@dataclass(frozen=True, slots=True)
class Choice:
    kind: Kind
    slot: Slot
    instead: Slot | None = None
    thin: Slot | None = None

    @property
    def home(self) -> SlotStream:
        return self.slot.layers[self.kind]["f"]

    def shown(self) -> Slot:
        if self.instead is not None and self.slot.publication is None and self.instead.publication is not None:
            return self.instead
        return self.slot

    def thin_voice(self, now: float) -> SlotStream | None:
        stream = self.thin.layers["audio"]["f"] if self.thin is not None else None
        return stream if stream is not None and stream.flowing(now) else None

    def layers(self, now: float) -> list[SlotStream]:
        """The picture's layers that flow, or all that are offered when none does. A single one counts as flowing: a
        still screen sends nothing."""
        offered = self.shown().offered("video")
        if len(offered) < 2:
            return offered
        return [stream for stream in offered if stream.flowing(now)] or offered

    def dormant(self, level: str, now: float) -> SlotStream | None:
        """The smallest layer above a level that is offered and does not flow."""
        rank = LADDER.index(level)
        offered = self.shown().offered("video") if self.kind == "video" else []
        above = [stream for stream in offered if LADDER.index(stream.layer) > rank]
        return above[0] if above and not above[0].flowing(now) else None

    def at(self, level: str, now: float) -> SlotStream | None:
        """The stream for a rung of the ladder; None: nothing is sent on this line."""
        if self.kind == "audio":
            thin = self.thin_voice(now) if level == "thin" else None
            return thin or self.shown().layers["audio"]["f"]
        rank = LADDER.index(level)
        if rank < LADDER.index("q"):
            return None
        there = self.layers(now)
        if not there:
            return self.shown().layers["video"]["f"]
        return next((stream for stream in reversed(there) if LADDER.index(stream.layer) <= rank), there[0])

    def pinned(self, level: str, now: float) -> SlotStream | None:
        """The layer itself where it is offered, whether it flows or not: who pins it wants no other."""
        offered = self.shown().offered("video") if self.kind == "video" else []
        return next((stream for stream in offered if stream.layer == level), self.at(level, now))

    def kbps(self, level: str, now: float) -> float:
        """What the picture takes there: as measured, else as browsers usually do."""
        stream = self.at(level, now) if self.kind == "video" else None
        if stream is None or stream.codec is None:
            return 0.0
        return stream.kbps or (NOMINAL[stream.layer] if stream.flowing(now) else 0.0)
