"""One file of a recording, and the list of its segments beside it: written as the lesson runs, found again after a
crash.

    teacher-1.mp4     head with room for an index, then segment after segment
    teacher-1.jsonl   first its tracks, then a line for each segment; one without its whole line never was

A segment is one fragment (libav loses its way among several) and reaches the disk when it ends. When all are there, the
index goes into the head's room: what was good to append to is then good to seek in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from classroom.recorder import mp4, webm
from classroom.recorder.cutting import Part
from classroom.recorder.samples import Run, Track

MOST_SEGMENTS = 6000
"""Segments that the index has room for: three hours of the shortest there are; more share an entry."""


class Row(NamedTuple):
    """A segment in its file: `offset` and `size` in bytes, `at` and `lasts` in seconds; `key`: it begins with a key
    frame."""

    offset: int
    size: int
    at: float
    lasts: float
    key: bool


def container(tracks: Sequence[Track]) -> ModuleType:
    """WebM for VP8; MP4 for H264, and for voice alone."""
    return webm if any(track.codec == "vp8" for track in tracks) else mp4


@dataclass
class Take:
    """`number` counts a slot's takes from 1; `begin`: where the one before ends, in seconds of the recording. `size` in
    bytes, the head included."""

    slot: str
    number: int
    tracks: tuple[Track, ...]
    room: int
    begin: float = 0.0
    rows: list[Row] = field(default_factory=list)
    complete: bool = False

    @classmethod
    def new(cls, slot: str, number: int, tracks: tuple[Track, ...], begin: float = 0.0) -> Take:
        return cls(slot, number, tracks, container(tracks).room_for(MOST_SEGMENTS), begin)

    @property
    def name(self) -> str:
        return f"{self.slot}-{self.number}.{container(self.tracks).SUFFIX}"

    @property
    def content_type(self) -> str:
        return str(container(self.tracks).media_type(self.tracks))

    @property
    def size(self) -> int:
        return self.rows[-1].offset + self.rows[-1].size if self.rows else self.room

    @property
    def end(self) -> float:
        return self.rows[-1].at + self.rows[-1].lasts if self.rows else self.begin

    def goes_on_with(self, tracks: tuple[Track, ...]) -> bool:
        return not self.complete and [track.codec for track in tracks] == [track.codec for track in self.tracks]

    def encode(self, part: Part, number: int) -> bytes:
        """The part's bytes, or those of a segment that was joined into one; `number` counts them."""
        runs: list[Run] = [(track, part.voice if track.codec == "opus" else part.picture) for track in self.tracks]
        return bytes(container(self.tracks).part(number, runs))

    def add(self, segment: Part, size: int) -> Row:
        row = Row(self.size, size, round(segment.at, 6), round(segment.lasts, 6), segment.key)
        self.rows.append(row)
        return row

    def stream_head(self) -> bytes:
        return bytes(container(self.tracks).head(self.tracks))

    def head(self) -> bytes:
        """With the index of what is there, if it is complete."""
        segments = thinned(segments_of(self.rows), MOST_SEGMENTS) if self.complete else []
        return bytes(container(self.tracks).indexed_head(self.tracks, segments, self.room, self.begin))


def segments_of(rows: Sequence[Row]) -> list[tuple[float, int, bool]]:
    """Seconds, bytes and whether a player may begin there, without holes in time."""
    ends = [row.at for row in rows[1:]] + [row.at + row.lasts for row in rows[-1:]]
    return [(end - row.at, row.size, row.key) for row, end in zip(rows, ends, strict=True)]


def joined(parts: Sequence[Part]) -> Part:
    """A segment's parts as one."""
    voice = [sample for part in parts for sample in part.voice]
    picture = [sample for part in parts for sample in part.picture]
    end = parts[-1].at + parts[-1].lasts
    return Part(parts[0].at, end - parts[0].at, voice, picture, True, parts[0].key)


def thinned(segments: list[tuple[float, int, bool]], most: int) -> list[tuple[float, int, bool]]:
    """Neighbours joined until there are few enough."""
    while len(segments) > most:
        pairs = [segments[at : at + 2] for at in range(0, len(segments), 2)]
        segments = [(sum(one[0] for one in pair), sum(one[1] for one in pair), pair[0][2]) for pair in pairs]
    return segments


class TakeFile:
    """A take on the disk. Every method blocks and may raise OSError; what failed halfway is undone by the next call."""

    def __init__(self, folder: Path, take: Take) -> None:
        self.take = take
        self.path = folder / take.name
        self._list = self.path.with_suffix(".jsonl")

    def create(self) -> None:
        take = self.take
        described = {"slot": take.slot, "number": take.number, "room": take.room, "begin": take.begin}
        tracks = [{**asdict(one), "parameters": [part.hex() for part in one.parameters]} for one in take.tracks]
        self.path.write_bytes(self.take.head())
        self._list.write_text(json.dumps({**described, "tracks": tracks}) + "\n")
        _sync(self.path, self._list, self.path.parent)

    def append(self, row: Row, data: bytes) -> None:
        with self.path.open("r+b") as file:
            file.seek(row.offset)
            file.truncate()
            file.write(data)
        with self._list.open("a") as lines:
            lines.write(json.dumps(list(row)) + "\n")
        _sync(self.path, self._list)

    def complete(self) -> None:
        self.take.complete = True
        with self.path.open("r+b") as file:
            file.truncate(self.take.size)
            file.write(self.take.head())
        with self._list.open("a") as lines:
            lines.write('"complete"\n')
        _sync(self.path, self._list)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self._list.unlink(missing_ok=True)

    @classmethod
    def found(cls, listed: Path) -> TakeFile:
        """As it was left; ValueError if its list is not readable."""
        first, *lines = listed.read_text(errors="replace").split("\n")
        said = json.loads(first)
        tracks = tuple(_track(one) for one in said["tracks"])
        take = Take(said["slot"], said["number"], tracks, said["room"], said["begin"])
        file = cls(listed.parent, take)
        on_disk = file.path.stat().st_size
        for line in lines[:-1]:  # the last one lacks its end, or is empty
            if line == '"complete"':
                take.complete = True
            elif (row := _row(line)) and row.offset == take.size and row.offset + row.size <= on_disk:
                take.rows.append(row)
        return file

    def mend(self) -> None:
        """Takes away what a crash left behind the last whole part, so that it can be gone on with."""
        with self.path.open("r+b") as file:
            file.truncate(self.take.size)
        whole = [json.dumps(list(row)) for row in self.take.rows]
        first = self._list.read_text(errors="replace").split("\n", 1)[0]
        self._list.write_text("\n".join([first, *whole, ""]))


def _row(line: str) -> Row | None:
    try:
        return Row(*json.loads(line))
    except (ValueError, TypeError):
        return None


def _track(said: dict[str, object]) -> Track:
    size, parameters = said["size"], said["parameters"]
    if not isinstance(size, list) or not isinstance(parameters, list):
        raise ValueError("no track")
    sps, pps = (bytes.fromhex(one) for one in parameters)
    codec = said["codec"]
    if codec not in ("h264", "vp8", "opus"):
        raise ValueError("no codec")
    return Track(int(str(said["number"])), codec, (size[0], size[1]), (sps, pps))


def _sync(*paths: Path) -> None:
    for path in paths:
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
