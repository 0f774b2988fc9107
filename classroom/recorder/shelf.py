"""What one lesson's recording has on the disk: a folder with `recording.json` and its takes. Writing happens in a
thread of its own, in order, and never delays a packet; a disk that takes no more loses segments, not the lesson."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass, field
from pathlib import Path

import structlog

from classroom.recorder.chapters import BoardWatch
from classroom.recorder.cutting import Part
from classroom.recorder.samples import Track
from classroom.recorder.take import Take, TakeFile, joined

MOST_WAITING = 60
"""Segments that wait for the disk; beyond it they are dropped and counted."""

log = structlog.get_logger()


@dataclass
class Facts:
    """Of one recording, as `recording.json` keeps them. Moments are seconds since 1970, `spans` and `changes` seconds
    of the recording: from when to when the board was shown, and where what it shows changed a good deal. With policy,
    WHEP addresses and ticket the next process goes on without asking anybody. `rooms_gone`: the library has yet to
    forget what it has of the interactive rooms."""

    lesson: str
    until: float
    epoch: float | None = None
    over: bool = False
    policy: str = "none"
    addresses: list[str] = field(default_factory=list)
    ticket: str = ""
    rooms_gone: bool = False
    spans: list[list[float]] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)


class LessonShelf:
    """`on_part(take, part)` when a part is cut. `on_trouble(words)` when the disk refuses a segment, with None when it
    takes them again; called in the disk's thread."""

    def __init__(self, folder: Path, facts: Facts, disk: Executor) -> None:
        self.folder = folder
        self.facts = facts
        self.files: dict[tuple[str, int], TakeFile] = {}
        self.on_part: Callable[[Take, Part], None] = lambda take, part: None
        self.on_trouble: Callable[[str | None], None] = lambda words: None
        self.dropped = 0
        self._board = BoardWatch(facts.spans, facts.changes)
        self._disk = disk
        self._waiting = 0
        self._open: dict[str, TakeFile] = {}
        self._segments: dict[str, list[Part]] = {}
        self._ends: dict[str, float] = {}
        """To where each slot has been kept, in seconds; the disk may be behind."""
        self._failed = False
        self._first_number = 1

    @classmethod
    def found(cls, folder: Path, disk: Executor) -> LessonShelf:
        """A recording that an earlier process left. Raises ValueError or OSError if it is not readable."""
        shelf = cls(folder, Facts(**json.loads((folder / "recording.json").read_text())), disk)
        for listed in sorted(folder.glob("*.jsonl")):
            try:
                file = TakeFile.found(listed)
                if not file.take.complete:
                    file.mend()
            except (ValueError, KeyError, OSError) as error:
                log.warning("take_unreadable", file=listed.name, error=str(error))
                continue
            shelf.files[file.take.slot, file.take.number] = file
        for slot in {slot for slot, _ in shelf.files}:
            *earlier, last = shelf.takes(slot)
            shelf._ends[slot] = last.take.end
            for file in (one for one in earlier if not one.take.complete):
                shelf._submit(file.complete)
            if not last.take.complete:
                shelf._open[slot] = last
        return shelf

    def takes(self, slot: str) -> list[TakeFile]:
        return [file for (name, _), file in sorted(self.files.items()) if name == slot]

    def save(self) -> Future[None]:
        """The facts, replaced in one go."""
        text = json.dumps(asdict(self.facts))
        return self._disk.submit(self._save, text)

    def _save(self, text: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / "recording.part"
            part.touch(mode=0o600)
            part.write_text(text)
            part.replace(self.folder / "recording.json")
        except OSError as error:
            self._refused(error)

    # -- what a slot tells

    def epoch(self, moment: float) -> float:
        if self.facts.epoch is None:
            self.facts.epoch = moment
            self.save()
        return self.facts.epoch

    def kept_until(self, slot: str) -> float:
        return (self.facts.epoch or 0.0) + self._ends.get(slot, 0.0)

    def begin_after(self, number: int) -> None:
        """Takes up to this number stand in the library already, from a recorder elsewhere."""
        self._first_number = max(self._first_number, number + 1)

    def resume(self, slot: str, tracks: tuple[Track, ...]) -> float | None:
        file = self._open.get(slot)
        if file is None:
            return None
        if file.take.goes_on_with(tracks):
            return file.take.end
        self.close(slot)
        return None

    def open(self, slot: str, tracks: tuple[Track, ...]) -> float:
        earlier = [file.take for file in self.takes(slot)]
        number = earlier[-1].number + 1 if earlier else self._first_number
        begin = self._ends.get(slot, 0.0)
        file = TakeFile(self.folder, Take.new(slot, number, tracks, begin))
        self.files[slot, file.take.number] = self._open[slot] = file
        self._submit(file.create)
        return begin

    def keep(self, slot: str, part: Part, now: float) -> None:
        file = self._open[slot]
        if slot == "board":
            self._board.see(part)
            if part.first:
                self.save()
        self._ends[slot] = part.at + part.lasts
        self.on_part(file.take, part)
        if part.first:
            self.flush(slot)
        self._segments.setdefault(slot, []).append(part)

    def flush(self, slot: str) -> None:
        """The open segment goes to the disk as it is."""
        parts = self._segments.pop(slot, None)
        if not parts:
            return
        if self._waiting >= MOST_WAITING:
            self.dropped += 1
            return
        file = self._open[slot]
        self._submit(lambda: self._append(file, joined(parts)))

    def close(self, slot: str) -> None:
        self.flush(slot)
        file = self._open.pop(slot, None)
        if file is not None:
            self._submit(file.complete)

    def discard(self, slot: str) -> None:
        """Nothing of it is kept."""
        self._segments.pop(slot, None)
        self._open.pop(slot, None)
        self._ends.pop(slot, None)
        for key in [key for key in self.files if key[0] == slot]:
            self._submit(self.files.pop(key).remove)

    # -- in the disk's thread

    def _submit(self, work: Callable[[], None]) -> Future[None]:
        self._waiting += 1
        return self._disk.submit(self._try, work)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self._refused(error)
        else:
            if self._failed:
                self._failed = False
                self.on_trouble(None)
        finally:
            self._waiting -= 1

    def _refused(self, error: OSError) -> None:
        self.dropped += 1
        if not self._failed:
            self._failed = True
            log.warning("disk_refuses", lesson=self.facts.lesson, error=error.strerror)
            self.on_trouble(error.strerror or "OSError")

    def _append(self, file: TakeFile, segment: Part) -> None:
        if not file.path.exists():
            file.create()
        data = file.take.encode(segment, len(file.take.rows) + 1)
        row = file.take.add(segment, len(data))
        try:
            file.append(row, data)
        except OSError:
            file.take.rows.pop()
            raise
