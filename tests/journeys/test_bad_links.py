"""One lesson in Chromium over bad lines; the whole table is `make bench ARGS=links`."""

import shutil
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import coturn
from tests.classroom.conftest import RunningRelay, running_relay
from tests.conftest import CHROMIUM_FLAGS
from tests.house import PASSWORD, House
from tests.journeys import links
from tests.journeys.links import Led, Lesson
from tests.lossy import LossyProxy, Trouble

pytestmark = pytest.mark.timeout(180)

LOSSY = Trouble(loss=0.05, delay=0.04)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRelay]:
    """It knows a coturn."""
    folder = tmp_path_factory.mktemp("links")
    with coturn.running(folder) as turn, running_relay(folder, turn) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """It may play sound without a tap, since what is played is measured."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        opened = playwright.chromium.launch(executable_path=path, headless=True, args=[*CHROMIUM_FLAGS, *links.FLAGS])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def lesson(relay: RunningRelay, browser: Browser) -> Iterator[Lesson]:
    """Three layers and a thin voice are on the air."""
    begun = Lesson(relay, browser, "bad-links")
    begun.teach()
    begun.teach(thin=True)
    links.until(lambda: set(begun.sent()["sent"]) >= {"q", "h", "f"}, 10, lambda: str(begun.sent()))
    yield begun
    begun.close()


def test_the_browser_sends_three_layers_and_a_thin_voice(lesson: Lesson) -> None:
    def heights() -> list[int]:
        sent = lesson.sent()["sent"]
        return [sent[rid].get("frameHeight", 0) for rid in ("q", "h", "f")]

    links.until(lambda: heights() == [180, 360, 720], 20, lambda: str(heights()))
    before = lesson.sent("thin")["sent"]["audio"]
    time.sleep(3.0)
    after = lesson.sent("thin")["sent"]["audio"]
    packets, octets = after["packetsSent"] - before["packetsSent"], after["bytesSent"] - before["bytesSent"]
    assert 45 <= packets <= 55, "60 ms each"
    assert octets / packets * 8 / 0.06 <= 16_000, "bit/s"


def test_at_five_percent_loss_the_voice_is_whole_and_after_an_outage_it_goes_on(
    lesson: Lesson, relay: RunningRelay
) -> None:
    with LossyProxy(relay.media, LOSSY, LOSSY, seed=5) as proxy:
        room = lesson.join(proxy)
        links.until(lambda: room.look().frames > 20, 15, lambda: str(room.look()))
        found = links.measure(room, proxy, 12.0)
        assert found.in_time >= 0.995, found
        assert found.concealed < 0.03, found
        assert found.fps > 8, found
        sockets = proxy.peers
        proxy.up.trouble = proxy.down.trouble = Trouble(cut=True)
        time.sleep(3.0)
        proxy.up.trouble = proxy.down.trouble = Trouble()
        before = room.look()
        links.until(
            lambda: room.look().frames > before.frames + 20 and room.look().packets > before.packets + 50,
            10,
            lambda: f"{before} {room.look()}",
        )
        assert proxy.peers == sockets, "without a rejoin"
        room.page.close()


def test_where_nothing_but_turn_gets_through_the_lesson_comes_by_coturn(lesson: Lesson) -> None:
    room = lesson.join(turn=True)
    links.until(lambda: room.look().frames > 20 and room.look().packets > 50, 15, lambda: str(room.stats()))
    assert room.stats()["way"]["candidateType"] == "relay"
    room.page.close()


def test_where_udp_is_blocked_the_lesson_comes_by_tcp(lesson: Lesson, relay: RunningRelay) -> None:
    with LossyProxy(relay.media, Trouble(cut=True), Trouble(cut=True)) as proxy:
        room = lesson.join(proxy, tcp=True)
        links.until(lambda: room.look().frames > 20 and room.look().packets > 50, 15, lambda: str(room.stats()))
        assert room.stats()["way"]["protocol"] == "tcp"
        links.until(lambda: room.look().height == 720, 20, lambda: str(room.look()))
        room.page.close()


def test_through_forty_kilobits_the_voice_goes_on_alone(lesson: Lesson, relay: RunningRelay) -> None:
    with LossyProxy(relay.media, Trouble(), Trouble(rate=40_000, queue=4000)) as proxy:
        room = lesson.join(proxy)
        links.until(lambda: links.measure(room, proxy, 1.0).kbps < 30, 20, lambda: str(room.look()))
        found = links.measure(room, proxy, 8.0)
        assert found.heard >= 0.98, found
        assert found.fps == 0, found
        assert found.kbps < 40, found
        room.page.close()


def test_a_village_room_is_told_that_the_voice_goes_on_alone_and_sees_the_picture_come_back(
    house: House, browser: Browser
) -> None:
    """The demo lesson has one layer: all or nothing."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    led = Led(page, down=Trouble(rate=150_000, queue=8000))
    page.goto(f"{house.url}/room")
    page.fill("input[name=username]", "village")
    page.fill("input[name=password]", PASSWORD)
    page.click("form button")
    said = page.locator(".say")
    try:
        expect(said).to_contain_text("画面停了，声音照常", timeout=40_000)
        expect(said.locator(".st")).to_have_class("st st-weak")
        led.down.rate = None
        expect(said.locator(".st")).to_have_class("st st-live", timeout=40_000)
    finally:
        context.close()
        led.close()
