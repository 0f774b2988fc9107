"""No page asks anything of any host but the house: a village school's line may lead nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.house import PASSWORD, House
from tests.journeys import lessons

PATIENCE = 40_000
"""Milliseconds: a loaded machine may be slow."""
# What the network's log could miss: servers that a connection would ask, and what the browser itself refused to load.
KEEP_WISHES = """(() => {
  const Real = RTCPeerConnection
  window.wishes = []
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); window.wishes.push(...(given[0]?.iceServers ?? [])) }
  }
  addEventListener('securitypolicyviolation', (event) => window.wishes.push(event.blockedURI))
})()"""
Visit = Callable[[Page, House], None]


def desk_of_the_bureau(page: Page, house: House) -> None:
    page.goto(f"{house.url}/signin")
    sign_in(page, "bureau")
    page.wait_for_url(lambda url: "signin" not in url)
    for path in ("/", "/lessons", f"/lessons/{lessons.live(house)['id']}", "/lessons/new", "/schools", "/rooms"):
        page.goto(house.url + path)
        page.wait_for_load_state("networkidle")


def desk_of_the_teacher(page: Page, house: House) -> None:
    page.goto(f"{house.url}/signin")
    sign_in(page, "teacher")
    page.wait_for_url(lambda url: "signin" not in url)
    page.goto(f"{house.url}/lessons/{lessons.live(house)['id']}/teach")
    page.get_by_role("button", name="试声音").click()
    expect(page.get_by_text("试讲：教室会看到这样。没有人在看。")).to_be_visible(timeout=PATIENCE)


def room(page: Page, house: House) -> None:
    page.goto(f"{house.url}/room")
    expect(page.locator(".code b")).to_have_count(2, timeout=PATIENCE)
    sign_in(page, "village")
    expect(page.locator(".say .st")).to_have_class("st st-live", timeout=PATIENCE)


def pupil(page: Page, house: House) -> None:
    page.goto(f"{house.url}/pupil")
    for name, value in {"class_code": "520326", "name": "岑小燕", "pin": "1357"}.items():
        page.fill(f"[name={name}]", value)
    page.keyboard.press("Enter")
    expect(page.locator(".say .st")).to_have_class("st st-live", timeout=PATIENCE)


def sign_in(page: Page, username: str) -> None:
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("visit", [desk_of_the_bureau, desk_of_the_teacher, room, pupil])
def test_a_page_asks_only_the_house(house: House, chromium: Browser, visit: Visit) -> None:
    with listening(chromium) as (page, asked):
        visit(page, house)
        own = {address(house.url), address(house.relay_url)}
        outside = [url for url in asked if address(url) not in own]
        assert asked
        assert not outside
        assert page.evaluate("window.wishes") == []


@contextmanager
def listening(chromium: Browser) -> Iterator[tuple[Page, set[str]]]:
    """A page in a context of its own, and all addresses it asks, its sockets', frames' and workers' among them."""
    context: BrowserContext = chromium.new_context(locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(KEEP_WISHES)
    asked: set[str] = set()
    context.on("request", lambda request: keep(request.url))
    page = context.new_page()
    page.on("websocket", lambda socket: keep(socket.url))

    def keep(url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob"):
            asked.add(url)

    try:
        yield page, asked
    finally:
        context.close()


def address(url: str) -> str:
    """Host and port."""
    return urlsplit(url).netloc
