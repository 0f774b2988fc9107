"""ffmpeg's own WHIP muxer publishes, aiortc watches: two implementations that are not ours, with the relay between."""

import asyncio
import subprocess
from collections.abc import Callable, Iterator

import imageio_ffmpeg
import pytest

from tests.classroom.clients.conftest import Dial
from tests.classroom.clients.peers import until
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket

Broadcast = Callable[[str, str], "subprocess.Popen[bytes]"]


@pytest.fixture
def broadcast() -> Iterator[Broadcast]:
    """H264 without B-frames and Opus, made up on the spot, in real time."""
    running: list[subprocess.Popen[bytes]] = []

    def start(url: str, ticket: str) -> "subprocess.Popen[bytes]":
        source = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15", "-f", "lavfi", "-i", "sine=440:r=48000"]
        video = ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-bf", "0", "-g", "15"]
        audio = ["-pix_fmt", "yuv420p", "-c:a", "libopus", "-ar", "48000", "-ac", "2"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", *source, *video, *audio]
        command += ["-f", "whip", "-authorization", ticket, url]
        running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


async def test_an_encoder_is_seen_and_heard(relay_process: RunningRelay, dial: Dial, broadcast: Broadcast) -> None:
    broadcast(relay_process.whip("ffmpeg"), relay_process.sign(make_ticket(lesson="ffmpeg")))
    ticket = relay_process.sign(viewer_ticket(lesson="ffmpeg"))
    viewer = await dial(relay_process.whep("ffmpeg"), ticket).watch().connect()
    await until(lambda: viewer.ear("video").frames >= 30 and viewer.ear("audio").frames >= 50, 40)
    assert viewer.ear("video").sizes == {(320, 240)}
    assert viewer.ear("audio").energy > 50 * 100


async def test_an_encoder_that_ends_deletes_its_session(relay_process: RunningRelay, broadcast: Broadcast) -> None:
    name = 'songjiao_relay_sessions{door="whip",state="connected"}'
    before = relay_process.metrics()[name]
    process = broadcast(relay_process.whip("ends"), relay_process.sign(make_ticket(lesson="ends")))
    await eventually(lambda: relay_process.metrics()[name] == before + 1)
    process.communicate(b"q", timeout=20)
    await eventually(lambda: relay_process.metrics()[name] == before)


async def eventually(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come about in time")
