"""Papers, a publishing with its reason, and a pushed sheet, by their buttons in Chromium: a teacher writes a class's
signed consents down, a family withdraws in writing, the recording is gone until a reviewer says what he saw; and an
owner pushes a dataset's rows."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from tests.house import House
from tests.journeys.desk import accept_no_serious_finding, keep_pictures, opened, signed_in

RECORDED = """
import asyncio, sys
from uuid import UUID
from admin.models import Organisation
from core.clock import now
from core.connections import open_connections
from core.ids import new_id
from resources.models import Resource

async def run(lesson, school, title):
    async with open_connections() as ground, ground.transaction() as session:
        place = await session.get_one(Organisation, school)
        row = Resource(id=new_id(), lesson_id=lesson, kind="lesson", phase="primary", licence="house", unit="1")
        row.title, row.subject, row.grade, row.textbook_version, row.volume = title, "音乐", 3, "人教版", "上"
        row.filename, row.content_type, row.scope, row.review = "lesson.mp4", "video/mp4", "public", "published"
        row.provider_id, row.provider_path, row.stage, row.reach = place.id, place.path, "playable", ""
        row.progress, row.medium, row.created_at, row.changed_at = 100, "video", now(), now()
        session.add(row)
        print(row.id)

asyncio.run(run(UUID(sys.argv[1]), UUID(sys.argv[2]), sys.argv[3]))
"""
"""A recording of the lesson in the library, as the recorder leaves one."""


def made_class(house: House, name: str, pupils: tuple[str, ...]) -> dict[str, Any]:
    """A class of 兴义一小 that sits in the room that a coming lesson is sent from, and that lesson's recording."""
    begins = datetime.now(UTC) + timedelta(days=5 + uuid4().int % 200)
    with house.api("bureau") as api:
        room = api.get("/api/rooms", params={"kind": "sending", "q": "兴义一小"}).json()["items"][-1]
        school = room["school"]["id"]
        body = {"school_id": school, "name": name, "grade": 3, "room_id": room["id"]}
        one = api.post("/api/classes", json=body).raise_for_status().json()
        for pupil in pupils:
            api.post("/api/pupils", json={"class_id": one["id"], "name": pupil}).raise_for_status()
        lesson: dict[str, Any] = {"title": name, "subject": "音乐", "grade": 3, "textbook_version": "人教版"}
        lesson |= {"volume": "上", "chapter": "第四单元", "sending_room_id": room["id"], "recording": "none"}
        lesson |= {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(minutes=40)).isoformat()}
        people = api.get("/api/people", params={"role": "teacher", "q": "李文博"}).json()["items"]
        receiving = api.get("/api/rooms", params={"kind": "listening", "q": "龙塘小学"}).json()["items"]
        lesson |= {"teacher_id": people[0]["id"], "receiving_room_ids": [receiving[0]["id"]]}
        identity = api.post("/api/lessons", json=lesson).raise_for_status().json()["id"]
    command = [sys.executable, "-c", RECORDED, identity, school, name]
    environment = house.process_of("web").environ()
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return {"class": one["id"], "recording": told.stdout.strip()}


def papers_of(page: Page, house: House, name: str) -> None:
    page.goto(f"{house.url}/roster/classes")
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("row").filter(has_text=name).get_by_role("button", name="同意书").click()


def test_papers_are_written_down_withdrawn_and_the_recording_published_again_with_a_reason(
    house: House, chromium: Browser
) -> None:
    name = f"三（{uuid4().hex[:4]}）班"
    made = made_class(house, name, ("韦朝一", "岑小二", "罗春三"))
    with opened(chromium, house) as page:
        signed_in(page, house, "teacher", "/")
        papers_of(page, house, name)
        page.get_by_role("checkbox", name="录像", exact=True).check()
        page.get_by_label("纸质同意书存放处").fill("2026 秋三年级，教务柜 3")
        page.get_by_role("listitem").filter(has_text="罗春三").get_by_role("checkbox").uncheck()
        keep_pictures(page, "papers")
        page.get_by_role("button", name="记下 2 名学生的同意").click()
        expect(page.get_by_text("记下了 2 名学生")).to_be_visible()
        accept_no_serious_finding(page)
        row = page.get_by_role("listitem").filter(has_text="韦朝一")
        row.locator("summary").click()
        row.get_by_role("button", name="撤回录像").click()
        expect(page.get_by_text("已撤回。")).to_be_visible()
        page.goto(f"{house.url}/library/{made['recording']}")
        expect(page.get_by_text("没有这份资源").or_(page.get_by_text("不在您的范围")).first).to_be_visible()
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/library/{made['recording']}")
        page.get_by_role("button", name="发布", exact=True).click()
        expect(page.get_by_text("监护人").first).to_be_visible()
        page.get_by_label("理由").fill("已看完，画面里没有学生。")
        keep_pictures(page, "publish-with-reason")
        page.get_by_role("button", name="发布", exact=True).click()
        expect(page.get_by_role("button", name="下架")).to_be_visible()
    with house.api("village") as api:
        assert api.get(f"/api/resources/{made['recording']}").status_code == 200


def test_an_owner_pushes_a_datasets_rows_from_a_sheet(house: House, chromium: Browser, tmp_path: Path) -> None:
    code = f"poverty.away-{uuid4().hex[:6]}"
    with house.api("bureau") as api:
        place = api.get("/api/organisations", params={"tier": "prefecture"}).json()["items"][0]["id"]
        body = {"place_id": place, "code": code, "title": f"外出务工 {code}", "source": "乡镇入户登记"}
        body |= {"store": "pushed", "use": "关爱留守儿童", "share_class": "conditional", "columns": ["away", "income"]}
        identity = api.post("/api/exchange/datasets", json=body).raise_for_status().json()["id"]
    book, sheet = Workbook(), tmp_path / "rows.xlsx"
    page_of = book.worksheets[0]
    for line in (["key", "away", "income"], ["child-1", "是", 3200], ["child-2", "否", None]):
        page_of.append(line)
    book.save(sheet)
    with opened(chromium, house) as page:
        signed_in(page, house, "bureau", f"/affairs/exchange/datasets/{identity}")
        page.get_by_label("Excel 或 CSV", exact=True).set_input_files(sheet)
        expect(page.get_by_text("已推送：已填 3 / 全部 4 格。")).to_be_visible()
        keep_pictures(page, "exchange-pushed")
        accept_no_serious_finding(page)
