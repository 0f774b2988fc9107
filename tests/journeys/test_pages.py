"""Every page of the desk in three sizes and two languages: nothing is wider than the screen, axe finds nothing serious.

A page is opened once in each language, and its window then drawn to each size, as people do.
"""

import time
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.house import House
from tests.journeys.desk import (
    PATIENCE,
    SIZES,
    accept_no_serious_finding,
    drawn_to,
    keep_picture,
    keep_session,
    live_lesson,
    opened,
    wider,
)

LESSON = "LESSON"
"""Stands for the lesson that is live."""
PAGES = {
    "": ["/signin", "/invited"],
    "admin": ["/status"],
    "auditor": ["/audit"],
    "bureau": ["/", "/lessons", f"/lessons/{LESSON}", "/lessons/new", "/schools", "/rooms", "/people", "/relays"],
    "bureau-outside": ["/invitations", "/timetable/rates"],
    "bureau-affairs": [
        "/portal",
        "/affairs/lists/items",
        "/affairs/lists/wall",
        "/affairs/exchange/datasets",
        "/reports",
        "/receptions/schools",
    ],
    "bureau-plan": ["/planning/needs", "/planning/plan", "/planning/calendar", "/planning/bells"],
    "bureau-roster": [
        "/roster/places",
        "/roster/classes",
        "/roster/promotion",
        "/roster/lending",
        "/roster/imports",
        "/devices",
    ],
    "bureau-library": ["/library", "/library/review", "/library/keeping"],
    "guardian": ["/affairs/bracelets/own"],
    "hospital": ["/affairs/settlement/window"],
    "insurer": ["/", "/affairs/settlement/settlements", "/affairs/settlement/policies"],
    "parent": ["/children"],
    "police": ["/affairs/bracelets/children"],
    "security": ["/security"],
    "student": ["/help"],
    "teacher": ["/", f"/lessons/{LESSON}/teach"],
    "teacher-library": ["/library/upload", "/library/teachers", "/library/series", "/library/keeping"],
    "village": ["/tickets", "/line-test", "/notices", "/roster/classes"],
}
GO = "(path) => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate', { state: {} })) }"
LOOK_MILLISECONDS, QUIET_LOOKS = 30, 4
AXE_SIZE = {"zh-CN": "laptop", "en": "phone"}
"""Whether a page is accessible does not depend on each pair of size and language; whether it fits does."""


class Way:
    """Leads one page through the desk as its links do, and knows when nothing is on its way any more."""

    def __init__(self, page: Page, house: House) -> None:
        self.page, self._house = page, house
        self._asked: set[int] = set()
        page.on("request", lambda request: self._asked.add(id(request)))
        for over in ("requestfinished", "requestfailed"):
            page.on(over, lambda request: self._asked.discard(id(request)))

    def open(self, path: str) -> None:
        """Returns once the page has its heading and everything that it asked for."""
        if self.page.url.startswith(f"{self._house.url}/signin?"):
            self.page.goto(self._house.url + path)
        else:
            self.page.evaluate(GO, path)
        quiet = 0
        deadline = time.monotonic() + PATIENCE / 1000
        while quiet < QUIET_LOOKS:
            assert time.monotonic() < deadline, f"{path} goes on asking: {len(self._asked)} requests are open"
            self.page.wait_for_timeout(LOOK_MILLISECONDS)
            quiet = 0 if self._asked else quiet + 1
        expect(self.page).to_have_url(self._house.url + path)  # now, when no guard leads elsewhere any more
        expect(self.page.locator("h1").first).to_be_visible()


@pytest.mark.parametrize(("who", "language"), list(product(PAGES, AXE_SIZE)))
def test_every_page_fits_and_is_accessible(house: House, chromium: Browser, who: str, language: str) -> None:
    lesson = live_lesson(house)
    account = who.partition("-")[0]
    scripts = [keep_session(house, account)] if account else []
    with opened(chromium, house, *scripts, language=language) as page:
        way = Way(page, house)
        for path in PAGES[who]:
            way.open(path.replace(LESSON, lesson))
            for size in SIZES:
                _look(page, path, who, size, language)


def _look(page: Page, path: str, who: str, size: str, language: str) -> None:
    drawn_to(page, size)
    name = Path(path.replace("/", "-")).name.strip("-") or "start"
    keep_picture(page, f"{who or 'nobody'}-{name}-{size}-{language}")
    assert (extra := wider(page)) <= 0, f"{path} is {extra} px wider than a {size} screen"
    if AXE_SIZE[language] == size:
        accept_no_serious_finding(page)
