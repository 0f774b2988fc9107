"""One track as it comes from the relay: packets into order, into whole frames, onto the line of time. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from classroom.recorder.clock import MediaClock
from classroom.relay.description import Codec, Kind
from classroom.relay.form import IN_RED
from classroom.relay.key_frames import KeyFrameRequests
from classroom.relay.lipsync import Moment
from classroom.rtp import header, red
from classroom.rtp.frames import Frame, Frames, H264Frames, Piece, Vp8Frames
from classroom.rtp.reorder import Reorder
from classroom.rtp.vp8 import Descriptor

PATIENCE = 1.2
"""Seconds for repairs: the relay's last try is asked for after one."""
REPORT_WAIT = 2.0
"""Seconds that a source's first packets wait for the sender report that says when they were."""
MOST_WAITING = 3000


class Taken(NamedTuple):
    """A voice packet or a whole frame. `at`: seconds of our clock; `frame` None for voice, whose packet is `data`."""

    at: float
    codec: str
    data: bytes
    frame: Frame | None


class Intake:
    """The `Outlet` of one kind of one slot. `take` gives each with the moment at which it happened."""

    def __init__(self, kind: Kind, take: Callable[[Taken, float], None]) -> None:
        self.kind = kind
        self.layer = "f"
        self.kbps = 0.0
        self.key_frames = KeyFrameRequests()
        self.frames: Frames | None = None
        self.malformed = 0
        self._take = take
        self._codec = ""
        self._clock = MediaClock(90000 if kind == "video" else 48000)
        self._order: Reorder[Piece] = Reorder(PATIENCE)
        self._began = float("-inf")
        self._ready: deque[tuple[Piece, Frame | None, float]] = deque()

    # -- what a publication's track tells

    def wish(self, now: float) -> None:
        """A recording wants its track always."""

    def wanted(self, now: float) -> bool:
        return True

    def begin(self, codec: Codec, number: int, packet: bytes, descriptor: Descriptor | None, now: float) -> None:
        self._drain(now, self._clock.reported)
        self._order.restart()
        self._clock.restart()
        self._codec, self._began = codec.name, now
        self.frames = None
        if self.kind == "video":
            self.frames = H264Frames() if codec.name == "h264" else Vp8Frames()

    def align(self, timestamp: int, moment: Moment) -> None:
        self._clock.report(moment.ours, timestamp)

    def leave_out(self, number: int, packet: bytes, now: float) -> None:
        self._order.put(number, None, now)

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
    ) -> None:
        if kind == IN_RED:
            packet = red.primary(packet[: header.HEADER_LENGTH] + packet[start:end])
            start, end = header.HEADER_LENGTH, len(packet)
        if key and self.kind == "video":
            self.key_frames.arrived(now)
        piece = Piece(header.timestamp(packet), bool(packet[1] & 0x80), packet[start:end])
        self._order.put(number, piece, now)

    # -- time

    def tick(self, now: float, final: bool = False) -> None:
        """Every 20 ms. `final`: nothing more comes, so nothing is waited for."""
        for piece, lost in self._order.take(float("inf") if final else now):
            frame = None
            if self.frames is not None:
                frame = self._push(self.frames, piece, lost)
                if self.frames.waiting:
                    self.key_frames.ask(now)
            if frame is not None or self.kind == "audio":
                self._ready.append((piece, frame, now))
        if final or self._clock.reported or now - self._began > REPORT_WAIT or len(self._ready) > MOST_WAITING:
            self._drain(now, True)

    def _push(self, frames: Frames, piece: Piece, lost: bool) -> Frame | None:
        try:
            return frames.push(piece, lost)
        except ValueError:
            self.malformed += 1
            frames.waiting = True
            return None

    def _drain(self, now: float, dated: bool) -> None:
        while self._ready and dated:
            piece, frame, arrived = self._ready.popleft()
            timestamp = frame.timestamp if frame else piece.timestamp
            data = frame.data if frame else piece.payload
            self._take(Taken(self._clock.moment(timestamp, arrived), self._codec, data, frame), now)
        self._ready.clear()
