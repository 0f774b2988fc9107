"""A library under test: the web app with the demo, the real store, and the worker's tasks run when a test says so."""

import hashlib
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import imageio_ffmpeg
import pytest

from resources import keeping, looking, turns
from tests.admin.cast import Desk

WORDS: dict[str, Any] = {
    "title": "月相变化的规律",
    "kind": "lesson",
    "grade": 3,
    "subject": "科学",
    "textbook_version": "教科版",
    "volume": "下",
    "unit": "第三单元 太阳、地球和月球",
    "chapter": "4 月相变化的规律",
    "scope": "prefecture",
}


@dataclass
class Library:
    """Sends files as `who`, straight into the store, and runs what the worker would."""

    desk: Desk
    outside: httpx.AsyncClient

    async def begin(self, name: str, data: bytes, who: str = "teacher", **words: Any) -> httpx.Response:
        client = await self.desk(who)
        body = WORDS | {"filename": name, "size": len(data)} | words
        return await client.post("/api/uploads", json=body)

    async def put(self, upload: dict[str, Any], data: bytes, numbers: list[int], who: str = "teacher") -> None:
        """The parts of these numbers, each with its checksum."""
        each, client = upload["part_size"], await self.desk(who)
        cut = {number: data[(number - 1) * each : number * each] for number in numbers}
        wanted = [{"number": one, "sha256": hashlib.sha256(part).hexdigest()} for one, part in cut.items()]
        answer = await client.post(f"/api/uploads/{upload['id']}/parts", json={"parts": wanted})
        assert answer.status_code == 200, answer.text
        for item in answer.json()["items"]:
            sent = await self.outside.put(item["url"], content=cut[item["number"]])
            assert sent.status_code == 200, sent.text

    async def send(self, name: str, data: bytes, who: str = "teacher", **words: Any) -> UUID:
        """A whole file; the resource's id. The worker has not looked at it yet."""
        begun = await self.begin(name, data, who, **words)
        assert begun.status_code == 201, begun.text
        upload = begun.json()
        await self.put(upload, data, list(range(1, upload["parts"] + 1)), who)
        client = await self.desk(who)
        done = await client.post(f"/api/uploads/{upload['id']}/complete", json={})
        assert done.status_code == 200, done.text
        return UUID(upload["resource_id"])

    async def work(self, resource: UUID) -> None:
        """What the worker does after a resource was sent."""
        await self.make_first(resource)
        await self.make_rest()

    async def make_first(self, resource: UUID) -> None:
        """Up to where nobody waits any more."""
        for job in (looking.look_at, turns.make_first):
            async with self.desk.ground.transaction() as session:
                await job.work(session, self.desk.ground, str(resource))

    async def make_rest(self) -> None:
        """One of the line of what nobody waits for."""
        async with self.desk.ground.transaction() as session:
            await turns.make_rest.work(session, self.desk.ground)

    async def take(self, name: str, data: bytes, who: str = "teacher", **words: Any) -> dict[str, Any]:
        """Sent and worked upon; how its page shows it."""
        resource = await self.send(name, data, who, **words)
        await self.work(resource)
        return await self.get(resource, who)

    async def get(self, resource: UUID | str, who: str = "teacher") -> dict[str, Any]:
        answer = await (await self.desk(who)).get(f"/api/resources/{resource}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def publish(self, resource: UUID | str) -> None:
        for who, step in (("teacher", "hand-in"), ("bureau", "publish")):
            answer = await (await self.desk(who)).post(f"/api/resources/{resource}/{step}")
            assert answer.status_code == 200, answer.text

    async def kept(self, resource: UUID) -> keeping.Held:
        found = await keeping.held(self.desk.ground, resource)
        assert found is not None
        return found


@pytest.fixture
async def library(desk: Desk) -> AsyncIterator[Library]:
    await desk.ground.store.answers()
    async with httpx.AsyncClient(timeout=60) as outside:
        yield Library(desk, outside)


@dataclass(frozen=True)
class Made:
    """Small recordings made by ffmpeg once for all tests."""

    folder: Path

    def file(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=15:duration=6"]
SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:duration=6"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
RECIPES: dict[str, list[str]] = {
    "lesson.mp4": [*PICTURE, *SOUND, *H264, "-g", "30", "-movflags", "+faststart"],
    "tail.mp4": [*PICTURE, *SOUND, *H264],
    "lesson.webm": [*PICTURE, *SOUND, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
    "old.avi": [*PICTURE, *SOUND, "-c:v", "mpeg4", "-c:a", "mp3"],
    "talk.mp3": [*SOUND, "-c:a", "mp3"],
}


@pytest.fixture(scope="session")
def made_media(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("media")
    for name, recipe in RECIPES.items():
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *recipe, str(folder / name)]
        subprocess.run(command, check=True)
    return Made(folder)
