"""Cuts what a slot says and shows into parts of about a second and segments of at most four. Pure; moments in seconds
since the recording began.

    part     what is written and told at once: an MP4 fragment, or a WebM cluster
    segment  parts up to the next key frame: where a player may begin

A part is cut as soon as everything in it is known: when both voice and picture have gone past its end, or when one of
them has been silent for too long to be waited for. What is missing is filled, so that neither track ever has a hole:
silence where nobody was heard, the last key frame where nothing was seen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from classroom.recorder.samples import Sample, Track
from classroom.rtp import opus

PART = 1.0
SEGMENT = 4.0
"""Seconds; a segment that gets no key frame ends all the same."""
KEY_AFTER = 1.8
"""Seconds of a segment after which a key frame begins the next one."""
ASK_AFTER = 2.8
"""Seconds of a segment after which a key frame is asked for."""
VOICE_LATE, PICTURE_LATE = 1.5, 4.0
"""Seconds that a part waits for a silent track. A still screen sends its next picture when a key frame is asked for."""
SLACK = 0.08
"""Seconds by which a part may grow so that a key frame ends it."""
GAP = 0.04
"""Seconds between two voice packets beyond which something is missing."""
STILL_FROM = 0.2
"""Seconds at a part's begin without a picture that are filled."""
BRIDGE = 10.0
"""Seconds of a hole that are filled in one part."""


class Part(NamedTuple):
    """`voice` and `picture` hold its samples; `first`: it begins a segment; `key`: its picture begins with a key
    frame."""

    at: float
    lasts: float
    voice: list[Sample]
    picture: list[Sample]
    first: bool
    key: bool


@dataclass
class Line:
    """One track's samples that are in no part yet. `latest`: the moment of the newest, `heard`: when that came."""

    track: Track
    waiting: deque[tuple[float, float, bytes, bool]] = field(default_factory=deque)
    latest: float = float("-inf")
    heard: float = float("-inf")
    until: float = 0.0
    """To where it has been written without a hole."""
    still: bytes = b""
    idle: bool = False
    broken: bool = True
    """Of a picture: what comes builds on a frame that is not here, up to the next key frame."""

    def put(self, at: float, lasts: float, data: bytes, key: bool, now: float) -> bool:
        if at < self.until - GAP or at <= self.latest:
            return False
        self.waiting.append((max(at, self.until), lasts, data, key))
        self.latest, self.heard = at, now
        return True

    def ticks(self, moment: float) -> int:
        return round(moment * self.track.rate)


class Cutter:
    """Feed it samples in the order of their moments, call `cut` a few times a second. `begin` is where the recording,
    or what of it is on disk already, ends."""

    def __init__(self, voice: Track | None, picture: Track | None, begin: float = 0.0) -> None:
        self.voice = Line(voice, until=begin) if voice else None
        self.picture = Line(picture, until=begin) if picture else None
        self.end = begin
        self._segment = begin
        self._fresh = True
        self.dropped = 0

    @property
    def lines(self) -> list[Line]:
        return [line for line in (self.voice, self.picture) if line]

    def hear(self, at: float, packet: bytes, now: float) -> None:
        """ValueError for a packet that is none."""
        lasts = opus.ticks(packet) / opus.CLOCK
        if self.voice is None or not self.voice.put(at, lasts, packet, True, now):
            self.dropped += 1

    def see(self, at: float, frame: bytes, key: bool, now: float) -> None:
        line = self.picture
        taken = line is not None and (key or not line.broken) and line.put(at, 0.0, frame, key, now)
        if line is not None:
            line.broken = not taken
        self.dropped += not taken

    def wants_key(self, now: float) -> bool:
        """Whether the segment grows long, or nothing can be shown before the next one."""
        line = self.picture
        return line is not None and (line.broken or self._edge(now) - self._segment > ASK_AFTER)

    def cut(self, now: float, final: bool = False) -> list[Part]:
        """The parts that are complete; `final`: all there is."""
        parts: list[Part] = []
        while any(line.waiting for line in self.lines):
            end, key = self._next_end()
            if not self._complete(end, now) and not final:
                break
            if final and end > (last := self._last()):
                end = max(last, self.end + 0.02)
            parts.append(self._part(end))
            self._fresh = key or end - self._segment >= SEGMENT - 0.001
            if self._fresh:
                self._segment = end
        return parts

    def _next_end(self) -> tuple[float, bool]:
        """Where the present part ends, and whether a key frame is there."""
        first = min(line.waiting[0][0] for line in self.lines if line.waiting)
        if first - self.end > BRIDGE:
            return first, bool(self.picture and self.picture.waiting and self.picture.waiting[0][0] == first)
        end = min(self.end + PART, self._segment + SEGMENT)
        for at, _, _, key in self.picture.waiting if self.picture else ():
            if at > end + SLACK:
                break
            if key and at - self._segment >= KEY_AFTER and at - self.end > 0.001:
                return at, True
        return end, False

    def _edge(self, now: float) -> float:
        """The moment that is now, as media tells."""
        return max(line.latest + now - line.heard for line in self.lines) if self._heard() else self.end

    def _heard(self) -> bool:
        return any(line.latest > float("-inf") for line in self.lines)

    def _complete(self, end: float, now: float) -> bool:
        edge = self._edge(now)
        patience = {id(self.voice): VOICE_LATE, id(self.picture): PICTURE_LATE}
        return all(
            line.latest >= end or edge - end > (VOICE_LATE if line.idle else patience[id(line)]) for line in self.lines
        )

    def _last(self) -> float:
        return max(line.waiting[-1][0] + max(line.waiting[-1][1], 0.02) for line in self.lines if line.waiting)

    def _part(self, end: float) -> Part:
        picture = _pictures(self.picture, end) if self.picture else []
        voice = _voices(self.voice, end) if self.voice else []
        at, self.end = self.end, end
        key = bool(picture) and picture[0].key if self.picture else True
        return Part(at, end - at, voice, picture, self._fresh, key)


def _due(line: Line, end: float) -> list[tuple[float, float, bytes, bool]]:
    found = []
    while line.waiting and line.waiting[0][0] < end - 1e-6:
        found.append(line.waiting.popleft())
    line.idle = not found
    return found


def _voices(line: Line, end: float) -> list[Sample]:
    """Packets may reach beyond the end; a hole becomes silence."""
    found: list[tuple[float, bytes, bool]] = []
    for at, lasts, packet, _ in _due(line, end):
        _be_silent(line, found, at)
        found.append((at, packet, True))
        line.until = at + lasts
    if line.idle or end - line.until > GAP:
        _be_silent(line, found, end)
    return _samples(line, found, line.until)


def _be_silent(line: Line, found: list[tuple[float, bytes, bool]], to: float) -> None:
    step = opus.SILENCE_TICKS / opus.CLOCK
    if to - line.until <= GAP:
        return
    while to - line.until >= step:
        found.append((line.until, opus.SILENCE, True))
        line.until += step


def _pictures(line: Line, end: float) -> list[Sample]:
    """The last picture stands until the next one, or to the end; where there is none at the begin, a key frame does."""
    if line.waiting and not line.still:
        line.still = line.waiting[0][2]
    due = _due(line, end)
    found: list[tuple[float, bytes, bool]] = []
    if line.still and (due[0][0] if due else end) - line.until > (STILL_FROM if due else 0.001):
        found.append((line.until, line.still, True))
    for at, _, frame, key in due:
        found.append((at, frame, key))
        line.still = frame if key else line.still
    if found:
        line.until = line.waiting[0][0] if line.waiting else end
    return _samples(line, found, line.until)


def _samples(line: Line, found: list[tuple[float, bytes, bool]], end: float) -> list[Sample]:
    """Each lasts until the next one begins."""
    times = [line.ticks(at) for at, _, _ in found]
    times.append(line.ticks(end))
    return [
        Sample(at, max(1, following - at), data, key)
        for (_, data, key), at, following in zip(found, times, times[1:], strict=False)
    ]
