"""A lesson is recorded while processes die, a room without UDP follows it, and the library plays it at once."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM_FLAGS
from tests.house import ROOT, House, running
from tests.journeys import following, lessons, third_party
from tests.journeys.third_party import ChromiumClient

ARTEFACTS = ROOT / "artefacts" / "recording"
pytestmark = pytest.mark.timeout(280)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of its own: its lesson ends and its processes die."""
    with running(tmp_path_factory.mktemp("recorded"), "--demo") as house:
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield started
        started.close()


def until(found: Any, seconds: float) -> Any:
    """The first thing that `found()` gives."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
    return value


def taken(house: House, lesson: str) -> int:
    """Bytes that are on the disk or in the store."""
    return sum(one.stat().st_size for one in (house.data / "recordings" / lesson).glob("teacher-*.mp4"))


def test_a_recording_goes_on_after_each_process_died_and_is_playable_at_once(school: House, browser: Browser) -> None:
    lesson = lessons.live(school)["id"]
    until(lambda: taken(school, lesson) > 300_000, 90)
    page = following.room(school, browser, ARTEFACTS)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(3_000)
    assert page.evaluate(following.AGE) < 8.0
    for name in ("recorder", "web", "relay", "s3"):
        dead = school.process_of(name)
        dead.kill()
        school.successor_of(name, dead)
        before = taken(school, lesson)
        until(lambda size=before: taken(school, lesson) > size + 50_000, 60)
    page.wait_for_function(following.PLAYS, timeout=60_000)
    page.locator("[data-recording].st-rec").wait_for(timeout=20_000)
    page.screenshot(path=ARTEFACTS / "room-without-udp.png")
    until(school.well, 30)
    resource = _ended(school, lesson)
    takes = [one for one in resource["media"] if one["role"] == "source"]
    assert [one["type"] for one in takes] == ["video/mp4"]
    assert resource["review"] == "published"
    assert resource["seconds"] > 30
    until(lambda: not (school.data / "recordings" / lesson).exists(), 10)
    assert _played(browser, school, takes[0]["url"]) == pytest.approx(resource["seconds"], abs=1.5)


def test_a_room_without_udp_follows_a_lesson_into_another_codec(school: House, browser: Browser) -> None:
    lesson = lessons.live(school)["id"]
    until(lambda: taken(school, lesson) > 300_000, 90)
    page = following.room(school, browser, ARTEFACTS)
    parts: list[str] = []
    page.on("response", lambda answer: parts.append(answer.url) if "/live/" in answer.url and answer.ok else None)
    camera = browser.new_context(permissions=["camera", "microphone"])
    teacher = ChromiumClient(camera.new_page(), school.url)
    assert third_party.publish(teacher, lessons.ticket(school, "teacher", "teacher"), "VP8")["status"] == 201
    for _ in range(200):
        page.wait_for_timeout(200)
        if sum(url.endswith(".webm") for url in parts) > 6:
            break
    assert sum(url.endswith(".webm") for url in parts) > 6
    before = page.evaluate(following.TIME)
    page.wait_for_function(f"(before) => ({following.TIME})() > before + 2", arg=before, timeout=20_000)
    page.screenshot(path=ARTEFACTS / "room-without-udp-vp8.png")
    camera.close()
    resource = _ended(school, lesson, within=60)
    takes = sorted((one["number"], one["type"]) for one in resource["media"] if one["role"] == "source")
    assert takes[:2] == [(1, "video/mp4"), (2, "video/webm")]
    page.close()


def _ended(house: House, lesson: str, within: float = 10.0) -> dict[str, Any]:
    """The lesson's resource, which is there and playable so many seconds after the end."""
    api: httpx.Client = house.api("teacher")
    assert api.post(f"/api/lessons/{lesson}/end").status_code == 200

    def playable() -> Any:
        items = api.get("/api/resources", params={"lesson": lesson}).raise_for_status().json()["items"]
        return items and items[0]["stage"] == "playable" and items[0]

    card = until(playable, within)
    resource: dict[str, Any] = api.get(f"/api/resources/{card['id']}").raise_for_status().json()
    return resource


def _played(browser: Browser, house: House, url: str) -> float:
    """Seeks to the middle of the file in a video element. → its length in seconds."""
    page = browser.new_page()
    page.goto(f"{house.url}/room")
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
