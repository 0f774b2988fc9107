"""Every page of the desk in three sizes and two languages: nothing is wider than the screen, axe finds nothing serious.

A page is opened once in each language, and its window then drawn to each size, as people do.
"""

import json
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.house import PASSWORD, House
from tests.journeys.desk import SIZES, accept_no_serious_finding, drawn_to, keep_picture, live_lesson, opened, wider

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
    "village": ["/tickets", "/notices", "/roster/classes"],
}
AXE_SIZE = {"zh-CN": "laptop", "en": "phone"}
"""Whether a page is accessible does not depend on each pair of size and language; whether it fits does."""


@pytest.mark.parametrize(("who", "language"), list(product(PAGES, AXE_SIZE)))
def test_every_page_fits_and_is_accessible(house: House, chromium: Browser, who: str, language: str) -> None:
    lesson = live_lesson(house)
    with opened(chromium, house, *_session(house, who.partition("-")[0]), language=language) as page:
        for path in PAGES[who]:
            page.goto(house.url + path.replace(LESSON, lesson))
            expect(page.locator("h1").first).to_be_visible()
            page.wait_for_load_state("networkidle")
            for size in SIZES:
                _look(page, path, who, size, language)


def _session(house: House, who: str) -> list[str]:
    """What makes the page wake up signed in."""
    if not who:
        return []
    with house.api() as api:
        session = api.post("/api/sessions", json={"username": who, "password": PASSWORD}).json()
    return [f"sessionStorage.setItem('songjiao.session.desk', JSON.stringify({json.dumps(session)}))"]


def _look(page: Page, path: str, who: str, size: str, language: str) -> None:
    drawn_to(page, size)
    name = Path(path.replace("/", "-")).name.strip("-") or "start"
    keep_picture(page, f"{who or 'nobody'}-{name}-{size}-{language}")
    assert (extra := wider(page)) <= 0, f"{path} is {extra} px wider than a {size} screen"
    if AXE_SIZE[language] == size:
        accept_no_serious_finding(page)
