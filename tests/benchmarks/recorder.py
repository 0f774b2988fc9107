"""What recording costs, and how soon after its end a lesson plays: the whole house with its demo lesson."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM_FLAGS
from tests.house import House, running
from tests.journeys import following, lessons, third_party
from tests.journeys.third_party import ChromiumClient

WATCHED = 30.0
"""Seconds of the lesson over which the recorder's CPU time is counted."""
LOOKS = 9
BEGINS_WITHIN, PLAYS_WITHIN = 120.0, 60.0


@dataclass(frozen=True)
class Recorded:
    """`cpu_per_hour`: seconds of CPU for an hour of a 720p lesson. `playable`: seconds from the end to `playable`.
    `behind`: how many seconds old the picture is in a room without UDP, `began`: from its page's opening to it; `webm`:
    parts that it got while a browser taught in VP8. `deaths`: seconds without a recording after each process died."""

    cpu_per_hour: float
    megabytes: float
    memory_mib: float
    seconds: float
    playable: float
    behind: float
    began: float
    webm: int
    deaths: dict[str, float]


def measure() -> Recorded:
    with tempfile.TemporaryDirectory(prefix="songjiao-bench-") as folder, running(Path(folder), "--demo") as house:
        lesson = _live(house)
        _until(lambda: _bytes(house, lesson) > 0, BEGINS_WITHIN)
        process = house.process_of("recorder")
        cpu, began, size = _cpu(process), time.monotonic(), _bytes(house, lesson)
        time.sleep(WATCHED)
        lasted = time.monotonic() - began
        cpu_per_hour = (_cpu(process) - cpu) / lasted * 3600
        megabytes = (_bytes(house, lesson) - size) / lasted * 3600 / 1e6
        memory = process.memory_info().rss / 2**20
        deaths = _deaths(house, lesson)
        playable, seconds = _end(house, lesson)
        _until(lambda: _bytes(house, _live(house)) > 0, BEGINS_WITHIN)
        behind, opened, webm = _follow(house, Path(folder))
        return Recorded(cpu_per_hour, megabytes, memory, seconds, playable, behind, opened, webm, deaths)


def _deaths(house: House, lesson: str) -> dict[str, float]:
    """Seconds from the death of each process until more of the lesson is on the disk."""
    found = {}
    for name in ("recorder", "web", "relay", "s3"):
        dead = house.process_of(name)
        size, began = _bytes(house, lesson), time.monotonic()
        dead.kill()
        house.successor_of(name, dead)
        _until(lambda before=size: _bytes(house, lesson) > before + 200_000, BEGINS_WITHIN)
        found[name] = time.monotonic() - began
    return found


def _another_codec(house: House, browser: Browser, page: Page) -> int:
    """A teacher in a browser takes over with VP8: how many WebM parts the room without UDP then got."""
    parts: list[str] = []
    page.on("response", lambda answer: parts.append(answer.url))
    camera = browser.new_context(permissions=["camera", "microphone"])
    teacher = ChromiumClient(camera.new_page(), house.url)
    assert third_party.publish(teacher, lessons.ticket(house, "teacher", "teacher"), "VP8")["status"] == 201
    before = page.evaluate(following.TIME)
    page.wait_for_timeout(20_000)
    assert page.evaluate(following.TIME) > before + 10
    camera.close()
    return sum(url.endswith(".webm") for url in parts)


def _follow(house: House, folder: Path) -> tuple[float, float, int]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        began = time.monotonic()
        page = following.room(house, browser, folder)
        opened = time.monotonic() - began
        ages = []
        for _ in range(LOOKS):
            page.wait_for_timeout(1_000)
            ages.append(float(page.evaluate(following.AGE)))
        webm = _another_codec(house, browser, page)
        browser.close()
        return median(ages), opened, webm


def _live(house: House) -> str:
    with house.api("teacher") as api:
        lesson: str = api.get("/api/lessons", params={"state": "live"}).json()["items"][0]["id"]
        return lesson


def _bytes(house: House, lesson: str) -> int:
    return sum(one.stat().st_size for one in (house.data / "recordings" / lesson).glob("teacher-*"))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _end(house: House, lesson: str) -> tuple[float, float]:
    with house.api("teacher") as api:
        ended = time.monotonic()
        api.post(f"/api/lessons/{lesson}/end").raise_for_status()
        card = _until(lambda: _playable(api, lesson), PLAYS_WITHIN)
        return time.monotonic() - ended, float(card["seconds"])


def _playable(api: httpx.Client, lesson: str) -> Any:
    items = api.get("/api/resources", params={"lesson": lesson}).raise_for_status().json()["items"]
    return items and items[0]["stage"] == "playable" and items[0]


def _until(found: Any, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(0.05)
    return value


def show() -> None:
    """One line."""
    found = measure()
    print(
        f"recorder: {found.cpu_per_hour:.0f} s of CPU and {found.megabytes:.0f} MB a lesson hour, "
        f"{found.memory_mib:.0f} MiB; a lesson of {found.seconds:.0f} s was playable {found.playable:.1f} s after "
        f"its end; a room without UDP had its picture after {found.began:.1f} s, {found.behind:.1f} s behind, "
        f"and {found.webm} parts of 20 s in VP8",
        flush=True,
    )
    for name, lasted in found.deaths.items():
        print(f"{name} killed: recorded again after {lasted:.1f} s", flush=True)
