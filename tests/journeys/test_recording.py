"""A lesson is recorded while recorder, web and store die, and the library has it at once; with the interactive room
that speaks in it, where its families agree."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
import httpx
import numpy as np
import psycopg
import pytest
from celery import Celery
from playwright.sync_api import Browser, expect

from tests.classroom.recorder.studio import decoded, seconds
from tests.house import House
from tests.journeys import lessons, third_party
from tests.journeys.desk import accept_no_serious_finding, keep_pictures, opened, signed_in
from tests.journeys.third_party import ChromiumClient

SHOWS = """(track) => [...document.querySelectorAll('.picture.big.room video')].some((one) => one.videoWidth > 0)"""

pytestmark = pytest.mark.timeout(200)


def until(found: Any, within: float) -> Any:
    """The first thing that `found()` gives."""
    deadline = time.monotonic() + within
    while not (value := found()):
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.1)
    return value


def taken(house: House, lesson: str, track: str = "teacher") -> int:
    """Bytes of a track's takes that are on the disk."""
    return sum(one.stat().st_size for one in (house.data / "recordings" / lesson).glob(f"{track}-*.*[4m]"))


@pytest.fixture(scope="module", autouse=True)
def a_lesson_is_left_on(house: House) -> Iterator[None]:
    """For the tests after these, who find one live."""
    yield
    _on_air(house)


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


def test_a_room_whose_families_agree_is_recorded_as_it_speaks_and_seen_in_the_library(
    house: House, chromium: Browser
) -> None:
    with only_the_village_interactive(house) as lesson:
        agreed = house.api("bureau").get(f"/api/recordings/{lesson}/rooms").json()
        assert [room["lacking"] for room in agreed["rooms"]] == [0]
        assert agreed["recorded"]
        room = ChromiumClient(chromium.new_page(), house.url)
        speaking = third_party.publish(room, lessons.ticket(house, "village", "classroom"), "H264")
        assert speaking["status"] == 201, speaking
        until(lambda: taken(house, lesson, "room?") > 150_000, 30)
        room.page.close()
        resource = _ended(house, lesson)
    [track] = {one["track"] for one in resource["media"]} - {"main", "teacher", "board"}
    file = next(one for one in resource["media"] if one["track"] == track and one["role"] == "source")
    assert _loudness(httpx.get(file["url"]).raise_for_status().content) > 0.001
    with opened(chromium, house, size="phone") as page:
        signed_in(page, house, "teacher", f"/library/{resource['id']}")
        page.get_by_role("group", name="看哪一路").get_by_role("button", name="互动教室 1").click()
        page.wait_for_function(SHOWS)
        expect(page.get_by_role("button", name="再点关掉")).to_be_visible()
        accept_no_serious_finding(page)
        keep_pictures(page, "recorded-room")


@contextmanager
def only_the_village_interactive(house: House) -> Iterator[str]:
    """The demo lesson, of whose rooms only the one with a known class speaks now, and which wants rooms recorded."""
    lesson = _on_air(house)
    address = house.process_of("web").environ()["SONGJIAO_DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as database:
        others = (
            "UPDATE rooms SET kind = %s WHERE kind = %s AND id IN (SELECT room_id FROM lesson_rooms "
            "WHERE lesson_id = %s AND part = 'receiving') "
            "AND id NOT IN (SELECT room_id FROM classes WHERE room_id IS NOT NULL)"
        )
        database.execute(others, ("listening", "interactive", lesson))
        database.execute("UPDATE lessons SET recording = 'teacher_board_rooms' WHERE id = %s", (lesson,))
        try:
            yield lesson
        finally:
            database.execute(others, ("interactive", "listening", lesson))


def _loudness(file: bytes) -> float:
    """Of the sound in it, its mean amplitude."""
    with av.open(io.BytesIO(file), "r") as container:
        blocks = [np.abs(frame.to_ndarray()).mean() for frame in container.decode(audio=0)]
    return float(np.mean(blocks))


def _on_air(house: House, but: str = "") -> str:
    """The live demo lesson, once there is one, and another one than `but`."""

    def found() -> Any:
        items = house.api("teacher").get("/api/lessons", params={"state": "live"}).json()["items"]
        return next((one["id"] for one in items if one["id"] != but), None)

    if not found():
        _begin(house)
    return str(until(found, 60))


def _begin(house: House) -> None:
    """The demo's next lesson now, not within the half minute in which beat looks for it."""
    with Celery(broker=house.process_of("web").environ()["SONGJIAO_REDIS_URL"], set_as_current=False) as app:
        app.send_task("classroom.lessons.tasks.keep_demo_lesson", queue="songjiao")


def _fresh(house: House) -> str:
    """The lesson after the one that other tests have taught in."""
    before = _on_air(house)
    assert house.api("teacher").post(f"/api/lessons/{before}/end").status_code == 200
    return _on_air(house, before)


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
