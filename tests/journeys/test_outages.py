"""One lesson on two real pages, a teacher's and a village room's, while each part of the house is killed in turn.

Nobody reloads anything: the supervisor starts the part again, and the pages find their way back by themselves.
"""

import asyncio
import json
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.identity import make_identity
from tests.benchmarks.outages import Viewer
from tests.benchmarks.peer import JoinFailed, Peer
from tests.conftest import CHROMIUM_FLAGS
from tests.house import PASSWORD, ROOT, House, running
from tests.journeys import lessons
from tests.journeys.third_party import until

pytestmark = pytest.mark.timeout(300)

FIGURES = ROOT / "artefacts" / "outages"
SIGHT = (Path(__file__).parent / "sight.js").read_text()
PATIENCE = 40_000
"""Milliseconds: a loaded machine may be slow."""
GAP = 2_000
"""Milliseconds that a room may wait for its next picture while a part dies that no picture goes through."""
WELL = {"正在上课", "线路弱，先保声音"}
VILLAGE = "云头教学点"
RECONNECTING = "线路断了，正在重连"


@dataclass
class Class:
    """A lesson that is on: its house, the teacher's page and the village room's."""

    house: House
    desk: Page
    room: Page

    def sight(self) -> dict[str, Any]:
        seen: dict[str, Any] = self.room.evaluate("songjiaoSight.read()")
        return seen

    def kill(self, name: str) -> float:
        """By -9; returns once the supervisor has started it alone again and the house is well. → seconds."""
        self.room.evaluate("songjiaoSight.anew()")
        others = {process.pid for process in self.house.supervisor.children()}
        killed, began = self.house.process_of(name), time.monotonic()
        killed.kill()
        psutil.wait_procs([killed], 10)
        until(lambda: self._successor(name, killed.pid), 30, self.house.words)
        self.house.wait(60)
        seconds = time.monotonic() - began
        assert others - {process.pid for process in self.house.supervisor.children()} == {killed.pid}
        return seconds

    def _successor(self, name: str, pid: int) -> bool:
        try:
            return self.house.process_of(name).pid != pid
        except (LookupError, psutil.Error):
            return False

    def goes_on(self, frames: int = 30) -> dict[str, Any]:
        """Until so many more pictures have been on the room's screen. → what was seen since the kill."""
        before = self.sight()["frames"]
        self.room.wait_for_function(f"() => songjiaoSight.read().frames >= {before + frames}", timeout=PATIENCE)
        return self.sight()

    def is_the_teachers_own(self) -> None:
        """She is on the air, and no demo teacher in her place: so says the house to whoever comes now."""
        expect(self.desk.get_by_text("上行正常")).to_be_visible(timeout=PATIENCE)
        until(self._is_hers, 20, lambda: str(lessons.on_air(self.house)))

    def _is_hers(self) -> bool:
        slot = lessons.on_air(self.house)
        return bool(slot.get("live") and slot["human"])

    def is_seen_by_the_teacher(self) -> None:
        """The room counts itself among those who are here, and her page shows its line as it is now."""
        expect(self.room.locator(".together .us .st-ok")).to_have_count(1, timeout=PATIENCE)
        own = self.desk.get_by_role("listitem").filter(has_text=VILLAGE).filter(has_text="正常")
        expect(own).to_have_count(1, timeout=PATIENCE)

    def hears_the_teacher_pause(self) -> float:
        """Her pause reaches the room, and so does its end. → seconds from her press to the room's words."""
        safety = self.desk.get_by_role("group", name="课堂安全")
        expect(self.desk.get_by_text("和送教的联系断了")).to_be_hidden(timeout=PATIENCE)
        began = time.monotonic()
        safety.get_by_role("button", name="暂停").click()
        expect(self.room.locator(".say .st")).to_have_text("老师暂停", timeout=PATIENCE)
        seconds = time.monotonic() - began
        safety.get_by_role("button", name="继续").click()
        expect(self.room.locator(".say .st")).to_have_text(re.compile("|".join(WELL)), timeout=PATIENCE)
        self.goes_on()
        expect(self.room.locator("canvas:visible")).to_have_count(0, timeout=PATIENCE)
        return seconds

    def was_never_reloaded(self) -> None:
        assert self.desk.evaluate("window.sameDocument")
        assert self.room.evaluate("window.sameDocument")


@pytest.fixture(scope="module")
def class_on(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Class]:
    """A house of this file's own: no other test meets the outages."""
    with running(tmp_path_factory.mktemp("outages"), "--demo") as house, second(chromium) as other:
        desk, room = other.new_page(locale="zh-CN"), chromium.new_page(locale="zh-CN")
        try:
            teach(desk, house)
            room.add_init_script(SIGHT)
            room.goto(f"{house.url}/room")
            sign_in(room, "village")
            for page in (desk, room):
                page.evaluate("window.sameDocument = true")
            ready = Class(house, desk, room)
            ready.goes_on()
            ready.is_the_teachers_own()
            yield ready
        finally:
            room.context.close()


@contextmanager
def second(chromium: Browser) -> Iterator[Browser]:
    """A browser process of the teacher's own."""
    browser = chromium.browser_type.launch(executable_path=shutil.which("chromium"), headless=True, args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


def sign_in(page: Page, username: str) -> None:
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")


def teach(page: Page, house: House) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{house.url}/signin")
    sign_in(page, "teacher")
    page.wait_for_url(lambda url: "signin" not in url)
    page.goto(f"{house.url}/lessons/{lessons.live(house)['id']}/teach")
    page.get_by_role("button", name=re.compile("开始上课|继续上课")).click()
    expect(page.get_by_text("上行正常")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("name", ["postgres", "valkey", "s3", "worker", "web"])
def test_the_picture_goes_on_while_a_part_it_does_not_need_restarts(class_on: Class, name: str) -> None:
    healed = class_on.kill(name)
    seen = class_on.goes_on()
    assert seen["gap"] < GAP, seen
    assert set(seen["words"]) <= WELL
    assert not seen["kept"]
    class_on.is_the_teachers_own()
    class_on.is_seen_by_the_teacher()
    paused = class_on.hears_the_teacher_pause()
    class_on.was_never_reloaded()
    keep_figures(name, seen, healed, paused)


def test_a_room_keeps_the_last_picture_and_says_so_until_the_relay_is_back(class_on: Class) -> None:
    healed = class_on.kill("relay")
    class_on.room.wait_for_function(f"() => songjiaoSight.read().words.includes('{RECONNECTING}')", timeout=PATIENCE)
    class_on.is_the_teachers_own()
    seen = class_on.goes_on()
    assert seen["kept"]
    expect(class_on.room.locator(".say .st")).to_have_text(re.compile("|".join(WELL)), timeout=PATIENCE)
    expect(class_on.room.locator("canvas:visible")).to_have_count(0, timeout=PATIENCE)
    class_on.is_seen_by_the_teacher()
    paused = class_on.hears_the_teacher_pause()
    class_on.was_never_reloaded()
    keep_figures("relay", seen, healed, paused)


def test_after_all_that_the_next_lesson_begins_by_itself(class_on: Class) -> None:
    """Beat and worker find the broker again, the demo teacher the lesson, the room its picture."""
    over = lessons.live(class_on.house)["id"]
    with class_on.house.api("teacher") as api:
        api.post(f"/api/lessons/{over}/end").raise_for_status()
        expect(class_on.room.get_by_text("下课了")).to_be_visible(timeout=PATIENCE)
        until(lambda: over not in {one["id"] for one in on_air(api)} and on_air(api), 60, class_on.house.words)
    expect(class_on.room.locator(".say .st")).to_have_text("正在上课", timeout=PATIENCE)
    class_on.goes_on()
    class_on.was_never_reloaded()


def test_an_emergency_order_holds_though_the_web_dies_with_its_answer(class_on: Class) -> None:
    """Told by the packets of a client that hears of nothing but the relay, and joins again when it falls silent."""
    with ThreadPoolExecutor(1) as aside:  # Playwright has this thread's event loop
        aside.submit(asyncio.run, shut_down(class_on.house)).result(60)


async def shut_down(house: House) -> None:
    lesson, given = lessons.live(house)["id"], lessons.ticket(house, "village", "classroom")
    viewer = Viewer(make_identity(), given["whep_url"], given["ticket"])
    watching = asyncio.create_task(viewer.watch())
    async with asyncio.timeout(20):
        while len(viewer.arrivals) < 100:
            await asyncio.sleep(0.05)
    assert viewer.arrivals[-1] > time.monotonic() - 1.0
    with house.api("bureau") as api:
        api.post(f"/api/lessons/{lesson}/shutdown", json={"reason": "画面不宜"}).raise_for_status()
    ordered = time.monotonic()
    house.process_of("web").kill()
    await asyncio.sleep(4.0)
    assert [at - ordered for at in viewer.arrivals if at > ordered + 1.0] == []
    with pytest.raises(JoinFailed, match="410"):
        await Peer(viewer.identity, viewer.url, viewer.ticket).join()
    watching.cancel()


def on_air(api: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/api/lessons", params={"state": "live"}).json()["items"]
    return found


def keep_figures(name: str, seen: dict[str, Any], healed: float, paused: float) -> None:
    FIGURES.mkdir(parents=True, exist_ok=True)
    figures = {"gap_ms": round(seen["gap"]), "words": seen["words"], "healed_s": healed, "pause_s": paused}
    (FIGURES / f"{name}.json").write_text(json.dumps(figures, ensure_ascii=False))
