"""Drawers of the desk, open, in Chromium."""

import pytest
from playwright.sync_api import Browser, expect

from tests.house import House
from tests.journeys.desk import accept_no_serious_finding, keep_picture, opened, signed_in, wider


@pytest.mark.parametrize(("language", "size"), [("zh-CN", "laptop"), ("en", "phone")])
def test_open_drawers_fit_and_are_accessible(house: House, chromium: Browser, language: str, size: str) -> None:
    with opened(chromium, house, language=language, size=size) as page:
        signed_in(page, house, "bureau", "/people")
        for path, button in (("/people", -1), ("/schools", -1), ("/rooms", -1), ("/roster/classes", 1)):
            page.goto(house.url + path)
            page.locator("tbody tr").first.get_by_role("button").nth(button).click()
            expect(page.get_by_role("complementary").last).to_be_visible()
            keep_picture(page, f"drawer-{path.strip('/').replace('/', '-')}-{size}-{language}")
            accept_no_serious_finding(page)
            assert (extra := wider(page)) <= 0, f"{path} with its drawer is {extra} px wider than a {size} screen"
