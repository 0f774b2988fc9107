"""The desk's pages in Chromium, against the whole house: signing in, planning a lesson, teaching one."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.house import PASSWORD, House
from tests.journeys.desk import (
    PATIENCE,
    accept_no_serious_finding,
    keep_picture,
    live_lesson,
    opened,
    sign_in,
    signed_in,
)
from tests.journeys.peers import WATCH_PEERS, wait_for_more

ROOM_SESSION = "session => localStorage.setItem('songjiao.session.room', JSON.stringify(session))"


def test_a_wrong_password_says_how_many_tries_are_left_and_then_locks(house: House, chromium: Browser) -> None:
    with opened(chromium, house) as page:
        sign_in(page, f"nobody-{uuid4().hex[:8]}", "wrong")
        said = page.get_by_role("alert")
        expect(said).to_contain_text(re.compile(r"还可以试 \d 次"))
        keep_picture(page, "wrong-password")
        for _ in range(5):
            page.locator("[name=password]").fill("wrong")
            page.get_by_role("button", name="登录", exact=True).click()
            expect(page.get_by_role("button", name="登录", exact=True)).to_be_enabled()
        expect(said).to_contain_text("锁定")


def test_a_sign_in_leads_on_to_the_page_that_was_asked_for(house: House, chromium: Browser) -> None:
    with opened(chromium, house) as page:
        page.goto(f"{house.url}/rooms")
        expect(page).to_have_url(re.compile("/signin"))
        sign_in(page, "bureau")
        expect(page.get_by_role("heading", name="教室", exact=True)).to_be_visible()
        page.get_by_role("button", name="退出").click()
        expect(page).to_have_url(re.compile("/signin"))


def test_the_bureau_plans_a_lesson_and_a_school_that_is_no_model_school_stays_in_its_county(
    house: House, chromium: Browser
) -> None:
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", "/lessons/new")
        title = f"影子 {uuid4().hex[:6]}"
        page.get_by_role("button", name="建这节课").click()
        expect(page.get_by_text("请填课题。")).to_be_visible()

        page.get_by_label("课题").fill(title)
        page.get_by_label("学科").select_option("科学")
        page.get_by_label("教材版本").fill("教科版")
        page.get_by_label("章节").fill("第二单元 光")
        page.get_by_label("日期", exact=True).fill(
            (datetime.now(UTC) + timedelta(days=9 + uuid4().int % 200)).date().isoformat()
        )
        page.get_by_label("开始").fill("１０：３０")
        page.get_by_label("结束").fill("1110")
        choose(page, "主讲教师", "陈静怡")
        choose(page, "主讲教室", "白泥田乡中心校")
        choose(page, "听课教室", "云头教学点")
        page.get_by_role("button", name="建这节课").click()
        expect(page.get_by_text("白泥田乡中心校不是示范校，只能送到本县（市）。")).to_be_visible()
        keep_picture(page, "not-model-school")

        choose(page, "主讲教室", "兴义一小")
        page.get_by_role("button", name="建这节课").click()
        expect(page.get_by_role("complementary", name=title)).to_contain_text("云头教学点")
        keep_picture(page, "planned")


def test_days_and_times_speak_the_pages_language_and_the_prefectures_clock(house: House, chromium: Browser) -> None:
    """In a browser that is English and half a day behind."""
    with chromium.new_context(locale="en-US", timezone_id="America/New_York") as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{house.url}/signin?lang=zh-CN")
        signed_in(page, house, "bureau", "/lessons/new?lang=zh-CN")
        day = page.get_by_label("日期", exact=True)
        expect(day).to_have_value(datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat())
        day.fill("2027年3月1日")
        page.get_by_role("button", name="选日期").click()
        month = page.get_by_role("grid", name="2027年3月")
        expect(month.get_by_role("columnheader").first).to_have_text("一")
        expect(month.get_by_role("gridcell", selected=True)).to_have_accessible_name("2027年3月1日星期一")
        for key in ("PageDown", "ArrowRight", "End", "Enter"):
            page.keyboard.press(key)
        expect(day).to_have_value("2027-04-04")
        expect(page.get_by_role("button", name="选日期")).to_be_focused()
        page.get_by_label("开始").fill("下午三点")
        day.focus()
        expect(page.get_by_text("时间写成 08:30 这样，24 小时制。")).to_be_visible()
        page.get_by_role("button", name="选日期").click()
        keep_picture(page, "choose-a-day")
        accept_no_serious_finding(page)


def test_the_bureau_makes_a_person_and_of_two_editors_the_second_sees_both_contents(
    house: House, chromium: Browser
) -> None:
    name = f"罗春{uuid4().hex[:6]}"
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", "/people")
        page.get_by_role("button", name="新建人员").click()
        page.get_by_label("姓名", exact=True).fill(name)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("每个角色都要选单位。")).to_be_visible()
        choose(page, "单位", "云头教学点")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("complementary")).to_have_count(0)
        page.get_by_role("searchbox").fill(name)
        page.get_by_role("button", name=f"修改{name}").click()
        with house.api("admin") as api:
            [person] = api.get("/api/people", params={"q": name}).json()["items"]
            api.patch(f"/api/people/{person['id']}", json={"version": 1, "name": f"{name}甲"}).raise_for_status()
        page.get_by_label("姓名", exact=True).fill(f"{name}乙")
        page.get_by_role("button", name="保存").click()
        compared = page.get_by_role("complementary").get_by_role("row", name="姓名")
        expect(compared).to_contain_text(f"{name}甲")
        keep_picture(page, "two-editors")
        page.get_by_role("button", name="仍用我写的").click()
        expect(page.get_by_role("complementary")).to_have_count(0)
        expect(page.get_by_role("row").filter(has_text=f"{name}乙")).to_be_visible()


def choose(page: Page, label: str, name: str) -> None:
    page.get_by_role("combobox", name=label).fill(name)
    page.get_by_role("option").filter(has_text=name).first.click()


def begun(house: House) -> str:
    """A lesson of another teacher than the demo's, so that both can be on at once; begun by the bureau."""
    begins = datetime.now(UTC) + timedelta(seconds=2)
    with house.api("bureau") as api:
        teachers = api.get("/api/people", params={"role": "teacher", "q": "李文博"}).json()["items"]
        sending = api.get("/api/rooms", params={"kind": "sending", "q": "兴义一小"}).json()["items"]
        receiving = api.get("/api/rooms", params={"kind": "listening", "q": "龙塘小学"}).json()["items"]
        body = {
            "title": f"摇船调 {uuid4().hex[:6]}",
            "subject": "音乐",
            "grade": 3,
            "textbook_version": "人教版",
            "volume": "上",
            "chapter": "第四单元",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(minutes=40)).isoformat(),
            "teacher_id": teachers[0]["id"],
            "sending_room_id": sending[-1]["id"],
            "receiving_room_ids": [receiving[0]["id"]],
        }
        answer = api.post("/api/lessons", json=body)
        assert answer.status_code == 201, answer.text
        lesson = str(answer.json()["id"])
        assert api.post(f"/api/lessons/{lesson}/start").status_code == 200
        return lesson


def test_a_lesson_is_shut_down_by_holding_only(house: House, chromium: Browser) -> None:
    lesson = begun(house)
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/lessons/{lesson}")
        button = page.get_by_role("button", name="按住关停")
        button.hover()
        page.mouse.down()
        page.wait_for_timeout(300)
        page.mouse.up()
        page.wait_for_timeout(1200)
        keep_picture(page, "shutdown-let-go")
        expect(page.get_by_role("complementary").get_by_text("已关停")).to_have_count(0)

        page.get_by_label("原因").select_option(label="学校有紧急情况")
        button.hover()
        page.mouse.down()
        expect(page.get_by_role("complementary").get_by_text("已关停")).to_be_visible()
        page.mouse.up()
        expect(page.get_by_role("alert")).to_contain_text("学校有紧急情况")
        keep_picture(page, "shutdown-done")


def test_by_keyboard_a_shutdown_waits_with_cancel_in_focus(house: House, chromium: Browser) -> None:
    lesson = begun(house)
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/lessons/{lesson}")
        page.get_by_role("button", name="按住关停").press("Enter")
        expect(page.get_by_text("秒后执行")).to_be_visible()
        expect(page.get_by_role("button", name="取消")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        with house.api("bureau") as api:
            assert api.get(f"/api/lessons/{lesson}").json()["shutdown"] is None
            api.post(f"/api/lessons/{lesson}/end")


NOT_SECURE = "Object.defineProperty(window, 'isSecureContext', { value: false })"
REFUSED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s') }"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (NOT_SECURE, "浏览器没有放行摄像头和话筒"),
        (REFUSED % "NotAllowedError", "没有放行"),
        (REFUSED % "NotFoundError", "没有找到"),
        (REFUSED % "NotReadableError", "占用"),
    ],
)
def test_the_live_page_says_why_there_is_no_camera(house: House, chromium: Browser, script: str, words: str) -> None:
    with opened(chromium, house, script) as page:
        signed_in(page, house, "teacher", f"/lessons/{live_lesson(house)}/teach")
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()


def test_a_device_that_is_pulled_out_is_replaced_and_named(house: House, chromium: Browser) -> None:
    with opened(chromium, house, KEEP_TRACKS) as page:
        signed_in(page, house, "teacher", f"/lessons/{live_lesson(house)}/teach")
        expect(page.get_by_label("您的画面")).to_be_visible()
        page.evaluate("window.tracks.find((track) => track.kind === 'video').dispatchEvent(new Event('ended'))")
        expect(page.get_by_role("alert")).to_contain_text("已换成")


KEEP_TRACKS = """
window.tracks = []
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await ask(wanted)
  window.tracks.push(...stream.getTracks())
  return stream
}
"""


def test_a_rehearsal_comes_back_through_the_relay(house: House, chromium: Browser) -> None:
    with opened(chromium, house, WATCH_PEERS) as page:
        signed_in(page, house, "teacher", f"/lessons/{live_lesson(house)}/teach")
        page.get_by_role("button", name="试声音").click()
        expect(page.get_by_text("试讲：教室会看到这样。没有人在看。")).to_be_visible()
        page.get_by_role("button", name="听回放").click()  # Chromium decodes no sound that nobody plays
        wait_for_more(page)
        keep_picture(page, "rehearsal")
        page.get_by_role("button", name="结束试讲").click()
        expect(page.get_by_role("button", name=re.compile("开始上课|继续上课"))).to_be_visible()


def test_a_village_room_sees_and_hears_the_teacher(house: House, chromium: Browser) -> None:
    lesson = live_lesson(house)
    with opened(chromium, house) as desk, opened(chromium, house, WATCH_PEERS) as room:
        signed_in(desk, house, "teacher", f"/lessons/{lesson}/teach")
        desk.get_by_role("button", name=re.compile("开始上课|继续上课")).click()
        expect(desk.get_by_text("上行正常")).to_be_visible()

        enter_room(room, house)
        wait_for_more(room)
        keep_picture(room, "room-sees-teacher")
        tile = desk.get_by_role("listitem").filter(has_text="正常")
        expect(tile.or_(desk.get_by_role("img", name="正常")).first).to_be_visible()
        keep_picture(desk, "live")

        desk.get_by_role("button", name="暂停").click()
        expect(desk.get_by_text("已暂停：")).to_be_visible()
        expect(room.get_by_text("老师暂停").first).to_be_visible()
        keep_picture(desk, "live-paused")
        desk.get_by_role("group", name="课堂安全").get_by_role("button", name="继续").click()
        wait_for_more(room)

        desk.get_by_role("button", name="共享屏").click()
        expect(desk.get_by_text("讲义位：您的屏幕")).to_be_visible()
        keep_picture(desk, "live-board")
        accept_no_serious_finding(desk)

        desk.on("dialog", lambda dialog: dialog.accept())
        desk.reload()
        desk.get_by_role("button", name="继续上课").click()
        expect(desk.get_by_text("上行正常")).to_be_visible()
        wait_for_more(room)


def enter_room(page: Page, house: House) -> None:
    """As a room whose account is bound to it; its page joins the room's lesson by itself."""
    with house.api() as api:
        session = api.post("/api/sessions", json={"username": "village", "password": PASSWORD}).json()
    page.evaluate(ROOM_SESSION, session)
    page.goto(f"{house.url}/room")
    page.mouse.click(640, 360)
