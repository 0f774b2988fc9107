"""A lesson is recorded while its recorder dies, a room without UDP follows it, and the library plays it at once."""

import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tests.house import ROOT, House
from tests.journeys import following, lessons

ARTEFACTS = ROOT / "artefacts" / "recording"
pytestmark = pytest.mark.timeout(200)


def until(found: Any, seconds: float) -> Any:
    """The first thing that `found()` gives."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
    return value


def taken(house: House, lesson: str) -> int:
    """Bytes of the teacher's takes that are on the disk."""
    return sum(one.stat().st_size for one in (house.data / "recordings" / lesson).glob("teacher-*.mp4"))


def test_a_lesson_is_followed_without_udp_and_playable_at_its_end(house: House, chromium: Browser) -> None:
    lesson = _fresh(house)
    until(lambda: taken(house, lesson) > 300_000, 60)
    page = following.room(house, chromium, ARTEFACTS)
    page.wait_for_timeout(3_000)
    assert page.evaluate(following.AGE) < 8.0
    page.locator("[data-recording].st-rec").wait_for(timeout=20_000)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / "room-without-udp.png")
    _kill_recorder(house, lesson)
    resource = _ended(house, lesson)
    takes = [one for one in resource["media"] if one["role"] == "source" and one["track"] == "teacher"]
    assert {one["type"] for one in takes} == {"video/mp4"}
    assert resource["review"] == "published"
    until(lambda: not (house.data / "recordings" / lesson).exists(), 10)
    assert _played(page, takes[0]["url"]) == pytest.approx(resource["seconds"], abs=2.0)
    page.close()


def _fresh(house: House) -> str:
    """The lesson after the one that other tests have taught in."""
    api, before = house.api("teacher"), lessons.live(house)["id"]
    assert api.post(f"/api/lessons/{before}/end").status_code == 200

    def next_ones() -> Any:
        items = api.get("/api/lessons", params={"state": "live"}).json()["items"]
        return [one["id"] for one in items if one["id"] != before]

    found: list[str] = until(next_ones, 60)
    return found[0]


def _kill_recorder(house: House, lesson: str) -> None:
    dead = house.process_of("recorder")
    dead.kill()
    house.successor_of("recorder", dead)
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


def _played(page: Any, url: str) -> float:
    """Seeks to the middle of the file in a video element. → its length in seconds."""
    seconds: float = page.evaluate(
        """async (url) => {
          const video = document.createElement('video')
          video.muted = true
          const heard = (name) => new Promise((resolve, reject) => {
            video.addEventListener(name, resolve, { once: true })
            video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true })
          })
          const loaded = heard('loadedmetadata')
          video.src = url
          await loaded
          const sought = heard('seeked')
          video.currentTime = video.duration / 2
          await sought
          return video.duration
        }""",
        url,
    )
    return seconds
