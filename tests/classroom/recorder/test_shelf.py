"""What is on the disk survives: a process that dies, a machine that dies, a disk that is full."""

import json
import resource
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from classroom.recorder.cutting import Part
from classroom.recorder.samples import Sample, Track
from classroom.recorder.sending import PART, due, fragments
from classroom.recorder.shelf import Facts, LessonShelf
from classroom.recorder.take import thinned

VOICE = (Track(1, "opus"),)


class AtOnce(Executor):
    """A disk's thread that has no thread."""

    def submit(self, fn: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        made: Future[Any] = Future()
        made.set_result(fn(*arguments, **options))
        return made


def second(at: int, size: int = 100, first: bool = True) -> Part:
    samples = [Sample(at * 48000 + n * 960, 960, bytes(size), True) for n in range(50)]
    return Part(float(at), 1.0, samples, [], first, True)


def shelf_at(folder: Path) -> LessonShelf:
    return LessonShelf(folder, Facts("lesson", 2_000_000_000.0, epoch=1.0), AtOnce())


def filled(folder: Path, seconds: int) -> LessonShelf:
    shelf = shelf_at(folder)
    shelf.save()
    shelf.open("teacher", VOICE)
    for at in range(seconds):
        shelf.keep("teacher", second(at), 0.0)
    return shelf


def test_a_segment_is_on_the_disk_when_the_next_one_begins(tmp_path: Path) -> None:
    shelf = filled(tmp_path, 5)
    assert [row.at for row in shelf.takes("teacher")[0].take.rows] == [0.0, 1.0, 2.0, 3.0]
    assert len((tmp_path / "teacher-1.jsonl").read_text().splitlines()) == 5


def test_the_next_process_goes_on_with_the_same_take(tmp_path: Path) -> None:
    filled(tmp_path, 5).flush("teacher")
    again = LessonShelf.found(tmp_path, AtOnce())
    assert again.facts == Facts("lesson", 2_000_000_000.0, epoch=1.0)
    assert again.resume("teacher", VOICE) == 5.0
    again.keep("teacher", second(7), 0.0)
    again.close("teacher")
    [file] = again.takes("teacher")
    assert [row.at for row in file.take.rows] == [0.0, 1.0, 2.0, 3.0, 4.0, 7.0]
    assert file.path.stat().st_size == file.take.size
    assert b"sidx" in file.path.read_bytes()[: file.take.room]


@pytest.mark.parametrize(("name", "lost"), [("teacher-1.mp4", 1), ("teacher-1.mp4", 4000), ("teacher-1.jsonl", 1)])
def test_a_machine_that_dies_loses_the_last_segment_at_most(tmp_path: Path, name: str, lost: int) -> None:
    """Of the file, or of its list, the last bytes never reached the disk."""
    filled(tmp_path, 4)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-lost])
    again = LessonShelf.found(tmp_path, AtOnce())
    assert again.resume("teacher", VOICE) == 2.0
    [file] = again.takes("teacher")
    assert file.path.stat().st_size == file.take.size


def test_another_codec_after_a_restart_is_another_take(tmp_path: Path) -> None:
    filled(tmp_path, 3).flush("teacher")
    again = LessonShelf.found(tmp_path, AtOnce())
    both = (Track(1, "vp8", (320, 180)), Track(2, "opus"))
    assert again.resume("teacher", both) is None
    again.open("teacher", both)
    assert [file.take.name for file in again.takes("teacher")] == ["teacher-1.mp4", "teacher-2.webm"]
    assert again.takes("teacher")[0].take.complete


def test_a_folder_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    (tmp_path / "recording.json").write_text("{")
    with pytest.raises(ValueError, match="Expecting"):
        LessonShelf.found(tmp_path, AtOnce())


def test_a_list_that_makes_no_sense_leaves_the_others(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    (tmp_path / "board-1.jsonl").write_text(json.dumps({"slot": "board"}))
    again = LessonShelf.found(tmp_path, AtOnce())
    assert [slot for slot, _ in again.files] == ["teacher"]


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses to write beyond it, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_loses_segments_says_so_once_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    told: list[str | None] = []
    shelf = filled(tmp_path, 3)
    shelf.on_trouble = told.append
    room = (tmp_path / "teacher-1.mp4").stat().st_size + 2000
    with files_no_larger_than(room):
        for at in range(3, 10):
            shelf.keep("teacher", second(at, size=1000), 0.0)
    for at in range(10, 13):
        shelf.keep("teacher", second(at), 0.0)
    shelf.close("teacher")
    assert told == ["File too large", None]
    [file] = shelf.takes("teacher")
    assert [row.at for row in file.take.rows] == [0.0, 1.0, 9.0, 10.0, 11.0, 12.0]
    assert file.path.stat().st_size == file.take.size
    assert shelf.dropped == 7


def test_full_parts_go_up_while_the_lesson_runs_and_the_first_one_last() -> None:
    assert [piece.number for piece in due(3 * PART + 5, False, {})] == [2, 3]
    assert [piece.number for piece in due(3 * PART + 5, False, {2: PART})] == [3]
    last = due(3 * PART + 5, True, {2: PART, 3: PART})
    assert [(piece.number, piece.offset, piece.size) for piece in last] == [(1, 0, PART), (4, 3 * PART, 5)]
    assert [(piece.number, piece.size) for piece in due(100, True, {})] == [(1, 100)]


def test_fragments_name_each_segment_in_milliseconds(tmp_path: Path) -> None:
    shelf = filled(tmp_path, 3)
    shelf.close("teacher")
    take = shelf.takes("teacher")[0].take
    assert [(begins, lasts) for _, _, begins, lasts in fragments(take)] == [(0, 1000), (1000, 1000), (2000, 1000)]
    data = shelf.takes("teacher")[0].path.read_bytes()
    assert all(data[offset + 4 : offset + 8] == b"moof" for offset, _, _, _ in fragments(take))
    assert fragments(take)[-1][0] + fragments(take)[-1][1] == len(data)


def test_segments_share_entries_of_the_index_when_there_are_too_many() -> None:
    many = [(1.0, 10, True)] * 9
    assert thinned(many, 5) == [(2.0, 20, True)] * 4 + [(1.0, 10, True)]
