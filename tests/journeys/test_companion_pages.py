"""The companions' pages, start pages and what stands around them, in three sizes and two languages: nothing is wider
than the screen, and axe finds nothing serious."""

import pytest
from playwright.sync_api import Browser

from tests.house import House
from tests.journeys.test_desk_pages import accept_no_serious_finding, keep_picture, opened, sign_in

PAGES = {
    "bureau": ["/portal", "/affairs/lists/items", "/affairs/lists/wall", "/affairs/exchange/datasets", "/reports"],
    "insurer": ["/", "/affairs/settlement/settlements", "/affairs/settlement/policies"],
    "hospital": ["/affairs/settlement/window"],
    "police": ["/affairs/bracelets/children"],
    "guardian": ["/affairs/bracelets/own"],
    "village": ["/tickets", "/notices"],
}
LOOKS = [("laptop", "zh-CN"), ("desk", "en"), ("phone", "zh-CN"), ("phone", "en")]


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_every_companion_page_fits_and_is_accessible(house: House, chromium: Browser, size: str, language: str) -> None:
    for username, paths in PAGES.items():
        with opened(chromium, house, language=language, size=size) as page:
            sign_in(page, username)
            page.wait_for_url(lambda url: "signin" not in url)
            for path in paths:
                page.goto(house.url + path)
                page.wait_for_load_state("networkidle")
                keep_picture(page, f"{username}{path.replace('/', '-')}-{size}-{language}")
                wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wider <= 0, f"{path} is {wider} px wider than a {size} screen"
                if (size, language) in LOOKS[1:3]:
                    accept_no_serious_finding(page)
