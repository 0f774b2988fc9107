"""A slot that is recorded: voice and picture, joined into takes. Pure but for the shelf that keeps what comes out.

A take is one file with the same tracks from its begin to its end. Another codec, or a track that was not there before,
begins the next one; a new resolution, a new publisher and an outage do not.
"""

from __future__ import annotations

from typing import Protocol

from classroom.recorder.cutting import GAP, Cutter, Part
from classroom.recorder.intake import Intake, Taken
from classroom.recorder.samples import Codec, Track
from classroom.relay.description import Kind
from classroom.rtp.frames import H264Frames

OPENS_AFTER = 1.5
"""Seconds that the first track waits for the other one."""


class Shelf(Protocol):
    """Keeps takes. Times are seconds since the recording began."""

    def epoch(self, moment: float) -> float:
        """When the recording began, in seconds of our clock; `moment` if it begins now."""

    def kept_until(self, slot: str) -> float:
        """To where the slot is kept, in seconds of our clock."""

    def resume(self, slot: str, tracks: tuple[Track, ...]) -> float | None:
        """Goes on with the slot's last take if it has such tracks: to where it is written."""

    def open(self, slot: str, tracks: tuple[Track, ...]) -> float:
        """Another take of the slot: where the one before ends, 0 for the first."""

    def keep(self, slot: str, part: Part, now: float) -> None: ...

    def flush(self, slot: str) -> None:
        """What was kept is not waited with any longer."""

    def close(self, slot: str) -> None:
        """The take is complete."""


class SlotRecording:
    """`layers` is what a publication of this slot is attached to."""

    def __init__(self, slot: str, shelf: Shelf) -> None:
        self.slot = slot
        self.heard = float("-inf")
        """When something came last."""
        self._shelf = shelf
        self._voice = Intake("audio", self._hear)
        self._picture = Intake("video", self._see)
        self._cutter: Cutter | None = None
        self._tracks: tuple[Track, ...] = ()
        self._waiting: list[Taken] = []
        self._first = float("inf")

    @property
    def layers(self) -> dict[Kind, dict[str, Intake]]:
        return {"audio": {"f": self._voice}, "video": {"f": self._picture}}

    def tick(self, now: float) -> None:
        for intake in (self._voice, self._picture):
            intake.tick(now)
        self._leave_out_kept(now)
        if self._waiting and (len({one.codec for one in self._waiting}) > 1 or now - self._first > OPENS_AFTER):
            self._open(now)
        if self._cutter is not None:
            self._keep(self._cutter.cut(now), now)
            if self._cutter.wants_key(now):
                self._picture.key_frames.ask(now)

    def stop(self, now: float) -> None:
        """Nothing comes any more for now; the take may be gone on with."""
        for intake in (self._voice, self._picture):
            intake.tick(now, final=True)
        self._leave_out_kept(now)
        if self._waiting:
            self._open(now)
        if self._cutter is not None:
            self._keep(self._cutter.cut(now, final=True), now)
            self._shelf.flush(self.slot)

    def finish(self, now: float) -> None:
        """Nothing comes any more."""
        self.stop(now)
        self._end_take(now)

    def _hear(self, taken: Taken, now: float) -> None:
        self._sort(taken, "opus", now)

    def _see(self, taken: Taken, now: float) -> None:
        self._sort(taken, taken.codec, now)

    def _sort(self, taken: Taken, codec: str, now: float) -> None:
        self.heard = now
        if self._cutter is not None and codec not in {track.codec for track in self._tracks}:
            self._end_take(now)
        if self._cutter is not None:
            self._feed(self._cutter, taken, now)
        elif taken.frame is None or taken.frame.key or self._has_picture():
            self._first = min(self._first, now)
            self._waiting.append(taken)
        else:
            self._picture.key_frames.ask(now)

    def _leave_out_kept(self, now: float) -> None:
        """A take's picture begins with a key frame behind what is kept already. Until it comes the voice waits, or goes
        on alone."""
        if not self._has_picture():
            return
        until = self._shelf.kept_until(self.slot) - GAP
        keys = (at for at, one in enumerate(self._waiting) if one.frame and one.frame.key and one.at >= until)
        first = next(keys, len(self._waiting))
        kept = [one for at, one in enumerate(self._waiting) if one.frame is None or at >= first]
        if len(kept) < len(self._waiting):
            self._picture.key_frames.need()
        self._waiting, self._first = kept, self._first if kept else float("inf")

    def _has_picture(self) -> bool:
        return any(one.frame is not None for one in self._waiting)

    def _open(self, now: float) -> None:
        """A take's tracks are those that are there; another picture codec among them waits for the next take."""
        pictures = [one.codec for one in self._waiting if one.frame is not None]
        waiting = [one for one in self._waiting if one.frame is None or one.codec == pictures[0]]
        tracks = self._describe(waiting)
        epoch = self._shelf.epoch(min(one.at for one in waiting))
        begin = self._shelf.resume(self.slot, tracks)
        if begin is None:
            begin = self._shelf.open(self.slot, tracks)
        voice = next((track for track in tracks if track.codec == "opus"), None)
        picture = next((track for track in tracks if track.codec != "opus"), None)
        self._tracks, self._epoch = tracks, epoch
        self._cutter = Cutter(voice, picture, begin)
        self._waiting, self._first = [], float("inf")
        for one in waiting:
            self._feed(self._cutter, one, now)

    def _describe(self, waiting: list[Taken]) -> tuple[Track, ...]:
        tracks: list[Track] = []
        first = next((one for one in waiting if one.frame is not None), None)
        if first is not None and first.frame is not None:
            frames = self._picture.frames
            parameters = frames.parameters if isinstance(frames, H264Frames) and frames.parameters else (b"", b"")
            codec: Codec = "h264" if first.codec == "h264" else "vp8"
            tracks.append(Track(1, codec, first.frame.size or (0, 0), parameters))
        if any(one.frame is None for one in waiting):
            tracks.append(Track(len(tracks) + 1, "opus"))
        return tuple(tracks)

    def _feed(self, cutter: Cutter, taken: Taken, now: float) -> None:
        at = taken.at - self._epoch
        if taken.frame is not None:
            cutter.see(at, taken.data, taken.frame.key, now)
        else:
            try:
                cutter.hear(at, taken.data, now)
            except ValueError:
                self._voice.malformed += 1

    def _keep(self, parts: list[Part], now: float) -> None:
        for part in parts:
            self._shelf.keep(self.slot, part, now)

    def _end_take(self, now: float) -> None:
        if self._cutter is not None:
            self._keep(self._cutter.cut(now, final=True), now)
            self._shelf.close(self.slot)
            self._cutter = None
