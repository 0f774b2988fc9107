"""Interactive rooms in a recording: ffmpeg is a room's encoder at a real relay; then a family changes its mind."""

import asyncio
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import imageio_ffmpeg

from classroom.recorder.lesson import ROOMS, LessonRecording
from classroom.recorder.line import Phone
from classroom.recorder.shelf import Facts, LessonShelf
from classroom.recorder.web import Web
from classroom.relay.process import steady_clock
from classroom.transport.port import MediaPort
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket
from tests.classroom.recorder.test_shelf import VOICE, filled, second

AWAY = "http://127.0.0.1:9"


def encode(relay: RunningRelay) -> "subprocess.Popen[bytes]":
    """A room of the lesson, in the slot that the relay gives it."""
    right = viewer_ticket(publish=("room",))
    made = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15", "-f", "lavfi", "-i", "sine=440:r=48000"]
    video = ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-bf", "0", "-g", "30"]
    audio = ["-pix_fmt", "yuv420p", "-c:a", "libopus", "-ar", "48000", "-ac", "2"]
    whip = ["-f", "whip", "-authorization", relay.sign(right), relay.whip()]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", *made, *video, *audio, *whip]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)


async def tick(lesson: LessonRecording, phone: Phone, port: MediaPort) -> None:
    while True:
        now = phone.clock()
        port.tick(now)
        phone.tick(now)
        lesson.tick(now)
        await asyncio.sleep(0.02)


def written(folder: Path) -> list[Path]:
    return list(folder.glob("room*"))


async def until(found: Callable[[], bool], within: float = 40.0) -> None:
    async with asyncio.timeout(within):
        while not found():
            await asyncio.sleep(0.05)


async def test_a_room_is_written_down_until_a_family_no_longer_agrees(
    make_relay: Callable[[dict[str, str]], RunningRelay], tmp_path: Path
) -> None:
    relay, clock = make_relay({"SONGJIAO_MEDIA_ADDRESSES": "127.0.0.1"}), steady_clock()
    ticket = relay.sign(make_ticket(role="recorder", publish=()))
    facts = Facts("lesson-1", 2e9, policy="teacher_board_rooms", addresses=[relay.whep()], ticket=ticket)
    port = MediaPort.open(["0.0.0.0"], 0, clock)
    async with httpx.AsyncClient() as http:
        phone, disk = Phone(http, port, clock), ThreadPoolExecutor(1)
        lesson = LessonRecording(LessonShelf(tmp_path, facts, disk), Web(http, AWAY, ""), phone)
        ticking, encoder = asyncio.create_task(tick(lesson, phone, port)), encode(relay)
        lesson.begin()
        file = tmp_path / "room1-1.mp4"
        await until(lambda: file.exists() and lesson.shelf.files["room1", 1].take.end > 2)
        told = lesson.fact(clock())
        assert told is not None
        assert (told["slots"], told["rooms"]) == (["room1"], True)
        lesson.follow("teacher_board")
        await asyncio.to_thread(disk.submit(lambda: None).result)
        assert not written(tmp_path)
        told = lesson.fact(clock())
        assert told is not None
        assert (told["slots"], told["rooms"], facts.rooms_gone) == ([], False, True)
        await asyncio.sleep(1.5)
        assert not written(tmp_path)
        encoder.kill()
        encoder.wait()
        ticking.cancel()
        lesson.stop(clock())
        disk.shutdown()
    for one in port.sockets:
        one.close()


def test_letting_the_rooms_go_leaves_the_teacher_and_is_remembered(tmp_path: Path) -> None:
    shelf = filled(tmp_path, 3)
    for name in ROOMS:
        shelf.open(name, VOICE)
        shelf.keep(name, second(0), 0.0)
    for name in ROOMS:
        shelf.discard(name)
    assert [key for key in shelf.files if key[0] != "teacher"] == []
    assert {one.name for one in tmp_path.iterdir()} == {"recording.json", "teacher-1.mp4", "teacher-1.jsonl"}
    assert shelf.open("room1", VOICE) == 0.0
