"""A room's page in a network that lets nothing but web pages through: what it shows, and how far behind the lesson."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Page, Route, TimeoutError

from tests.conftest import CHROMIUM_FLAGS
from tests.house import PASSWORD, House

NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
"""Chromium's own switch: UDP through a proxy only, and there is none. It sends not one packet, as in a school whose
network lets web pages through only."""
BY_TCP = re.compile(r"a=candidate:\S+ 1 tcp .*\r\n")
PLAYS = """() => [...document.querySelectorAll('video')].some((one) => (
  one.src && one.videoWidth > 0 && one.currentTime > 1))"""
TIME = """() => Math.max(
  ...[...document.querySelectorAll('video')].filter((one) => one.src).map((one) => one.currentTime))"""
AGE = """() => {
  const video = [...document.querySelectorAll('video')].find((one) => one.src && one.videoWidth > 0)
  const paint = new OffscreenCanvas(320, 8).getContext('2d')
  const { videoWidth: w, videoHeight: h } = video
  paint.drawImage(video, 0, (h * 676) / 720, w, (h * 24) / 720, 0, 0, 320, 8)
  const { data } = paint.getImageData(0, 4, 320, 1)
  const lumas = Array.from({ length: 18 }, (_, i) => data[4 * Math.round(((2.5 + i) / 40) * 320) + 1])
  if (Math.abs(lumas[0] - lumas[1]) < 100) return Infinity
  let [value, gray] = [0, 0]
  for (const luma of lumas.slice(2)) gray = (gray << 1) | (luma > (lumas[0] + lumas[1]) / 2 ? 1 : 0)
  for (; gray; gray >>= 1) value ^= gray
  return ((((Date.now() - value) % 65536) + 65536) % 65536) / 1000
}"""
"""Seconds since the made lesson drew the picture that is on the screen; classroom/demo/strip.py tells of its strip.
Infinity for any other picture, as of a teacher who has just left."""


@contextmanager
def without_udp(chromium: BrowserType) -> Iterator[Browser]:
    browser = chromium.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM_FLAGS, NO_UDP])
    try:
        yield browser
    finally:
        browser.close()


def without_tcp(route: Route) -> None:
    """Of the relay's answers; a proxy for web pages lets no TCP through to its port either."""
    if route.request.method != "POST":
        return route.continue_()
    answer = route.fetch()
    return route.fulfill(response=answer, body=BY_TCP.sub("", answer.text()))


def room(house: House, browser: Browser, pictures: Path, seconds: float = 40.0) -> Page:
    """The room's page where neither UDP nor TCP reaches the relay's port, once it plays. A screenshot and what it asked
    for tell of a fault."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("response", lambda answer: heard.append(f"{answer.status} {answer.url}"))
    page.route(re.compile("/whep/"), without_tcp)
    page.goto(f"{house.url}/room")
    page.fill("input[name=username]", "village")
    page.fill("input[name=password]", PASSWORD)
    page.click("form button")
    try:
        page.wait_for_function(PLAYS, timeout=seconds * 1000)
    except TimeoutError:
        pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=pictures / "room-fault.png")
        raise AssertionError((page.inner_text("body"), heard[-20:])) from None
    return page
