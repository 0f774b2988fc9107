"""A village room's screen and a pupil's phone, in a real browser against the whole house with its demo lesson."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import CHROMIUM_FLAGS
from tests.house import PASSWORD, ROOT, House
from tests.journeys.desk import accept_no_serious_finding

ARTEFACTS = ROOT / "artefacts" / "room"
SIZES = [(1920, 1080), (1366, 768), (360, 640)]
LANGUAGES = ["zh", "en"]
# Counts what the page's connections decode; the page itself keeps them to itself.
WATCH_CONNECTIONS = """(() => {
  const Real = RTCPeerConnection
  window.connections = []
  window.RTCPeerConnection = function (configuration) {
    const made = new Real(configuration)
    window.connections.push(made)
    return made
  }
  window.RTCPeerConnection.prototype = Real.prototype
})()"""
DECODED = """async () => {
  let [frames, energy] = [0, 0]
  for (const connection of window.connections.filter((one) => one.connectionState === 'connected')) {
    (await connection.getStats()).forEach((one) => {
      if (one.type !== 'inbound-rtp') return
      frames += one.framesDecoded || 0
      energy += one.totalAudioEnergy || 0
    })
  }
  return [frames, energy]
}"""
SHOWN = "[...document.querySelectorAll('video')].filter((one) => one.videoWidth && !one.paused)"
OpenPage = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[OpenPage]:
    """Opens an address in a context of its own; what the page asks for is in `page.asked`."""
    contexts: list[BrowserContext] = []

    def open_page(url: str, size: tuple[int, int] = SIZES[1], browser: Browser = chromium) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
        context.add_init_script(WATCH_CONNECTIONS)
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, username: str = "village", password: str = PASSWORD) -> None:
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("form button")


def decoded(page: Page) -> tuple[int, float]:
    frames, energy = page.evaluate(DECODED)
    return frames, energy


def wait_for_lesson(page: Page, frames: int = 15) -> None:
    """Until the lesson's picture and sound have been coming in for a moment, and the picture is on the page."""
    expect(page.locator(".say .st")).to_have_class("st st-live", timeout=40_000)
    flows = f"async () => {{ const [frames, energy] = await ({DECODED})(); return frames > {frames} && energy > 0 }}"
    page.wait_for_function(flows, timeout=40_000)
    on_the_page = "() => [...document.querySelectorAll('video')].some((one) => one.videoWidth > 0)"
    page.wait_for_function(on_the_page, timeout=20_000)


def device_key(house: House, username: str = "village") -> str:
    """A key as a box gets it: the code on its screen is claimed for the room of this account."""
    with house.api() as box, house.api("admin") as admin, house.api(username) as room:
        pairing = box.post("/api/pairings").json()
        own = room.get("/api/sessions/current").json()["room"]["id"]
        admin.post("/api/pairings/claim", json={"code": pairing["code"], "room_id": own}).raise_for_status()
        answer = box.get(f"/api/pairings/{pairing['id']}", headers={"Authorization": f"Pairing {pairing['secret']}"})
        key: str = answer.json()["device_key"]
        return key


def test_a_village_room_sees_and_hears_the_lesson(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/room")
    sign_in(page)
    wait_for_lesson(page)
    before = decoded(page)
    page.wait_for_timeout(1500)
    after = decoded(page)
    assert after[0] > before[0] + 10
    assert after[1] > before[1]
    assert page.evaluate(f"{SHOWN}.some((one) => !one.muted)")


def test_a_room_asks_no_outside_host_and_sets_no_cookie(house: House, opened: OpenPage, chromium: Browser) -> None:
    page = opened("about:blank")
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).hostname))
    page.goto(f"{house.url}/room")
    sign_in(page)
    wait_for_lesson(page)
    assert hosts == {"127.0.0.1"}
    assert page.context.cookies() == []


def test_a_wrong_password_is_told_in_words(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/room?lang=en")
    sign_in(page, username="nobody-here", password="not-the-password")
    alert = page.locator("[role=alert]")
    expect(alert).to_be_visible()
    assert any(word in alert.inner_text().lower() for word in ("password", "wrong", "account"))


def test_a_paired_screen_opens_by_itself(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/room")
    expect(page.locator(".code b")).to_have_count(2, timeout=40_000)
    code = "".join(page.locator(".code b").all_inner_texts())
    with house.api("admin") as admin, house.api("village") as room:
        own = room.get("/api/sessions/current").json()["room"]["id"]
        admin.post("/api/pairings/claim", json={"code": code, "room_id": own}).raise_for_status()
    wait_for_lesson(page)
    page.reload()
    wait_for_lesson(page)


def test_a_key_in_the_address_is_kept_and_taken_out(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/room#key={device_key(house)}")
    wait_for_lesson(page)
    assert "#" not in page.url


def test_a_revoked_screen_says_so_and_shows_a_code(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/room#key=never-was-a-key")
    expect(page.locator("[role=status]").first).to_have_text("这块屏幕的配对已经取消，请重新配对。")
    expect(page.locator(".code b").first).to_be_visible()


def test_a_browser_that_wants_a_tap_plays_muted_until_then(house: House, opened: OpenPage, chromium: Browser) -> None:
    """Nothing is evaluated in the page before the look at it: that would count as the tap."""
    other = opened(f"{house.url}/room")
    sign_in(other)
    wait_for_lesson(other)
    flags = [*CHROMIUM_FLAGS, "--autoplay-policy=document-user-activation-required"]
    strict = chromium.browser_type.launch(executable_path="/usr/bin/chromium", headless=True, args=flags)
    try:
        page = opened("about:blank", browser=strict)
        with page.expect_response(lambda answer: "/whep/" in answer.url, timeout=40_000):
            page.goto(f"{house.url}/room#key={device_key(house)}")
        page.wait_for_timeout(5000)
        button = page.get_by_role("button", name="点一下，打开声音")
        expect(button).to_be_visible()
        assert page.evaluate(f"{SHOWN}.length > 0 && {SHOWN}.every((one) => one.muted)")
        button.click()
        page.wait_for_function(f"() => {SHOWN}.some((one) => !one.muted)")
        expect(button).to_be_hidden()
    finally:
        strict.close()


# A relay may be back sooner than a test looks: the page itself notes every change of state and kept pictures.
KEEPING_WHAT_IS_SEEN = """() => {
  window.seen = new Set()
  const note = () => {
    const kept = [...document.querySelectorAll('canvas')].filter((one) => one.checkVisibility()).length
    window.seen.add(`${document.querySelector('.say .st')?.className}, kept pictures: ${kept}`)
  }
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true })
}"""


def test_a_room_comes_back_by_itself_after_the_relay_restarts(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/room")
    sign_in(page)
    wait_for_lesson(page)
    page.evaluate(KEEPING_WHAT_IS_SEEN)
    house.process_of("relay").kill()
    page.wait_for_function("() => window.seen.size > 1", timeout=40_000, polling=200)
    wait_for_lesson(page)
    expect(page.locator("canvas:visible")).to_have_count(0, timeout=30_000)
    assert "st st-down, kept pictures: 1" in page.evaluate("[...window.seen]")


def test_a_class_goes_on_while_the_web_restarts(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/room")
    sign_in(page)
    wait_for_lesson(page)
    house.process_of("web").kill()
    before = decoded(page)
    page.wait_for_timeout(3000)
    assert decoded(page)[0] > before[0] + 30
    expect(page.locator(".say .st")).to_have_class("st st-live")
    house.wait()


def test_a_pupil_joins_with_class_code_name_and_pin(house: House, opened: OpenPage) -> None:
    page = opened(f"{house.url}/pupil", size=SIZES[2])
    accept_no_serious_finding(page)
    page.fill("input[name=class_code]", "520326")
    page.fill("input[name=name]", "岑小燕")
    page.fill("input[name=pin]", "1357")
    page.click("form button")
    wait_for_lesson(page)
    shot(page, "pupil-live-360-zh")
    accept_no_serious_finding(page)
    page.get_by_role("button", name="今天的课").click()
    expect(page.get_by_role("button", name="进去上课")).to_be_visible()
    shot(page, "pupil-day-360-zh")
    accept_no_serious_finding(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_screens_fit_every_size(house: House, opened: OpenPage, language: str) -> None:
    page = opened(f"{house.url}/room?lang={language}")
    expect(page.locator(".code b").first).to_be_visible(timeout=40_000)
    each_size(page, f"pairing-{language}")
    accept_no_serious_finding(page)
    sign_in(page)
    wait_for_lesson(page)
    each_size(page, f"live-{language}")
    accept_no_serious_finding(page)


def each_size(page: Page, name: str) -> None:
    """A picture in each size, and nothing that runs over the screen's sides."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        shot(page, f"{name}-{width}")
        spread: Any = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert spread[0] <= spread[1], f"{name} at {width}: {spread}"


def shot(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(ARTEFACTS / f"{name}.png"))
