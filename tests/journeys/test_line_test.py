"""A school tests its own line from the desk: what is well, and what is wrong, in words; the result is kept."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.house import House
from tests.journeys.desk import PICTURES, accept_no_serious_finding, drawn_to, keep_pictures, keep_session, opened
from tests.journeys.following import without_tcp, without_udp
from tests.journeys.links import Led
from tests.lossy import Trouble

pytestmark = pytest.mark.timeout(180)
TESTED = 60_000
LOPSIDED = {
    **{"offline": False, "latency": 0, "connectionType": "none"},
    **{"downloadThroughput": 1_000_000, "uploadThroughput": 50_000},
}
"""Bytes a second, of what goes by web."""


def result_of(page: Page, heard: str) -> dict[str, str]:
    """→ the checks' verdicts by name, once the result is kept; the test's page is open."""
    page.get_by_role("button", name="开始自测").click()
    page.get_by_role("button", name=heard, exact=True).click()
    expect(page.get_by_text("结果已保存")).to_be_visible(timeout=TESTED)
    rows: list[tuple[str, str]] = page.eval_on_selector_all(
        ".self-test [data-check]", "rows => rows.map(row => [row.dataset.check, row.dataset.verdict])"
    )
    return dict(rows)


def kept(house: House) -> list[dict[str, Any]]:
    with house.api("bureau") as api:
        rows: list[dict[str, Any]] = api.get("/api/line-tests").json()["items"]
    return rows


def test_what_blocks_a_lesson_is_named_with_what_to_do(house: House, chromium: Browser) -> None:
    """UDP is blocked, TCP to the relay's port too; the way up is narrow; there is no microphone; nobody heard the
    tone."""
    with without_udp(chromium.browser_type) as browser, opened(browser, house, keep_session(house, "village")) as page:
        page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))"
        )
        page.route(re.compile("/(whep|whip)/"), without_tcp)
        page.goto(f"{house.url}/line-test")
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", LOPSIDED)
        found = result_of(page, "没听见")
        assert {name for name, verdict in found.items() if verdict == "down"} == {"udp", "microphone", "speaker"}
        assert (found["up"], found["symmetry"], found["down"]) == ("weak", "weak", "ok")
        assert "loss" not in found
        for words in (
            "UDP 不通",
            "放行到转播点 127.0.0.1 的 UDP 端口",
            "没有话筒",
            "喇叭没有声音",
            "上下行不对称",
        ):
            expect(page.locator(".self-test").get_by_text(words).first).to_be_visible()
        accept_no_serious_finding(page)
        keep_pictures(page, "line-test-faults")
    [row, *_] = kept(house)
    assert {check["name"]: check["verdict"] for check in row["checks"]} == found


def test_packets_that_are_lost_on_the_way_up_and_a_long_way_down_are_told(house: House, chromium: Browser) -> None:
    with opened(chromium, house, keep_session(house, "village")) as page:
        led = Led(page, up=Trouble(loss=0.25), down=Trouble(delay=0.5))
        page.goto(f"{house.url}/line-test")
        try:
            found = result_of(page, "听见了")
        finally:
            led.close()
        assert (found["udp"], found["loss"], found["rtt"]) == ("ok", "weak", "weak")
        expect(page.get_by_text("丢包多")).to_be_visible()


def test_a_waiting_room_tests_its_line_on_the_big_screen(house: House, chromium: Browser) -> None:
    with chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN") as context:
        page = context.new_page()
        # the demo's lesson is on air: this room is told that it has none
        page.route(
            re.compile(r"/api/lessons\?"), lambda route: route.fulfill(json={"items": [], "total": 0, "next": None})
        )
        page.add_init_script(
            keep_session(house, "village").replace("sessionStorage", "localStorage").replace(".desk", ".room")
        )
        page.goto(f"{house.url}/room")
        page.get_by_role("button", name="线路自测").click()
        page.get_by_role("button", name="开始自测").click()
        page.screenshot(path=PICTURES / "line-test-room-asked.png")
        page.get_by_role("button", name="听见了", exact=True).click()
        expect(page.get_by_text("结果已保存")).to_be_visible(timeout=TESTED)
        for words in ("UDP 畅通", "话筒有声音", "喇叭有声音", "Mbit/s"):
            expect(page.get_by_text(words).first).to_be_visible()
        keep_pictures(page, "line-test-room")
        drawn_to(page, "laptop")
        for name in ("再测一次", "回到等候页"):
            expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        page.get_by_role("button", name="English").first.click()
        keep_pictures(page, "line-test-room-en")
        drawn_to(page, "phone")
        expect(page.get_by_role("button", name="Back to waiting")).to_be_in_viewport(ratio=1)
        page.get_by_role("button", name="中文").first.click()
        page.get_by_role("button", name="回到等候页").click()
        expect(page.get_by_role("button", name="开始自测")).to_be_hidden()
    [row, *_] = kept(house)
    assert (row["place"]["name"], row["room"]["name"]) == ("云头教学点", "三年级教室")
    # how much is lost, and how late it comes, is also a matter of what else the machine does
    fine = {check["name"] for check in row["checks"] if check["verdict"] == "ok"}
    assert fine >= {"udp", "down", "up", "microphone", "speaker"}
