"""A sender from outside: the bureau asks, another approves, and the address is all that the sender needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect

from tests.house import House
from tests.journeys import lessons, third_party
from tests.journeys.desk import keep_pictures, live_lesson, opened, signed_in
from tests.journeys.third_party import ChromiumClient

GONE_SECONDS = 40
SENDING = "正在送，各教室能看到"


@contextmanager
def teaching(house: House, chromium: Browser) -> Iterator[None]:
    """The lesson's own teacher is on the air; afterwards her place is free."""
    teacher = ChromiumClient(chromium.new_page(), house.url)
    assert third_party.publish(teacher, lessons.ticket(house, "teacher", "teacher"), "VP8")["status"] == 201
    third_party.until(lambda: lessons.on_air(house).get("human"), 20)
    yield
    third_party.leave(teacher, "up")
    teacher.page.close()
    third_party.until(lambda: not lessons.on_air(house).get("human"), GONE_SECONDS)


def test_a_sender_from_outside_sends_by_the_address_alone_until_it_is_taken_back(
    house: House, chromium: Browser
) -> None:
    lesson = live_lesson(house)
    with opened(chromium, house) as desk, opened(chromium, house) as guest:
        signed_in(desk, house, "bureau", "/invitations")
        desk.get_by_label("哪一节课").select_option(lesson)
        desk.get_by_label("主讲姓名").fill("杨慧敏")
        desk.get_by_label("所在单位").fill("贵阳市实验小学")
        desk.get_by_role("button", name="提出邀请").click()
        address = desk.locator(".made code").inner_text()
        guest.goto(address)
        expect(guest.get_by_text("这份邀请还没有批准")).to_be_visible()

        with opened(chromium, house) as admin:
            signed_in(admin, house, "admin", "/invitations")
            admin.get_by_role("button", name="批准").click()
            expect(admin.get_by_text("可以使用")).to_be_visible()
            keep_pictures(admin, "invitations")
        guest.get_by_role("button", name="再试一次").click()
        with teaching(house, chromium):
            guest.get_by_role("button", name="开始送").click()
            expect(guest.get_by_role("alert")).to_contain_text("已有人在这里直播")
        guest.get_by_role("button", name="开始送").click()
        expect(guest.get_by_text(SENDING)).to_be_visible()
        keep_pictures(guest, "invited")

        desk.reload()
        row = desk.get_by_role("row", name="杨慧敏")
        row.get_by_role("button", name="收回").click()
        row.get_by_role("button", name="收回").click()
        expect(desk.get_by_text("已收回")).to_be_visible()
        expect(guest.get_by_text(SENDING)).to_have_count(0)
