"""A recorder's way: sign in by its service key, one open upload a track, parts while the lesson runs, the rest at the
end."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from classroom.lessons.models import Lesson
from classroom.recorder.sending import Sender
from classroom.recorder.web import Away, Web
from core.clock import timestamp
from core.service_keys import ServiceKey, sign
from resources import recordings, sweeping
from resources.media import ffmpeg, playlists
from resources.media.ffmpeg import Source
from resources.media.ladder import Rung
from resources.models import Upload
from tests.classroom.recorder.test_shelf import VOICE, second, shelf_at
from tests.resources.library import Library, Made

HOUSE = "http://songjiao.test"


@pytest.fixture
async def recorder(library: Library) -> httpx.AsyncClient:
    key = sign(library.desk.ground.signer, ServiceKey("recorder", timestamp() + 60))
    client = await library.desk(None)
    answer = await client.post("/api/sessions", json={"service_key": key})
    assert answer.status_code == 201, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    transport = httpx.ASGITransport(app=library.desk.app)
    return httpx.AsyncClient(transport=transport, base_url="http://songjiao.test", headers=headers)


@pytest.fixture
async def lesson(library: Library) -> UUID:
    async with library.desk.ground.transaction() as session:
        found = await session.scalar(select(Lesson.id).where(Lesson.demo).order_by(Lesson.starts_at).limit(1))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def fragmented(made_media: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[list[int]]]:
    """A recording as the recorder writes it, with its fragments."""
    import asyncio

    folder = tmp_path_factory.mktemp("fragments")
    source = Source(str(Path(made_media.folder / "lesson.mp4")), 6.0)
    made, playlist = asyncio.run(ffmpeg.rendition(source, Rung(360, 0, True), True, folder))
    return made.read_bytes(), playlists.read(playlist)


async def hand_over(
    library: Library, recorder: httpx.AsyncClient, lesson: UUID, track: str, data: bytes, fragments: list[list[int]]
) -> dict[str, Any]:
    wanted = {"track": track, "content_type": "video/mp4"}
    upload: dict[str, Any] = (await recorder.post(f"/api/recordings/{lesson}/tracks", json=wanted)).json()
    address = await recorder.post(f"/api/uploads/{upload['id']}/parts", json={"parts": [{"number": 1}]})
    await library.outside.put(address.json()["items"][0]["url"], content=data)
    done = await recorder.post(f"/api/uploads/{upload['id']}/complete", json={"parts": 1, "fragments": fragments})
    assert done.status_code == 200, done.text
    return upload


async def test_a_lesson_is_playable_when_its_last_part_is_there(
    library: Library, recorder: httpx.AsyncClient, lesson: UUID, fragmented: tuple[bytes, list[list[int]]]
) -> None:
    data, fragments = fragmented
    begun = (await recorder.put(f"/api/recordings/{lesson}")).json()
    assert begun == (await recorder.put(f"/api/recordings/{lesson}")).json()
    for track in ("teacher", "board"):
        await hand_over(library, recorder, lesson, track, data, fragments)
    end = {"seconds": 6.0, "chapters": [{"at": 0, "title": "今晚的月亮"}, {"at": 3, "title": "六种月相"}]}
    over = await recorder.post(f"/api/recordings/{lesson}/complete", json=end)
    assert over.json()["stage"] == "sent"
    await library.make_first(UUID(begun["resource_id"]))
    assert {one.role for one in (await library.kept(UUID(begun["resource_id"]))).files} == {"source", "poster"}
    await library.make_rest()
    shown = (await (await library.desk("village")).get("/api/resources", params={"lesson": str(lesson)})).json()[
        "items"
    ]
    assert [(one["title"], one["review"], one["author"]) for one in shown] == [
        ("月相变化的规律", "published", "陈静怡")
    ]
    page = await library.get(shown[0]["id"], "village")
    assert {one["track"] for one in page["media"] if one["role"] == "source"} == {"teacher", "board"}
    assert [one["title"] for one in page["chapters"]] == ["今晚的月亮", "六种月相"]
    streams = [one["url"] for one in page["media"] if one["type"].endswith("mpegurl")]
    assert {one.rpartition("=")[2] for one in streams} == {"main", "teacher", "board"}
    master = (await (await library.desk("village")).get(streams[-1])).text
    assert 'CODECS="avc1.' in master


async def test_a_recorder_that_begins_anew_goes_on_in_the_next_take(
    library: Library, recorder: httpx.AsyncClient, lesson: UUID, fragmented: tuple[bytes, list[list[int]]]
) -> None:
    data, fragments = fragmented
    await recorder.put(f"/api/recordings/{lesson}")
    await hand_over(library, recorder, lesson, "teacher", data, fragments)
    wanted = {"track": "teacher", "take": 2, "content_type": "video/mp4"}
    second = (await recorder.post(f"/api/recordings/{lesson}/tracks", json=wanted)).json()
    early = await recorder.post(f"/api/recordings/{lesson}/complete", json={"seconds": 6})
    assert (early.json()["code"], early.json()["uploads"]) == ("tracks-open", [second["id"]])
    address = await recorder.post(f"/api/uploads/{second['id']}/parts", json={"parts": [{"number": 1}]})
    await library.outside.put(address.json()["items"][0]["url"], content=data)
    await recorder.post(f"/api/uploads/{second['id']}/complete", json={"parts": 1, "fragments": fragments})
    over = (await recorder.post(f"/api/recordings/{lesson}/complete", json={"seconds": 12})).json()
    await library.work(UUID(over["resource_id"]))
    page = await library.get(over["resource_id"])
    client = await library.desk("teacher")
    master = (await client.get(next(one["url"] for one in page["media"] if one["type"].endswith("mpegurl")))).text
    for line in [line for line in master.splitlines() if line.startswith("/api")]:
        media = (await client.get(line)).text
        assert media.count("#EXT-X-DISCONTINUITY") == 1
        assert abs(sum(map(float, playlists.LASTS.findall(media))) - 12) < 0.4


async def test_takes_in_two_codecs_play_as_one_lesson(
    library: Library,
    recorder: httpx.AsyncClient,
    lesson: UUID,
    fragmented: tuple[bytes, list[list[int]]],
    made_media: Made,
) -> None:
    """The first take as it came would be the highest rung, and would end in the middle."""
    await recorder.put(f"/api/recordings/{lesson}")
    await hand_over(library, recorder, lesson, "teacher", *fragmented)
    wanted = {"track": "teacher", "take": 2, "content_type": "video/webm"}
    second = (await recorder.post(f"/api/recordings/{lesson}/tracks", json=wanted)).json()
    address = await recorder.post(f"/api/uploads/{second['id']}/parts", json={"parts": [{"number": 1}]})
    await library.outside.put(address.json()["items"][0]["url"], content=made_media.file("lesson.webm"))
    await recorder.post(f"/api/uploads/{second['id']}/complete", json={"parts": 1})
    over = (await recorder.post(f"/api/recordings/{lesson}/complete", json={"seconds": 12})).json()
    await library.work(UUID(over["resource_id"]))
    page = await library.get(over["resource_id"])
    client = await library.desk("teacher")
    master = (await client.get(next(one["url"] for one in page["media"] if one["type"].endswith("mpegurl")))).text
    rungs = [line for line in master.splitlines() if line.startswith("/api")]
    assert rungs
    for line in rungs:
        media = (await client.get(line)).text
        assert media.count("#EXT-X-DISCONTINUITY") == 1
        assert abs(sum(map(float, playlists.LASTS.findall(media))) - 12) < 0.4


async def test_what_arrived_of_a_recorder_that_never_came_back_is_kept(
    library: Library, recorder: httpx.AsyncClient, lesson: UUID, fragmented: tuple[bytes, list[list[int]]]
) -> None:
    data, _ = fragmented
    begun = (await recorder.put(f"/api/recordings/{lesson}")).json()
    wanted = {"track": "teacher", "content_type": "video/mp4"}
    upload = (await recorder.post(f"/api/recordings/{lesson}/tracks", json=wanted)).json()
    address = await recorder.post(f"/api/uploads/{upload['id']}/parts", json={"parts": [{"number": 1}]})
    await library.outside.put(address.json()["items"][0]["url"], content=data)
    async with library.desk.ground.transaction() as session:
        row = await session.get_one(Upload, UUID(upload["id"]))
        assert row.deadline - row.created_at >= recordings.PATIENCE
        row.deadline = row.created_at
    async with library.desk.ground.transaction() as session:
        await sweeping.sweep.work(session, library.desk.ground)
    await library.work(UUID(begun["resource_id"]))
    assert (await library.get(begun["resource_id"]))["stage"] == "playable"


async def test_only_the_recorder_hands_recordings_over_and_it_does_nothing_else(
    library: Library, recorder: httpx.AsyncClient, lesson: UUID
) -> None:
    teacher = await library.desk("teacher")
    assert (await teacher.put(f"/api/recordings/{lesson}")).status_code == 403
    assert (await recorder.put(f"/api/recordings/{uuid4()}")).status_code == 403
    assert (await recorder.get("/api/resources")).status_code == 403
    assert (await recorder.get("/api/people")).status_code == 403
    nobody = await library.desk(None)
    late = sign(library.desk.ground.signer, ServiceKey("recorder", timestamp() - 1))
    for key in (late, "nonsense"):
        answer = await nobody.post("/api/sessions", json={"service_key": key})
        assert (answer.status_code, answer.json()["code"]) == (401, "service-key-invalid")


async def test_what_a_store_lost_is_brought_again(library: Library, lesson: UUID, tmp_path: Path) -> None:
    """Its machine dies with parts that were not on its disk yet; the recorder has the whole take."""
    key = sign(library.desk.ground.signer, ServiceKey("recorder", timestamp() + 60))
    mounts = {HOUSE: httpx.ASGITransport(app=library.desk.app)}
    async with httpx.AsyncClient(mounts=mounts) as http:
        web, shelf = Web(http, HOUSE, key), shelf_at(tmp_path)
        await web.begin(str(lesson))
        shelf.open("teacher", VOICE)
        for at in range(4):
            shelf.keep("teacher", second(at, 80_000), 0.0)
        [file] = shelf.takes("teacher")
        sender = Sender(web, str(lesson), file)
        await sender.send()
        async with library.desk.ground.transaction() as session:
            upload = (await session.scalars(select(Upload))).one()
        assert [one.number for one in await library.desk.ground.store.parts(upload.store_name, upload.sending)] == [2]
        await library.desk.ground.store.abandon_parts(upload.store_name, upload.sending)
        shelf.close("teacher")
        with pytest.raises(Away):
            await sender.send()
        await sender.send()
    assert sender.done
    assert await library.desk.ground.store.get(upload.store_name) == file.path.read_bytes()
