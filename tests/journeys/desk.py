"""The desk in Chromium: opened in a size and a language, signed in, photographed, held against axe."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.house import PASSWORD, House

PICTURES = Path(__file__).parents[2] / "artefacts" / "desk"
AXE = Axe()
FINDINGS = "() => axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"
"""Only what is wrong leaves the page: what is right is 50 KB."""
PICTURE_QUALITY = 80
PATIENCE = 30_000
"""Milliseconds: a loaded machine may be slow, a right page is never late for a reason of its own."""
SIZES = {"laptop": (1366, 768), "desk": (1920, 1080), "phone": (360, 640)}


@contextmanager
def opened(
    chromium: Browser, house: House, *scripts: str, language: str = "zh-CN", size: str = "laptop"
) -> Iterator[Page]:
    width, height = SIZES[size]
    with chromium.new_context(viewport={"width": width, "height": height}, locale=language) as context:
        for script in scripts:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{house.url}/signin?lang={language}")
        yield page


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")


def signed_in(page: Page, house: House, username: str, path: str, password: str = PASSWORD) -> None:
    """As after a sign-in in this tab, without the form and the page that it leads to."""
    page.evaluate(keep_session(house, username, password))
    page.goto(house.url + path)


def keep_session(house: House, username: str, password: str = PASSWORD) -> str:
    """A script after which the desk wakes up signed in."""
    with house.api() as api:
        session = api.post("/api/sessions", json={"username": username, "password": password}).json()
    return f"sessionStorage.setItem('songjiao.session.desk', JSON.stringify({json.dumps(session)}))"


def keep_picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=PICTURE_QUALITY)


def drawn_to(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def keep_pictures(page: Page, name: str) -> None:
    """In every size; nothing may be wider than the screen. The page keeps the first size."""
    for size in reversed(SIZES):
        drawn_to(page, size)
        keep_picture(page, f"{name}-{size}")
        assert (extra := wider(page)) <= 0, f"{name} is {extra} px wider than a {size} screen"


def accept_no_serious_finding(page: Page) -> None:
    page.evaluate(AXE.axe_script)
    grave = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in page.evaluate(FINDINGS)
        if one["impact"] in ("serious", "critical")
    ]
    assert not grave, grave


def wider(page: Page) -> int:
    """Pixels that the page is wider than its screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def live_lesson(house: House) -> str:
    with house.api("teacher") as api:
        lessons = api.get("/api/lessons", params={"state": "live"}).json()["items"]
    return str(lessons[0]["id"])
