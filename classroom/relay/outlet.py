"""Where a published track's packets go: a slot's stream, whose viewers are served at once, or a recording."""

from __future__ import annotations

from typing import Protocol

from classroom.relay.description import Codec
from classroom.relay.key_frames import KeyFrameRequests
from classroom.relay.lipsync import Moment
from classroom.rtp.vp8 import Descriptor


class Outlet(Protocol):
    """`SlotStream` says what each call means; packets come in any order, numbers are unwrapped."""

    key_frames: KeyFrameRequests
    layer: str
    kbps: float

    def wish(self, now: float) -> None: ...
    def wanted(self, now: float) -> bool: ...
    def begin(self, codec: Codec, number: int, packet: bytes, descriptor: Descriptor | None, now: float) -> None: ...
    def align(self, timestamp: int, moment: Moment) -> None: ...
    def leave_out(self, number: int, packet: bytes, now: float) -> None: ...
    def write(
        self,
        number: int,
        packet: bytes,
        start: int,
        end: int,
        key: bool,
        descriptor: Descriptor | None,
        now: float,
        kind: int = 0,
    ) -> None: ...
