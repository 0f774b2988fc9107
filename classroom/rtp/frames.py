"""Whole frames from packets in order: VP8 (RFC 7741 4), H264 (RFC 6184 5). A frame of which a packet is missing is
dropped, and so is all that builds on it, up to the next key frame."""

from __future__ import annotations

import struct
from typing import NamedTuple, Protocol

from classroom.rtp import vp8
from classroom.rtp.h264 import IDR, PPS, SPS, picture_size

_DELIMITER, _FILLER = 9, 12
_STAP_A, _FU_A = 24, 28
MOST_BYTES = 4_000_000
"""Of one frame; a key frame of a full-HD screen has a tenth of it."""


class Piece(NamedTuple):
    """A packet's payload; `last` is the marker: it ends its frame."""

    timestamp: int
    last: bool
    payload: bytes


class Frame(NamedTuple):
    """`data` as containers hold it: H264 with the length of each NAL unit in four bytes before it. `size` is width and
    height of a key frame's picture, None for others."""

    timestamp: int
    data: bytes
    size: tuple[int, int] | None

    @property
    def key(self) -> bool:
        return self.size is not None


class Frames(Protocol):
    """`waiting`: nothing comes out before a key frame, so ask for one."""

    waiting: bool

    def push(self, piece: Piece, lost: bool) -> Frame | None:
        """The frame that this piece completes. `lost`: pieces right before it are missing."""


class Vp8Frames:
    def __init__(self) -> None:
        self.waiting = True
        self._parts: list[bytes] = []
        self._timestamp: int | None = None

    def push(self, piece: Piece, lost: bool) -> Frame | None:
        at = _after_descriptor(piece.payload)
        if lost:
            self._break()
        if vp8.parse(piece.payload, 0, len(piece.payload)).start:
            if self._parts:
                self._break()  # its end never came
            self._timestamp = piece.timestamp
        elif not self._parts or piece.timestamp != self._timestamp:
            self._break()
            return None
        self._parts.append(piece.payload[at:])
        return self._whole(piece.timestamp) if piece.last else None

    def _break(self) -> None:
        self._parts, self.waiting = [], True

    def _whole(self, timestamp: int) -> Frame | None:
        data, self._parts = b"".join(self._parts), []
        size = _vp8_size(data)
        if self.waiting and size is None:
            return None
        self.waiting = False
        return Frame(timestamp, data, size)


def _after_descriptor(payload: bytes) -> int:
    """Where the descriptor (RFC 7741 4.2) ends."""
    at = 1
    if payload and payload[0] & 0x80:
        flags = payload[1] if len(payload) > 1 else 0
        at = 2
        if flags & 0x80:
            at += 2 if len(payload) > 2 and payload[2] & 0x80 else 1
        at += bool(flags & 0x40) + bool(flags & 0x30)
    return at


def _vp8_size(frame: bytes) -> tuple[int, int] | None:
    """Of a key frame (RFC 6386 9.1)."""
    if len(frame) < 10 or frame[0] & 1 or frame[3:6] != b"\x9d\x01\x2a":
        return None
    width, height = struct.unpack_from("<HH", frame, 6)
    return width & 0x3FFF, height & 0x3FFF


class H264Frames:
    """`parameters` are the newest SPS and PPS; key frames carry them, whether the encoder repeats them or not."""

    def __init__(self) -> None:
        self.waiting = True
        self.parameters: tuple[bytes, bytes] | None = None
        self._units: list[bytes] = []
        self._fragment: list[bytes] = []
        self._timestamp: int | None = None
        self._broken = False
        self._sets: dict[int, bytes] = {}

    def push(self, piece: Piece, lost: bool) -> Frame | None:
        whole = None
        if piece.timestamp != self._timestamp:
            whole = self._whole() if self._units and not lost else None
            self._begin(piece.timestamp)
        if lost:
            self._broken = self.waiting = True
        self._take(piece.payload)
        if piece.last and whole is None:
            whole = self._whole()
            self._begin(None)
        return whole

    def _begin(self, timestamp: int | None) -> None:
        self._timestamp, self._broken = timestamp, False
        self._units, self._fragment = [], []

    def _take(self, payload: bytes) -> None:
        kind = payload[0] & 0x1F if payload else 0
        if kind == _STAP_A:
            at = 1
            while at + 2 < len(payload):
                size = payload[at] << 8 | payload[at + 1]
                self._add(payload[at + 2 : at + 2 + size])
                at += 2 + size
        elif kind == _FU_A and len(payload) > 2:
            self._take_fragment(payload)
        elif 0 < kind < _STAP_A:
            self._add(payload)

    def _take_fragment(self, payload: bytes) -> None:
        indicator, head = payload[0], payload[1]
        if head & 0x80:
            self._fragment = [bytes((indicator & 0xE0 | head & 0x1F,))]
        elif not self._fragment:
            self._broken = self.waiting = True
            return
        self._fragment.append(payload[2:])
        if head & 0x40:
            self._add(b"".join(self._fragment))
            self._fragment = []

    def _add(self, unit: bytes) -> None:
        kind = unit[0] & 0x1F if unit else 0
        if kind in (SPS, PPS):
            self._sets[kind] = unit
        elif kind not in (0, _DELIMITER, _FILLER):
            self._units.append(unit)

    def _whole(self) -> Frame | None:
        if self._fragment or self._broken or not self._units:
            self.waiting = self.waiting or bool(self._fragment or self._broken)
            return None
        key = any(unit[0] & 0x1F == IDR for unit in self._units)
        if (self.waiting and not key) or (key and len(self._sets) < 2):
            self.waiting = True
            return None
        size, units = None, self._units
        if key:
            self.parameters = self._sets[SPS], self._sets[PPS]
            size, units = picture_size(self._sets[SPS]), [*self.parameters, *units]
            self.waiting = False
        assert self._timestamp is not None
        return Frame(self._timestamp, b"".join(len(unit).to_bytes(4, "big") + unit for unit in units), size)
