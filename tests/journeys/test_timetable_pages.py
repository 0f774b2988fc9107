"""The timetable's pages in Chromium: a draft is made, solved, changed by keyboard, published, and the week shows it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from admin import seed
from tests.house import House
from tests.journeys.desk import PATIENCE, accept_no_serious_finding, keep_picture, keep_pictures, opened, signed_in
from tests.journeys.opening import brought_to, name_film, published_film
from tests.journeys.peers import WATCH_PEERS, wait_for_more
from tests.journeys.test_teaching import go_live, paired
from tests.journeys.timetabling import VILLAGE, VILLAGES, Plan, planned

STRONG = "qing-shan-lv-shui-2040"


@dataclass(frozen=True)
class Solved:
    plan: Plan
    draft: str


@pytest.fixture(scope="module")
def solved(house: House, chromium: Browser) -> Solved:
    """A draft that the bureau made and solved at the desk."""
    plan = planned(house)
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/timetable/drafts?term={plan.term}")
        expect(page.get_by_text("还没有草稿。")).to_be_visible()
        page.get_by_role("button", name="新草稿").click()
        page.get_by_label("名称").fill("秋季草稿")
        page.get_by_role("button", name="建草稿").click()
        expect(page.get_by_text("4 节课还没有时间。")).to_be_visible()
        keep_picture(page, "timetable-empty-draft")
        page.get_by_label("最多").select_option(label="10 秒")
        page.get_by_role("button", name="求解", exact=True).click()
        expect(page.get_by_text("已排 4/4 节，锁定 0 节")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("已排的课不违反任何硬规则。")).to_be_visible()
        return Solved(plan, page.url.partition("/drafts/")[2].partition("?")[0])


@pytest.fixture
def desk(house: House, chromium: Browser, solved: Solved) -> Iterator[Page]:
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/timetable/drafts/{solved.draft}")
        expect(page.get_by_role("grid")).to_be_visible()
        yield page


def test_a_lesson_is_moved_by_keyboard_and_told_where_it_fits(desk: Page) -> None:
    now = desk.locator(".now")
    desk.get_by_role("gridcell", name=re.compile("科学，吴秀英")).first.focus()
    desk.keyboard.press("Space")
    expect(now).to_contain_text("原来的位置")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Escape")
    expect(now).to_contain_text("放回原处")
    desk.keyboard.press("Space")
    expect(now).to_contain_text("原来的位置")
    for key in ["ArrowUp"] * 4 + ["ArrowRight"] * 20:
        desk.keyboard.press(key)
        if "可以放" in now.inner_text():
            break
    keep_picture(desk, "timetable-in-hand")
    when = now.inner_text().partition("：")[0]
    desk.keyboard.press("Space")
    expect(now).to_contain_text("移到")
    expect(desk.get_by_role("complementary", name="四年级科学")).to_contain_text(when)
    focused = desk.locator("td:focus")
    expect(focused).to_have_attribute("aria-label", re.compile("科学，吴秀英"))


def test_a_lesson_is_dragged_to_a_time_that_is_free(desk: Page) -> None:
    lesson = desk.get_by_role("gridcell", name=re.compile("科学，吴秀英")).first
    lesson.locator(".x").hover()
    desk.mouse.down()
    desk.mouse.move(700, 600)
    box = desk.locator("tr.moving td.free:not(:has(.x))").first.bounding_box()
    assert box
    for nudge in (6, 8, 10):
        desk.mouse.move(box["x"] + nudge, box["y"] + nudge)
    expect(desk.locator(".now")).to_contain_text("可以放")
    keep_picture(desk, "timetable-dragging")
    desk.mouse.up()
    expect(desk.locator(".now")).to_contain_text("移到")


def test_of_two_who_change_a_draft_the_second_sees_what_the_first_did(desk: Page, house: House, solved: Solved) -> None:
    with house.api("bureau") as api:
        address = f"/api/timetable-drafts/{solved.draft}"
        revision = api.get(address).json()["revision"]
        move = {"course_id": solved.plan.music, "number": 1, "locked": True}
        api.patch(f"{address}/lessons", json={"revision": revision, "moves": [move]}).raise_for_status()
    desk.get_by_role("gridcell", name=re.compile("科学，吴秀英")).first.focus()
    desk.keyboard.press("l")
    told = desk.get_by_role("alert")
    expect(told).to_contain_text("四年级音乐：锁定了")
    keep_picture(desk, "timetable-meanwhile")
    told.get_by_role("button", name="仍做我的改动").click()
    expect(told).to_have_count(0)
    expect(desk.get_by_text("锁定 2 节")).to_be_visible()


@pytest.fixture(scope="module")
def published(house: House, chromium: Browser, solved: Solved) -> Solved:
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/timetable/drafts/{solved.draft}/publish")
        expect(page.get_by_text("吴秀英", exact=True)).to_be_visible()
        keep_pictures(page, "timetable-publish")
        accept_no_serious_finding(page)
        page.get_by_role("button", name="发布", exact=True).click()
        expect(page).to_have_url(re.compile("/timetable/versions"))
    return solved


def test_what_was_published_stands_in_the_week_and_in_a_calendar(
    house: House, chromium: Browser, published: Solved
) -> None:
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/timetable?term={published.plan.term}&week=2")
        expect(page.get_by_role("gridcell", name=re.compile("科学，吴秀英"))).to_have_count(8)
        keep_pictures(page, "timetable-week")
        page.get_by_role("button", name="教师", exact=True).click()
        page.get_by_label("选教师").select_option(label="黄秀兰")
        expect(page.get_by_role("gridcell", name=re.compile("四年级音乐"))).to_have_count(2)
        (sheet,) = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
        assert sheet.mediabox.width > sheet.mediabox.height
        # Chromium writes some characters as the radicals that look alike.
        assert "四年级音乐" in normalize("NFKC", sheet.extract_text())
        page.goto(f"{house.url}/timetable/feeds")
        page.get_by_role("button", name="生成我的地址").click()
        url = page.get_by_label("地址", exact=True).input_value()
        assert page.request.get(url).text().startswith("BEGIN:VCALENDAR")
        page.get_by_role("button", name="收回").first.click()
        page.get_by_role("button", name="确定收回").click()
        expect(page.get_by_text("还没有日历地址。")).to_be_visible()
        assert page.request.get(url).status == 410


PAGES = [
    "",
    "/drafts",
    "/rates",
    "/drafts/{draft}?by=county",
    "/drafts/{draft}?by=class",
    "/versions",
    "/rules",
    "/feeds",
]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_of_the_timetable_fits_and_is_accessible(
    house: House, chromium: Browser, published: Solved, language: str
) -> None:
    keep = keep_pictures if language == "zh-CN" else keep_picture
    with opened(chromium, house, language=language) as page:
        signed_in(page, house, "bureau", "/timetable")
        for path in PAGES:
            address = "/timetable" + path.format(draft=published.draft)
            page.goto(house.url + address + ("&" if "?" in path else "?") + f"term={published.plan.term}&week=2")
            expect(page.locator("h1").first).to_be_visible()
            page.wait_for_load_state("networkidle")
            name = re.sub(r"\W+", "-", path.replace("{draft}", "one")).strip("-") or "start"
            keep(page, f"timetable-{name}-{language}")
            accept_no_serious_finding(page)


def choose_person(page: Page, label: str, name: str) -> None:
    field = page.get_by_role("combobox", name=label)
    field.click()
    field.fill(name)
    page.get_by_role("option", name=re.compile(name)).first.click()


def test_an_illness_is_noted_and_repaired_by_the_way_out_that_the_grid_shows(
    desk: Page, house: House, solved: Solved
) -> None:
    with house.api("bureau") as api:
        cells = api.get(f"/api/timetable-drafts/{solved.draft}/week").json()["cells"]
    lesson = next(one for one in cells if one["course_id"] == solved.plan.science and not one["locked"])
    desk.get_by_role("button", name="请假、故障").click()
    choose_person(desk, "教师", "吴秀英")
    desk.get_by_label("星期").select_option(value=str(lesson["weekday"]))
    desk.get_by_label("从", exact=True).fill(lesson["starts"])
    desk.get_by_label("到", exact=True).fill(lesson["ends"])
    desk.get_by_label("原因").fill("生病")
    desk.get_by_role("button", name="记下", exact=True).click()
    expect(desk.get_by_role("button", name="去掉吴秀英的这一条")).to_be_visible()
    desk.get_by_role("button", name="找改法").click()
    expect(desk.get_by_text(re.compile("^[123] 个改法"))).to_be_visible()
    expect(desk.locator(".score .ghost").first).to_be_visible()
    keep_picture(desk, "timetable-repair")
    accept_no_serious_finding(desk)
    desk.get_by_role("button", name="采用 1").click()
    expect(desk.locator(".score .ghost")).to_have_count(0)
    desk.get_by_role("button", name="找改法").click()
    expect(desk.get_by_text("已排的课没有受影响，或者没有改法。")).to_be_visible()


def test_a_draft_goes_out_as_excel_and_comes_back(desk: Page, tmp_path: Path) -> None:
    with desk.expect_download() as download:
        desk.get_by_role("button", name="导出 Excel").click()
    download.value.save_as(tmp_path / "draft.xlsx")
    desk.get_by_role("button", name="导入 Excel").click()
    desk.get_by_label("文件（Excel、CSV）").set_input_files(tmp_path / "draft.xlsx")
    desk.get_by_role("button", name="先检查").click()
    expect(desk.get_by_text("4 行，0 处错。")).to_be_visible()
    desk.get_by_role("button", name="写入", exact=True).click()
    expect(desk.get_by_text("写入了。")).to_be_visible()


def test_a_lesson_is_given_to_a_substitute_and_another_is_cancelled(
    house: House, chromium: Browser, published: Solved
) -> None:
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/timetable?term={published.plan.term}&week=3")
        page.get_by_role("gridcell", name=re.compile("音乐，黄秀兰")).first.click()
        page.get_by_role("button", name="换人上").click()
        choose_person(page, "谁来上", "李文博")
        page.get_by_label("原因").fill("外出教研")
        page.get_by_role("button", name="换人", exact=True).click()
        expect(page.get_by_text("由李文博代课：外出教研")).to_be_visible()
        page.get_by_role("gridcell", name=re.compile("科学，吴秀英")).first.click()
        page.get_by_role("button", name="取消这节").click()
        page.get_by_label("原因").fill("停电")
        page.get_by_role("button", name="确定取消").click()
        expect(page.get_by_text("取消了：停电")).to_be_visible()


def test_the_ledger_is_read_from_the_prefecture_down_to_a_lesson(
    house: House, chromium: Browser, published: Solved
) -> None:
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/timetable/rates?term={published.plan.term}")
        page.get_by_role("button", name="望谟县").click()
        expect(page.get_by_role("row", name=re.compile("白岩|桑郎|望谟")).first).to_be_visible()
        page.get_by_role("button", name="四年级科学").click()
        expect(page.get_by_text("还没上").first).to_be_visible()
        keep_pictures(page, "timetable-ledger")
        accept_no_serious_finding(page)


def test_a_courses_progress_is_written_line_by_line(house: House, chromium: Browser, solved: Solved) -> None:
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", "/planning/plan")
        page.get_by_label("学期").select_option(value=solved.plan.term)
        page.get_by_role("button", name="四年级音乐 教材进度").click()
        page.get_by_label("教材版本").fill("人音版")
        page.get_by_label("每周教到哪里").fill("第一单元 摇篮曲\n第一单元 摇船调\n\n第二单元 童年")
        keep_picture(page, "plan-progress")
        accept_no_serious_finding(page)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_label("教材版本")).to_have_count(0)


def an_assistant_opens_the_film(house: House, chromium: Browser, lesson: str) -> None:
    """Of a room without a big screen of its own: at the lesson, on any page of the desk."""
    assistant = VILLAGES[VILLAGE][1]
    with house.api("admin") as api:
        person = str(seed.person(assistant))
        known = api.get("/api/people", params={"role": "assistant"}).json()["items"]
        version = next(one["version"] for one in known if one["id"] == person)
        api.patch(f"/api/people/{person}", json={"version": version, "password": STRONG}).raise_for_status()
    with opened(chromium, house) as page:
        signed_in(page, house, assistant, f"/lessons/{lesson}", STRONG)
        page.get_by_role("link", name="摇船调（备用）").click()
        expect(page.get_by_role("heading", name="摇船调（备用）")).to_be_visible()
        page.get_by_role("button", name="播放").click()
        page.wait_for_function("() => document.querySelector('video').currentTime > 1")


def test_a_published_lesson_opens_by_itself_and_its_room_joins(
    house: House, chromium: Browser, published: Solved, tmp_path: Path
) -> None:
    """What a village lacked, was suggested, planned, solved and published is taught. Until the teacher is there, the
    room may play the film that the plan names; it goes back to the lesson by itself."""
    room_id, plan = str(seed.room(VILLAGES[VILLAGE][0])), published.plan
    name_film(house, plan.term, plan.music, published_film(house, tmp_path))
    with house.api("bureau") as api:
        lessons = api.get("/api/lessons", params={"room": room_id, "q": "四年级音乐"}).json()["items"]
    lesson = lessons[-1]["id"]
    with brought_to(house, lesson, 5), opened(chromium, house, WATCH_PEERS) as room:
        paired(room, house, room_id)
        expect(room.get_by_role("heading", name="四年级音乐")).to_be_visible()
        foot = room.locator(".say")
        expect(foot).to_contain_text("等老师开始", timeout=PATIENCE)
        room.get_by_role("button", name="放备用录像").click()
        film = room.get_by_role("region", name="备用录像：摇船调（备用）")
        expect(film).to_be_visible()
        room.wait_for_function("() => document.querySelector('.film video').currentTime > 1")
        keep_pictures(room, "room-fallback")
        accept_no_serious_finding(room)
        an_assistant_opens_the_film(house, chromium, lesson)
        with opened(chromium, house) as desk:
            signed_in(desk, house, "colleague", f"/lessons/{lesson}/teach")
            go_live(desk)
            expect(film).to_have_count(0)
            wait_for_more(room)
            expect(foot).to_contain_text("正在上课", timeout=PATIENCE)
