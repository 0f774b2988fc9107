"""C2, the article's case by its buttons in Chromium: a child of 8 in 下纳灰村, reported missing at 18:30, is found in
the next village; the same request is refused and on record once the case is closed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.house import House
from tests.journeys.desk import opened, signed_in

CHILD, NUMBER = "王小山", "QXN-000001"
STRONG = "Shouhuan-gateway-7401"
NEXT_VILLAGE = (25.0412, 104.9107)
"""Two kilometres on, where the lanterns are."""
REASON = "监护人 18:30 报告孩子未归"
REFUSED = "没有进行中的查找"


def feed(house: House) -> None:
    moment = datetime.now(UTC)
    way = [(25.0297, 104.8921), (25.0336, 104.8990), (25.0380, 104.9051), NEXT_VILLAGE]
    fixes = [_fix(moment - timedelta(minutes=3 * (len(way) - n - 1)), *spot) for n, spot in enumerate(way)]
    with _gateway(house) as gateway:
        assert gateway.post("/api/bracelets/fixes", json={"fixes": fixes}).json()["kept"] == len(way)


@contextmanager
def _gateway(house: House) -> Iterator[httpx.Client]:
    """The demo's gateway has no password; an administrator gives one to another, as she would to a new one."""
    name = f"gateway-{datetime.now(UTC):%H%M%S}"
    with house.api("admin") as admin:
        place = next(one for one in admin.get("/api/organisations", params={"q": "兴义市"}).json()["items"])
        role = {"role": "gateway", "organisation_id": place["id"]}
        body = {"name": "手环网关", "username": name, "password": STRONG, "roles": [role]}
        made = admin.post("/api/people", json=body)
        assert made.status_code == 201, made.text
    headers = {"Authorization": f"Bearer {house.token(name, STRONG)}"}
    with httpx.Client(base_url=house.url, headers=headers, timeout=20) as client:
        yield client


def _fix(at: datetime, lat: float, lon: float) -> dict[str, Any]:
    return {"number": NUMBER, "at": at.isoformat(), "lat": lat, "lon": lon, "accuracy": 12, "source": "gps"}


def test_c2_a_child_reported_at_half_past_six_is_found_in_the_next_village_and_then_seen_no_more(
    house: House, chromium: Browser
) -> None:
    feed(house)
    with opened(chromium, house) as desk:
        signed_in(desk, house, "police", "/affairs/bracelets/children")
        desk.get_by_role("link", name=CHILD).click()
        desk.get_by_label("事由").fill(REASON)
        desk.get_by_role("button", name="开立查找").click()
        desk.get_by_role("link", name="看位置图").click()
        expect(desk.get_by_text(re.compile(r"^现在（\d\d:\d\d）$"))).to_be_visible()
        expect(desk.get_by_text(re.compile(r"离下纳灰村家里 2\.\d 千米，东北方向"))).to_be_visible()
        seen = desk.url
        close(desk, house)
        desk.goto(seen)
        expect(desk.get_by_text(REFUSED)).to_be_visible()
    with opened(chromium, house) as family:
        signed_in(family, house, "guardian", "/affairs/bracelets/own")
        looks = family.locator(".looks li")
        expect(looks.first).to_contain_text("想看，被拒绝")
        expect(looks.nth(1)).to_contain_text("看了")
        expect(looks.first).to_contain_text("岑志刚")


def close(desk: Page, house: House) -> None:
    desk.goto(f"{house.url}/affairs/bracelets/cases")
    desk.get_by_role("link", name=CHILD).first.click()
    desk.get_by_role("button", name="结案", exact=True).click()
    desk.get_by_label("理由").fill("在邻村看灯会时找到，已交监护人")
    desk.get_by_role("button", name="结案", exact=True).click()
    expect(desk.get_by_text("已办结，没有下一步。")).to_be_visible()
