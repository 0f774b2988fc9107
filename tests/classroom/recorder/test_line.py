"""ffmpeg publishes to a real relay, the recorder's own line takes it from there; the relay dies in the middle."""

import asyncio
import io
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import imageio_ffmpeg
import pytest

from classroom.recorder.line import Phone, Source
from classroom.recorder.slot import SlotRecording
from classroom.relay.process import steady_clock
from classroom.transport.port import MediaPort
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket
from tests.classroom.recorder.studio import Memory, decoded, longest_hole, seconds


class Room:
    """The recorder's loop around one slot, as its process runs it."""

    def __init__(self, relay: RunningRelay, http: httpx.AsyncClient) -> None:
        self.clock = steady_clock()
        self.port = MediaPort.open(["0.0.0.0"], 0, self.clock)
        self.phone = Phone(http, self.port, self.clock)
        self.shelf = Memory()
        self.slot = SlotRecording("teacher", self.shelf)
        ticket = viewer_ticket(lesson="lesson-1", role="recorder", person="recorder", room=None, room_name=None)
        source = Source((relay.whep(),), relay.sign(ticket))
        self.tasks = [
            asyncio.create_task(self._tick()),
            asyncio.create_task(self.phone.hold(self.slot, lambda: source)),
        ]

    async def _tick(self) -> None:
        while True:
            now = self.clock()
            self.port.tick(now)
            self.phone.tick(now)
            self.slot.tick(now)
            await asyncio.sleep(0.02)

    @property
    def recorded(self) -> float:
        return sum(part.lasts for part in self.shelf.parts)

    async def until(self, found: Callable[[], bool], within: float = 40.0) -> None:
        async with asyncio.timeout(within):
            while not found():
                await asyncio.sleep(0.05)

    def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        for one in self.port.sockets:
            one.close()


@pytest.fixture
async def room(make_relay: Callable[[dict[str, str]], RunningRelay]) -> AsyncIterator[tuple[Room, RunningRelay]]:
    relay = make_relay({"SONGJIAO_MEDIA_ADDRESSES": "127.0.0.1"})
    async with httpx.AsyncClient() as http:
        made = Room(relay, http)
        yield made, relay
        made.close()


@pytest.fixture
def encoder(tmp_path: Path) -> Iterator[Callable[[RunningRelay], "subprocess.Popen[bytes]"]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(relay: RunningRelay) -> "subprocess.Popen[bytes]":
        source = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15", "-f", "lavfi", "-i", "sine=440:r=48000"]
        video = ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-bf", "0", "-g", "30"]
        audio = ["-pix_fmt", "yuv420p", "-c:a", "libopus", "-ar", "48000", "-ac", "2"]
        whip = ["-f", "whip", "-authorization", relay.sign(make_ticket()), relay.whip()]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", *source, *video, *audio, *whip]
        running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


async def test_a_recording_goes_on_in_the_same_file_when_the_relay_died(
    room: tuple[Room, RunningRelay], encoder: Callable[[RunningRelay], "subprocess.Popen[bytes]"]
) -> None:
    recorder, relay = room
    first = encoder(relay)
    await recorder.until(lambda: recorder.recorded > 3)
    relay.process.kill()
    relay.process.wait()
    first.kill()
    before = recorder.recorded
    await asyncio.to_thread(relay.start)
    encoder(relay)
    await recorder.until(lambda: recorder.recorded > before + 6)
    recorder.slot.finish(recorder.clock())
    [take] = recorder.shelf.takes
    file = recorder.shelf.data[take.name]
    assert take.name == "teacher-1.mp4"
    assert seconds(io.BytesIO(bytes(file))) == pytest.approx(take.end, abs=0.2)
    assert longest_hole(io.BytesIO(bytes(file)), "audio") <= 0.041
    assert longest_hole(io.BytesIO(bytes(file)), "video") <= 0.041
    assert {(frame.width, frame.height) for frame in decoded(io.BytesIO(bytes(file)))} == {(320, 240)}
