"""What recording costs, how soon after its end a lesson plays, how far behind a room without UDP is, and how long
nothing is recorded after each process died: the whole house with its demo lesson."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.conftest import CHROMIUM_FLAGS
from tests.house import House, running
from tests.journeys import following, lessons, third_party
from tests.journeys.third_party import ChromiumClient

WATCHED = 20.0
"""Seconds of the lesson over which the recorder's CPU time is counted."""
LOOKS = 7
PROCESSES = ("recorder", "web", "relay", "s3")
BEGINS_WITHIN, PLAYS_WITHIN = 120.0, 60.0


def show() -> None:
    """A line a figure, each as soon as it is known."""
    for line in measure():
        print(line, flush=True)


def measure() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="songjiao-bench-") as folder, running(Path(folder), "--demo") as house:
        yield _cost(house)
        yield _end(house)
        for name in PROCESSES:
            yield _death(house, name)
        yield _full_disk(house)
        yield _end(house)
        with sync_playwright() as playwright, following.without_udp(playwright.chromium) as browser:
            yield _follow(house, browser, Path(folder))
            yield _another_codec(house, browser, playwright, Path(folder))


def _cost(house: House) -> str:
    lesson = _begun(house)
    process = house.process_of("recorder")
    times, began, size = process.cpu_times(), time.monotonic(), _bytes(house, lesson)
    time.sleep(WATCHED)
    hours = (time.monotonic() - began) / 3600
    now = process.cpu_times()
    cpu = (now.user + now.system - times.user - times.system) / hours
    megabytes = (_bytes(house, lesson) - size) / hours / 1e6
    memory = process.memory_info().rss / 2**20
    return f"an hour of a 720p lesson: {cpu:.0f} s of CPU, {megabytes:.0f} MB; the process has {memory:.0f} MiB"


def _follow(house: House, browser: Browser, folder: Path) -> str:
    began = time.monotonic()
    page = following.room(house, browser, folder)
    opened, ages = time.monotonic() - began, []
    for _ in range(LOOKS):
        page.wait_for_timeout(1_000)
        ages.append(float(page.evaluate(following.AGE)))
    page.close()
    return f"a room without UDP: its picture after {opened:.1f} s, {median(ages):.1f} s old (worst {max(ages):.1f})"


def _end(house: House) -> str:
    lesson = _begun(house)
    with house.api("teacher") as api:
        ended = time.monotonic()
        api.post(f"/api/lessons/{lesson}/end").raise_for_status()
        card = _until(lambda: _playable(api, lesson), PLAYS_WITHIN)
        waited = time.monotonic() - ended
    return f"a lesson of {card['seconds']:.0f} s is playable {waited:.1f} s after its end"


def _another_codec(house: House, browser: Browser, playwright: Playwright, folder: Path) -> str:
    """A teacher in a browser takes over with VP8, under the eyes of a room without UDP."""
    _begun(house)
    page = following.room(house, browser, folder)
    parts: list[str] = []
    page.on("response", lambda answer: parts.append(answer.url))
    camera = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
    teacher = ChromiumClient(camera.new_page(permissions=["camera", "microphone"]), house.url)
    assert third_party.publish(teacher, lessons.ticket(house, "teacher", "teacher"), "VP8")["status"] == 201
    went = _goes_on(page, 20.0)
    camera.close()
    page.close()
    webm = sum(url.endswith(".webm") for url in parts)
    return f"20 s after the teacher changed to VP8 that room has played {went:.1f} s of it, in {webm} parts of WebM"


def _goes_on(page: Page, seconds: float) -> float:
    before = float(page.evaluate(following.TIME))
    page.wait_for_timeout(seconds * 1_000)
    return float(page.evaluate(following.TIME)) - before


def _death(house: House, name: str) -> str:
    lesson = _begun(house)
    dead, size, began = house.process_of(name), _bytes(house, lesson), time.monotonic()
    dead.kill()
    house.successor_of(name, dead)
    _until(lambda: _bytes(house, lesson) > size + 200_000, BEGINS_WITHIN)
    return f"{name} killed: more is on the disk after {time.monotonic() - began:.1f} s"


def _full_disk(house: House) -> str:
    """The kernel lets the recorder's files grow no further, and then again."""
    lesson = _begun(house)
    recorder = house.process_of("recorder")
    recorder.rlimit(psutil.RLIMIT_FSIZE, (1_000, -1))
    told = _until(lambda: _recording_trouble(house), PLAYS_WITHIN)
    recorder.rlimit(psutil.RLIMIT_FSIZE, (-1, -1))
    size, began = _bytes(house, lesson), time.monotonic()
    _until(lambda: _bytes(house, lesson) > size + 200_000, BEGINS_WITHIN)
    seconds = time.monotonic() - began
    return f"a disk that takes no more: the bureau reads {told!r}; then more is on it after {seconds:.1f} s"


def _recording_trouble(house: House) -> str:
    with house.api("bureau") as api:
        items = api.get("/api/notices").raise_for_status().json()["items"]
    return next((one["subject_en"] for one in items if "not being recorded" in one["subject_en"]), "")


def _begun(house: House) -> str:
    """The live lesson, once something of it is on the disk."""

    def found() -> Any:
        with house.api("teacher") as api:
            items = api.get("/api/lessons", params={"state": "live"}).json()["items"]
        return [one["id"] for one in items if _bytes(house, one["id"])]

    lesson: str = _until(found, BEGINS_WITHIN)[0]
    return lesson


def _bytes(house: House, lesson: str) -> int:
    return sum(one.stat().st_size for one in (house.data / "recordings" / lesson).glob("teacher-*"))


def _playable(api: httpx.Client, lesson: str) -> Any:
    items = api.get("/api/resources", params={"lesson": lesson}).raise_for_status().json()["items"]
    return items and items[0]["stage"] == "playable" and items[0]


def _until(found: Any, seconds: float) -> Any:
    """The first thing that `found()` gives; a house that does not answer yet is asked again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if value := found():
                return value
        time.sleep(0.1)
    raise TimeoutError(f"not within {seconds:.0f} s")
