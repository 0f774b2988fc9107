"""What somebody waits for does not stand behind what nobody waits for."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import update

from core import jobs, queue
from core.clock import now
from resources import looking, sweeping, turns
from resources.kinds import FileRole
from resources.media import ffmpeg
from resources.models import Resource
from tests.resources.library import Library, Made

FIRST: set[FileRole] = {"source", "poster", "rendition", "audio"}


async def made(library: Library, resource: UUID) -> set[FileRole]:
    return {one.role for one in (await library.kept(resource)).files}


async def test_poster_lowest_rung_and_sound_of_what_a_teacher_sent_come_first_and_the_rest_in_its_turn(
    library: Library, made_media: Made
) -> None:
    resource = await library.send("lesson.mp4", made_media.file("lesson.mp4"))
    await library.make_first(resource)
    shown = await library.get(resource)
    assert (shown["stage"], shown["progress"] < 100) == ("playable", True)
    assert await made(library, resource) == FIRST
    await library.make_rest()
    assert await made(library, resource) == FIRST | {"storyboard"}
    assert (await library.get(resource))["progress"] == 100


async def test_the_job_that_is_sent_after_the_first_look_finds_nobody_else_at_work(
    library: Library, made_media: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker with a free thread takes it at once; one that came while the look still held the resource left it."""

    async def taken_at_once(job: jobs.Job, *ids: object) -> None:
        async with library.desk.ground.transaction() as session:
            await job.work(session, library.desk.ground, *map(str, ids))

    resource = await library.send("lesson.mp4", made_media.file("lesson.mp4"))
    monkeypatch.setattr(jobs, "send", taken_at_once)
    monkeypatch.setattr(turns, "_places", asyncio.Semaphore(0))
    async with library.desk.ground.transaction() as session:
        await looking.look_at.work(session, library.desk.ground, str(resource))
    assert await made(library, resource) == FIRST


async def test_while_all_places_of_the_line_are_taken_nothing_of_it_is_begun(
    library: Library, made_media: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_places", asyncio.Semaphore(0))
    resource = await library.send("lesson.mp4", made_media.file("lesson.mp4"))
    await library.make_first(resource)
    await library.make_rest()
    assert await made(library, resource) == FIRST


async def test_the_longest_waiting_is_next_and_one_that_fails_goes_to_the_end_of_the_line(
    library: Library, made_media: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = [await library.send("lesson.mp4", made_media.file("lesson.mp4")) for _ in range(2)]
    for resource in (older, newer):
        await library.make_first(resource)

    async def broken(*_: object) -> Path:
        raise ConnectionError("the store is away")

    with monkeypatch.context() as patch, pytest.raises(ConnectionError):
        patch.setattr("resources.media.ffmpeg.storyboard", broken)
        await library.make_rest()
    await library.make_rest()
    assert "storyboard" in await made(library, newer)
    assert "storyboard" not in await made(library, older)
    await library.make_rest()
    assert "storyboard" in await made(library, older)


@pytest.mark.parametrize("wanted", [5, turns.NICE])
async def test_what_nobody_waits_for_has_the_least_weight(wanted: int) -> None:
    if wanted == turns.NICE:
        ffmpeg.NICENESS.set(wanted)
    weight = min(psutil.Process().nice() + wanted, 19)
    running = asyncio.create_task(ffmpeg.execute([["-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"]], 60.0))
    await until(lambda: any(one.nice() == weight for one in encoders()))
    running.cancel()
    await until(lambda: not encoders())


def encoders() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if one.name().startswith("ffmpeg")]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.05)


async def test_a_line_whose_job_was_lost_is_set_going_again(
    library: Library, made_media: Made, demo_environment: dict[str, str]
) -> None:
    queue.app.conf.broker_url = demo_environment["SONGJIAO_REDIS_URL"]
    ground = library.desk.ground
    resource = await library.send("lesson.mp4", made_media.file("lesson.mp4"))
    await library.make_first(resource)
    await ground.valkey.delete("songjiao")
    for ago, names in ((timedelta(), []), (sweeping.STUCK, [turns.make_rest.name])):
        async with ground.transaction() as session:
            await session.execute(update(Resource).values(changed_at=now() - ago))
        async with ground.transaction() as session:
            await sweeping.sweep.work(session, ground)
        sent = await ground.valkey.lrange("songjiao", 0, -1)
        assert [json.loads(one)["headers"]["task"] for one in sent] == names
