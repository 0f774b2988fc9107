"""Real sources (an RTSP server, ffmpeg as an RTMP box) into a real relay, seen by a real viewer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aio_rtsp_toolkit.server import RtspServer

from classroom.ingest import CannotSend, ffmpeg, publish
from core.embedded.ports import free_port
from tests.classroom.clients.peers import Peer, until
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket

SECONDS = "12"
PICTURE = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-f", "lavfi", "-i", "sine=f=440:r=44100", "-t", SECONDS]
SOUND = ["-c:a", "aac"]
CODECS = {
    "plain": ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25"],
    "b-frames": ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "25"],
    "h265": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-g", "25"],
}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    for name, codec in CODECS.items():
        ffmpeg.make([*PICTURE, *codec, "-pix_fmt", "yuv420p", *SOUND, str(folder / f"{name}.mp4")])
    ffmpeg.make([*PICTURE[:4], "-t", SECONDS, *CODECS["plain"], "-pix_fmt", "yuv420p", str(folder / "silent.mp4")])
    return folder


@pytest.fixture
async def camera(films: Path) -> AsyncIterator[str]:
    """The address of an RTSP server of a third party, over the films."""
    port = free_port()
    server = RtspServer(str(films), host="127.0.0.1", port=port)
    server.logger = logging.getLogger("camera")
    await server.start()
    yield f"rtsp://127.0.0.1:{port}"
    server._server.close()


@asynccontextmanager
async def publishing(
    source: str, relay: RunningRelay, lesson: str, folder: Path, **options: Any
) -> AsyncIterator[Peer]:
    """The source on its way into the lesson, and a viewer of it."""
    ticket = folder / "ticket"
    ticket.write_text(relay.sign(make_ticket(lesson=lesson)) + "\n")
    task = asyncio.create_task(publish(source, relay.whip(lesson), ticket, **options))
    viewer = Peer(relay.whep(lesson), relay.sign(viewer_ticket(lesson=lesson))).watch()
    await viewer.connect()
    try:
        yield viewer
    finally:
        await viewer.close()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("film", ["plain", "b-frames", "h265"])
async def test_a_camera_is_seen_and_heard(film: str, camera: str, relay_process: RunningRelay, tmp_path: Path) -> None:
    async with publishing(f"{camera}/{film}.mp4", relay_process, f"camera-{film}", tmp_path) as viewer:
        await until(lambda: viewer.ear("video").frames > 30, within=30)
        assert viewer.ear("video").sizes == {(320, 180)}
        await until(lambda: viewer.ear("audio").energy > 0)


async def test_a_camera_without_sound_is_seen(camera: str, relay_process: RunningRelay, tmp_path: Path) -> None:
    async with publishing(f"{camera}/silent.mp4", relay_process, "silent", tmp_path) as viewer:
        await until(lambda: viewer.ear("video").frames > 30, within=30)


async def test_h265_is_refused_in_words_when_encoding_is_switched_off(
    camera: str, relay_process: RunningRelay, tmp_path: Path
) -> None:
    (tmp_path / "ticket").write_text(relay_process.sign(make_ticket(lesson="h265")))
    with pytest.raises(CannotSend, match="HEVC"):
        async with asyncio.timeout(30):
            await publish(f"{camera}/h265.mp4", relay_process.whip("h265"), tmp_path / "ticket", transcode=False)


async def test_a_box_that_pushes_is_seen_and_may_come_again(
    films: Path, relay_process: RunningRelay, tmp_path: Path
) -> None:
    address = f"rtmp://127.0.0.1:{free_port()}/live/room"

    async def box(seconds: str) -> None:
        push = ["-loglevel", "error", "-re", "-i", str(films / "plain.mp4"), "-t", seconds, "-c", "copy", "-f", "flv"]
        async with asyncio.timeout(40):
            while True:
                with suppress(ffmpeg.Ended):
                    return await ffmpeg.run([*push, address])
                await asyncio.sleep(0.2)

    async with publishing(address, relay_process, "box", tmp_path) as viewer:
        await box("6")
        await until(lambda: viewer.ear("video").frames > 30, within=20)
        first = viewer.ear("video").frames
        await box("6")
        await until(lambda: viewer.ear("video").frames > first + 30, within=20)


async def test_a_camera_that_comes_back_is_published_again(
    films: Path, relay_process: RunningRelay, tmp_path: Path
) -> None:
    port = free_port()

    async def serve(seconds: float) -> None:
        server = RtspServer(str(films), host="127.0.0.1", port=port)
        await server.start()
        try:
            await asyncio.sleep(seconds)
        finally:
            server._server.close()

    async with publishing(f"rtsp://127.0.0.1:{port}/plain.mp4", relay_process, "comes-back", tmp_path) as viewer:
        await asyncio.sleep(1.5)
        serving = asyncio.create_task(serve(30))
        await until(lambda: viewer.ear("video").frames > 30, within=25)
        serving.cancel()


async def test_a_camera_is_published_again_after_the_relay_restarts(
    films: Path, make_relay: Callable[[dict[str, str]], RunningRelay], tmp_path: Path
) -> None:
    relay, port = make_relay({}), free_port()
    server = RtspServer(str(films), host="127.0.0.1", port=port)
    await server.start()
    async with publishing(f"rtsp://127.0.0.1:{port}/plain.mp4", relay, "restart", tmp_path) as viewer:
        await until(lambda: viewer.ear("video").frames > 30, within=30)
        relay.process.kill()
        relay.process.wait()
        await asyncio.to_thread(relay.start)
        again = Peer(relay.whep("restart"), relay.sign(viewer_ticket(lesson="restart"))).watch()
        await again.connect()
        try:
            await until(lambda: again.ear("video").frames > 30, within=40)
        finally:
            await again.close()
    server._server.close()


def deletions(relay: RunningRelay) -> float:
    counted = relay.metrics().items()
    return sum(value for name, value in counted if "requests_total" in name and 'method="DELETE"' in name)


async def test_the_end_deletes_the_publication(camera: str, relay_process: RunningRelay, tmp_path: Path) -> None:
    before = deletions(relay_process)
    async with publishing(f"{camera}/plain.mp4", relay_process, "deleted", tmp_path) as viewer:
        await until(lambda: viewer.ear("video").frames > 5, within=30)
    assert deletions(relay_process) == before + 1
