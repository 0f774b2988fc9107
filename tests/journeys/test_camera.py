"""The equipment that a classroom already has: an RTSP camera, published by the command and seen in Chromium."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aio_rtsp_toolkit.server import RtspServer
from playwright.sync_api import Browser

from classroom.ingest import ffmpeg
from core.embedded.ports import free_port
from tests.journeys import lessons, third_party
from tests.journeys.third_party import ChromiumClient

pytestmark = pytest.mark.timeout(180)
FILM = (
    "-f lavfi -i testsrc2=s=640x360:r=25 -f lavfi -i sine=f=440:r=44100 -t 60 "
    "-c:v libx264 -preset ultrafast -bf 0 -g 25 -pix_fmt yuv420p -c:a aac"
)


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A third party's RTSP server in a thread of its own. → its address."""
    folder, port = tmp_path_factory.mktemp("camera"), free_port()
    ffmpeg.make([*FILM.split(), str(folder / "class.mp4")])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = RtspServer(str(folder), host="127.0.0.1", port=port)
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(20)
    yield f"rtsp://127.0.0.1:{port}/class.mp4"
    loop.call_soon_threadsafe(server._server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


def test_a_camera_teaches_a_room_in_chromium(house: Any, chromium: Browser, camera: str, tmp_path: Path) -> None:
    ticket = lessons.ticket(house, "teacher", "teacher")
    (tmp_path / "ticket").write_text(ticket["ticket"])
    options = ["--source", camera, "--whip", ticket["whip_url"], "--ticket-file", str(tmp_path / "ticket")]
    room = ChromiumClient(chromium.new_page(), house.url)
    with subprocess.Popen([sys.executable, "-m", "songjiao", "ingest", *options]) as ingest:
        try:
            assert third_party.watch(room, lessons.ticket(house, "village", "classroom"))["status"] == 201
            third_party.until(lambda: picture_width(room) == 640, 60, lambda: f"{picture_width(room)} wide")
            assert third_party.plays(room)["video"]["codec"] == "video/H264"
        finally:
            ingest.terminate()
            ingest.wait(20)
    room.page.close()


def picture_width(room: ChromiumClient) -> int:
    """Of the picture that is shown: the made lesson is wider than the camera."""
    width: int = room.call("async () => document.getElementById('watched').videoWidth")
    return width
