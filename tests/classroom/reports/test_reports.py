import io
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select, update

from classroom.lessons.models import Lesson
from classroom.reports.fonts import subset
from classroom.reports.schemas import DayChart
from classroom.reports.sheet import HEAD, percent
from core.audit import AuditEntry
from tests.admin.cast import Desk, lesson_body

THIS = datetime.now(UTC).strftime("%Y-%m")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_percentage_is_half_up_with_one_place(part: int, whole: int) -> None:
    told = float(percent(part, whole).removesuffix(" %"))
    assert abs(told - part * 100 / whole) <= 0.05 + 1e-9


def test_of_nothing_there_is_no_percentage() -> None:
    assert percent(0, 0) == "—"


def test_the_cut_font_has_the_letters_and_is_small() -> None:
    assert 1_000 < len(subset(["送教月报 96.2 %"], 700).getvalue()) < 20_000


async def test_a_month_is_counted_county_by_county_and_lessons_once_in_the_total(desk: Desk, session: Any) -> None:
    """The demo's lessons go to several counties at once."""
    when = (await session.scalars(select(Lesson.starts_at).limit(1))).one().strftime("%Y-%m")
    await session.execute(update(Lesson).values(started_at=Lesson.starts_at))
    await session.commit()
    told = (await (await desk("bureau")).get(f"/api/reports/months/{when}")).json()
    assert len(told["counties"]) == 9
    planned = sum(county["planned"] for county in told["counties"])
    assert planned >= told["total"]["planned"] > 0
    assert told["total"]["held"] == told["total"]["planned"]
    assert told["total"]["rooms"] == sum(county["rooms"] for county in told["counties"]) > 0


async def test_each_number_of_a_month_opens_the_lessons_that_it_counted(desk: Desk, session: Any) -> None:
    first = (await session.scalars(select(Lesson.id).order_by(Lesson.starts_at).limit(1))).one()
    await session.execute(update(Lesson).where(Lesson.id == first).values(started_at=Lesson.starts_at))
    when = (await session.get_one(Lesson, first)).starts_at.strftime("%Y-%m")
    await session.commit()
    client = await desk("bureau")
    told = (await client.get(f"/api/reports/months/{when}")).json()
    days = {"day": told["begins"], "until": told["ends"]}
    for row in (*told["counties"], told["total"]):
        place = {} if row is told["total"] else {"place": row["id"]}
        for name, fate in (("planned", {}), ("held", {"fate": "begun"}), ("shut_down", {"fate": "shut_down"})):
            behind = await client.get("/api/lessons", params=days | place | fate)
            assert behind.json()["total"] == row[name], (row["name"], name)
    assert told["total"]["held"] == 1


async def test_a_month_is_counted_once_in_five_minutes_for_each_place_and_says_when(desk: Desk) -> None:
    bureau, county = await desk("bureau"), await desk("bureau-qinglong")
    first = (await bureau.get(f"/api/reports/months/{THIS}")).json()
    with desk.counted() as statements:
        assert (await bureau.get(f"/api/reports/months/{THIS}")).json() == first
    assert not [one for one in statements if "lesson_rooms" in one]
    assert len((await county.get(f"/api/reports/months/{THIS}")).json()["counties"]) == 1
    await desk.ground.valkey.flushdb()
    assert (await bureau.get(f"/api/reports/months/{THIS}")).json()["at"] > first["at"]


async def test_a_county_reads_its_own_row_and_a_teacher_none(desk: Desk) -> None:
    told = (await (await desk("bureau-qinglong")).get(f"/api/reports/months/{THIS}")).json()
    assert [county["name"] for county in told["counties"]] == ["晴隆县"]
    assert (await (await desk("teacher")).get(f"/api/reports/months/{THIS}")).status_code == 403


async def test_a_days_chart_tells_what_the_list_tells(desk: Desk) -> None:
    client = await desk("bureau")
    lesson = (await client.get("/api/lessons?state=live")).json()["items"][0]
    day = (datetime.fromisoformat(lesson["starts_at"]) + timedelta(hours=8)).date()
    with desk.counted() as statements:
        chart = (await client.get(f"/api/reports/days/{day}/lessons")).json()
    assert len(statements) <= 3
    DayChart.model_validate(chart)
    listed = (await client.get(f"/api/lessons?day={day}&limit=200")).json()
    assert chart["total"] == listed["total"] == len(chart["lessons"])
    for one, other in zip(chart["lessons"], listed["items"], strict=True):
        for name in ("id", "title", "subject", "starts_at", "started_at", "state", "shutdown"):
            assert one[name] == other[name]
        assert one["teacher"] == (other["substitute"] or other["teacher"])["name"]
        counties = {chart["counties"][number]["county"] for number in one["counties"]}
        assert counties == {room["school"]["county"] for room in other["receiving_rooms"]}


async def test_a_county_sees_its_own_lessons_in_the_chart_and_a_teacher_none(desk: Desk) -> None:
    day = datetime.now(UTC).date() + timedelta(days=9)
    body = lesson_body(starts_at=datetime.combine(day, time(2), UTC), ends_at=datetime.combine(day, time(2, 40), UTC))
    assert (await (await desk("bureau")).post("/api/lessons", json=body)).status_code == 201
    address = f"/api/reports/days/{day}/lessons"
    [mine] = (await (await desk("bureau-qinglong")).get(address)).json()["lessons"]
    assert mine["title"] == body["title"]
    assert (await (await desk("teacher")).get(address)).status_code == 403
    assert (await (await desk("bureau")).get("/api/reports/days/2030-01-01/lessons")).json() == {
        "total": 0, "counties": [], "lessons": []
    }  # fmt: skip


async def test_a_report_takes_few_statements(desk: Desk) -> None:
    client = await desk("bureau")
    await client.get("/api/reports/days/2026-11-24")
    with desk.counted() as statements:
        assert (await client.get("/api/reports/days/2026-11-24")).status_code == 200
        assert len(statements) <= 6


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pdf_holds_its_letters_on_a_machine_without_fonts(desk: Desk, language: str, session: Any) -> None:
    answer = await (await desk("bureau")).get(f"/api/reports/months/{THIS}/pdf", params={"language": language})
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    text = document[0].get_textpage().get_text_range()
    for word in ("送教月报", "晴隆县", "处理率") if language == "zh" else ("Lesson delivery", "Qinglong", "Closed %"):
        assert word in text
    assert b"/FontFile2" in answer.content
    [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "report.export"))
    assert entry.object == f"report:{THIS}"


async def test_the_sheet_holds_the_same_rows(desk: Desk) -> None:
    answer = await (await desk("bureau")).get(f"/api/reports/months/{THIS}/xlsx")
    lines = list(load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert lines[0] == HEAD["zh"]
    assert (len(lines), lines[-1][0]) == (11, "合计")
    assert (await (await desk("bureau")).get("/api/reports/months/2026-13")).status_code == 422
