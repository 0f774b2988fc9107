"""A village room in a network without UDP: the lesson comes over HTTP, seconds late, whatever the teacher's browser
sends."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.house import House
from tests.journeys import following, lessons, third_party
from tests.journeys.third_party import ChromiumClient

pytestmark = pytest.mark.timeout(150)
BEHIND = 8.0
"""Seconds; the issue's bound."""


def test_a_room_without_udp_follows_the_lesson_into_another_codec(
    house: House, chromium: Browser, tmp_path: Path
) -> None:
    with following.without_udp(chromium.browser_type) as walled:
        page = following.room(house, walled, tmp_path)
        page.wait_for_function(f"(most) => ({following.AGE})() < most", arg=BEHIND)
        expect(page.locator(".say")).to_contain_text("晚几秒")
        with page.expect_response(lambda answer: answer.url.endswith(".webm") and answer.ok, timeout=40_000):
            context = chromium.new_context(permissions=["camera", "microphone"])
            teacher = ChromiumClient(context.new_page(), house.url)
            ticket = lessons.ticket(house, "teacher", "teacher")
            assert third_party.publish(teacher, ticket, "VP8")["status"] == 201
        _goes_on(page, 3.0)
        context.close()


def _goes_on(page: Page, seconds: float) -> None:
    page.wait_for_function(f"(from) => ({following.TIME})() > from", arg=page.evaluate(following.TIME) + seconds)
