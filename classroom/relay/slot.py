"""A slot: a place for one picture and one voice, silent or live, whose outgoing streams outlive every publisher."""

from __future__ import annotations

from typing import NamedTuple

from classroom.relay.publication import Publication


class SlotState(NamedTuple):
    """For the lesson's socket. `audio`, `video`: packets of that kind came within the last three seconds."""

    live: bool
    person: str | None
    human: bool
    audio: bool
    video: bool
    since: float | None


class Slot:
    name: str
    publication: Publication | None

    def state(self, now: float) -> SlotState: ...
