"""One lesson by its buttons, in Chromium: muted, paused, left by accident and come back to, ended; and taken over."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, Page, expect

from tests.house import House
from tests.journeys.desk import PATIENCE, keep_pictures, live_lesson, opened, signed_in
from tests.journeys.peers import WATCH_PEERS, wait_for_more
from tests.journeys.test_outages import RECONNECTING, SIGHT

RECEIVER = "龙塘小学"


@contextmanager
def planned(house: House) -> Iterator[str]:
    """A lesson of 黄秀兰, who has a demo account; over at the end, so that other tests see the demo's lesson only."""
    begins = datetime.now(UTC) + timedelta(minutes=1)
    with house.api("bureau") as api:
        teachers = api.get("/api/people", params={"role": "teacher", "q": "黄秀兰"}).json()["items"]
        sending = api.get("/api/rooms", params={"kind": "sending", "q": "兴义一小"}).json()["items"]
        body = {"title": "节奏", "subject": "音乐", "grade": 3, "textbook_version": "人教版", "volume": "上"}
        times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(minutes=40)).isoformat()}
        rooms = {"sending_room_id": sending[-1]["id"], "receiving_room_ids": [receiver(house)]}
        answer = api.post(
            "/api/lessons", json=body | times | rooms | {"chapter": "一", "teacher_id": teachers[0]["id"]}
        )
        assert answer.status_code == 201, answer.text
        lesson = str(answer.json()["id"])
        try:
            yield lesson
        finally:
            state = api.get(f"/api/lessons/{lesson}").json()["state"]
            if state == "upcoming":
                api.delete(f"/api/lessons/{lesson}").raise_for_status()
            else:
                api.post(f"/api/lessons/{lesson}/end").raise_for_status()


def receiver(house: House) -> str:
    with house.api("bureau") as api:
        found = api.get("/api/rooms", params={"kind": "listening", "q": RECEIVER}).json()["items"]
        return str(found[0]["id"])


def paired(page: Page, house: House, room: str) -> None:
    """The page as a box in this room: it has a key and needs nobody."""
    with house.api() as box, house.api("admin") as admin:
        pairing = box.post("/api/pairings").json()
        admin.post("/api/pairings/claim", json={"code": pairing["code"], "room_id": room}).raise_for_status()
        given = box.get(f"/api/pairings/{pairing['id']}", headers={"Authorization": f"Pairing {pairing['secret']}"})
    page.goto(f"{house.url}/room#key={given.json()['device_key']}")
    page.mouse.click(640, 360)


def go_live(page: Page) -> None:
    page.get_by_role("button", name=re.compile("开始上课|继续上课")).click()
    expect(page.get_by_text("上行正常")).to_be_visible()


def test_a_room_is_told_what_the_teacher_does_until_the_lesson_is_over(house: House, chromium: Browser) -> None:
    with planned(house) as lesson, opened(chromium, house, WATCH_PEERS) as room:
        room.add_init_script(SIGHT)
        paired(room, house, receiver(house))
        foot = room.locator(".say")
        with opened(chromium, house) as desk:
            signed_in(desk, house, "colleague", f"/lessons/{lesson}/teach")
            go_live(desk)
            wait_for_more(room)

            desk.get_by_role("button", name="静音", exact=True).click()
            expect(foot).to_contain_text("老师静音了")
            keep_pictures(room, "room-muted")
            desk.get_by_role("button", name="取消静音").click()
            expect(foot).not_to_contain_text("老师静音了")

            desk.get_by_role("button", name="暂停").click()
            expect(room.get_by_role("alert")).to_contain_text("老师请大家等一下")
            keep_pictures(room, "room-paused")
            desk.get_by_role("group", name="课堂安全").get_by_role("button", name="继续").click()
            expect(room.get_by_text("老师请大家等一下")).to_have_count(0)
            room.evaluate("songjiaoSight.anew()")
        expect(foot).to_contain_text("老师的画面断了", timeout=PATIENCE)  # her browser is gone
        assert RECONNECTING not in room.evaluate("songjiaoSight.read().words")
        keep_pictures(room, "room-left")
        with opened(chromium, house) as desk:
            signed_in(desk, house, "colleague", f"/lessons/{lesson}/teach")
            go_live(desk)
            wait_for_more(room)

            desk.get_by_role("button", name="下课", exact=True).click()
            desk.get_by_role("button", name="确定下课").click()
            expect(desk.get_by_text("这节课结束了。")).to_be_visible()
            keep_pictures(desk, "lesson-over")
            expect(room.get_by_role("heading", name="下课了")).to_be_visible()
            keep_pictures(room, "room-ended")


def test_a_substitute_takes_the_lesson_over_by_her_buttons(house: House, chromium: Browser) -> None:
    lesson = live_lesson(house)
    with opened(chromium, house) as lead, opened(chromium, house) as desk:
        signed_in(lead, house, "teacher", f"/lessons/{lesson}/teach")
        go_live(lead)
        try:
            signed_in(desk, house, "colleague", f"/lessons/{lesson}/teach")
            desk.get_by_role("button", name="我来代这节课").click()
            expect(desk.get_by_text("陈静怡正在上这节课。")).to_be_visible()
            keep_pictures(desk, "take-over")
            desk.get_by_role("button", name="我来接着上").click()
            expect(desk.get_by_text("上行正常")).to_be_visible()
            expect(lead.get_by_text("黄秀兰接过了这节课。您的画面已停。")).to_be_visible()
            keep_pictures(lead, "taken-over")
        finally:
            with house.api("bureau") as api:
                teacher = api.get(f"/api/lessons/{lesson}").json()["teacher"]["id"]
                api.post(f"/api/lessons/{lesson}/substitute", json={"person_id": teacher}).raise_for_status()
