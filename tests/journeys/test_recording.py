"""A lesson is recorded while recorder, web and store die, and the library has it at once."""

import io
import time
from typing import Any

import httpx
import pytest

from tests.classroom.recorder.studio import decoded, seconds
from tests.house import House
from tests.journeys import lessons

pytestmark = pytest.mark.timeout(200)


def until(found: Any, within: float) -> Any:
    """The first thing that `found()` gives."""
    deadline = time.monotonic() + within
    while not (value := found()):
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.1)
    return value


def taken(house: House, lesson: str) -> int:
    """Bytes of the teacher's takes that are on the disk."""
    return sum(one.stat().st_size for one in (house.data / "recordings" / lesson).glob("teacher-*.mp4"))


def test_a_lesson_is_playable_at_its_end_though_recorder_web_and_store_died(house: House) -> None:
    lesson = _fresh(house)
    until(lambda: taken(house, lesson) > 300_000, 60)
    _kill(house, lesson, "recorder")
    _kill(house, lesson, "web", "s3")
    until(house.well, 60)
    resource = _ended(house, lesson)
    takes = [one for one in resource["media"] if one["role"] == "source" and one["track"] == "teacher"]
    assert {one["type"] for one in takes} == {"video/mp4"}
    assert resource["review"] == "published"
    until(lambda: not (house.data / "recordings" / lesson).exists(), 10)
    file = httpx.get(takes[0]["url"]).raise_for_status().content
    assert seconds(io.BytesIO(file)) == pytest.approx(resource["seconds"], abs=2.0)
    assert next(iter(decoded(io.BytesIO(file), resource["seconds"] / 2))).width == 1280


def _fresh(house: House) -> str:
    """The lesson after the one that other tests have taught in."""
    api, before = house.api("teacher"), lessons.live(house)["id"]
    assert api.post(f"/api/lessons/{before}/end").status_code == 200

    def next_ones() -> Any:
        items = api.get("/api/lessons", params={"state": "live"}).json()["items"]
        return [one["id"] for one in items if one["id"] != before]

    found: list[str] = until(next_ones, 60)
    return found[0]


def _kill(house: House, lesson: str, *names: str) -> None:
    """All at once; what comes goes on to be written down."""
    dead = {name: house.process_of(name) for name in names}
    for process in dead.values():
        process.kill()
    for name, process in dead.items():
        house.successor_of(name, process)
    before = taken(house, lesson)
    until(lambda: taken(house, lesson) > before + 50_000, 40)


def _ended(house: House, lesson: str) -> dict[str, Any]:
    """The lesson's resource, which is there and playable ten seconds after the end."""
    api: httpx.Client = house.api("teacher")
    assert api.post(f"/api/lessons/{lesson}/end").status_code == 200

    def playable() -> Any:
        items = api.get("/api/resources", params={"lesson": lesson}).raise_for_status().json()["items"]
        return items and items[0]["stage"] == "playable" and items[0]

    card = until(playable, 10)
    resource: dict[str, Any] = api.get(f"/api/resources/{card['id']}").raise_for_status().json()
    return resource
