"""Sheets of drafts: every wrong row is told by its number and a sentence; what goes out comes back the same."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from admin import sheets
from scheduling.timetable.sheet import HEAD, Planned, read
from tests.admin.cast import Desk
from tests.scheduling.timetable import cast
from tests.scheduling.timetable.cast import at, planned

MUSIC = Planned(UUID(int=1), "音乐", 2)
TWINS = (Planned(UUID(int=2), "美术", 1), Planned(UUID(int=3), "美术", 1))
ROW_1 = ["课程", "序号", "星期", "开始", "锁定", "课程编号"]


def mistakes(*rows: list[str], head: list[str] = ROW_1) -> list[str]:
    return [one.zh for one in read([head, *rows], [MUSIC, *TWINS])[1]]


@pytest.mark.parametrize("weekday", ["二", "周二", "星期二", "2", "2.0"])
@pytest.mark.parametrize("starts", ["8:30", "08:30", "08:30:00", "8：30"])
def test_weekdays_and_times_are_read_as_people_write_them(weekday: str, starts: str) -> None:
    (move,), wrong = read([ROW_1, ["音乐", "1", weekday, starts, "是"]], [MUSIC])
    assert (move.course_id, move.weekday, move.starts, move.locked, wrong) == (MUSIC.id, 2, "08:30", True, [])


def test_a_row_without_a_time_takes_the_lesson_out() -> None:
    (move,), _ = read([ROW_1, ["音乐", "2", "", ""]], [MUSIC])
    assert (move.weekday, move.starts, move.moves) == (None, None, True)


@pytest.mark.parametrize(
    ("row", "zh"),
    [
        (["体操", "1", "一", "8:30"], "第 2 行：计划里没有《体操》这门课。"),
        (["", "1", "一", "8:30"], "第 2 行：没有课程名；合并的单元格请拆开，每行都填。"),
        (["美术", "1", "一", "8:30"], "第 2 行：有 2 门课叫《美术》，请留着“课程编号”列。"),
        (["音乐", "3", "一", "8:30"], "第 2 行：《音乐》每周 2 节，序号写 1 到 2，这里是“3”。"),
        (["音乐", "1", "八", "8:30"], "第 2 行：“八”不是星期，写“一”到“日”。"),
        (["音乐", "1", "一", "上午"], "第 2 行：“上午”不是时间，写成 8:30 这样。"),
        (["音乐", "1", "一", ""], "第 2 行：星期和开始时间要么都填，要么都空。"),
        (["音乐", "1", "一", "8:30", "也许"], "第 2 行：锁定写“是”或留空，这里是“也许”。"),
        (["音乐", "1", "", "", "是"], "第 2 行：没有时间的课不能锁定。"),
    ],
)
def test_a_wrong_row_is_told_by_its_number_and_what_to_do(row: list[str], zh: str) -> None:
    assert mistakes(row) == [zh]


def test_one_lesson_in_two_rows_is_a_mistake_and_a_number_tells_twins_apart() -> None:
    assert mistakes(["音乐", "1", "一", "8:30"], ["音乐", "1", "二", "8:30"]) == [
        "第 3 行：和第 2 行是同一节课，请删掉一行。"
    ]
    assert mistakes(["美术", "1", "一", "8:30", "", str(TWINS[1].id)]) == []


def test_wrong_headers_are_named() -> None:
    assert mistakes(head=["课程", "节次"]) == ["第 1 行缺少“序号、星期、开始”列，请用导出的表来改。"]
    assert [one.zh for one in read([], [])[1]] == ["表是空的。"]


async def sheet_sent(here: cast.Planned, data: bytes, revision: int, dry_run: bool, status: int = 200) -> Any:
    client = await here.desk("bureau")
    form = {"revision": str(revision), "dry_run": str(dry_run).lower()}
    files = {"file": ("sheet.xlsx", data)}
    answer = await client.post(f"/api/timetable-drafts/{here.draft}/sheet", data=form, files=files)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_what_goes_out_comes_back_with_other_times(desk: Desk) -> None:
    here = await planned(desk)
    await here.move(at(here.english, 1, 1, "08:30"), revision=1)
    client = await desk("bureau")
    answer = await client.get(f"/api/timetable-drafts/{here.draft}/sheet")
    head, *rows = sheets.read(answer.content)
    assert (tuple(head), len(rows), rows[0][:5]) == (HEAD, 4, ["三年级英语", "1", "一", "08:30", "09:10"])
    rows[0][2:6] = ["四", "10:30", "", "是"]
    rows[1] += [""] * (len(HEAD) - len(rows[1]))
    rows[1][2:4] = ["五", "8:30"]
    sheet = sheets.written("xlsx", head, rows)
    assert (await sheet_sent(here, sheet, 2, dry_run=True)) == {
        "rows": 4, "mistakes": [], "written": False, "revision": 2,
    }  # fmt: skip
    assert (await sheet_sent(here, sheet, 2, dry_run=False))["revision"] == 3
    week = await here.sent("GET", f"timetable-drafts/{here.draft}/week")
    assert [(one["weekday"], one["starts"], one["locked"]) for one in week["cells"]] == [
        (4, "10:30", True), (5, "08:30", False),
    ]  # fmt: skip


async def test_a_sheet_with_one_wrong_row_writes_nothing_in_any_encoding(desk: Desk) -> None:
    here = await planned(desk)
    text = "课程,序号,星期,开始\n三年级英语,1,一,8:30\n三年级英语,2,九,8:30\n"
    for encoding in ("utf-8-sig", "gb18030"):
        problem = await sheet_sent(here, text.encode(encoding), 1, dry_run=False, status=422)
        assert (problem["code"], [one["row"] for one in problem["mistakes"]]) == ("sheet-not-valid", [3])
    assert (await here.sent("GET", f"timetable-drafts/{here.draft}"))["placed"] == 0
    assert (await sheet_sent(here, text.encode(), 7, dry_run=True, status=409))["code"] == "changed-meanwhile"


async def test_merged_cells_of_a_sheet_are_told_by_their_rows_and_nothing_is_written(desk: Desk) -> None:
    here = await planned(desk)
    client = await desk("bureau")
    book = load_workbook(BytesIO((await client.get(f"/api/timetable-drafts/{here.draft}/sheet")).content))
    for name in ("课程", "课程编号"):
        column = get_column_letter(HEAD.index(name) + 1)
        book[book.sheetnames[0]].merge_cells(f"{column}2:{column}3")
    merged = BytesIO()
    book.save(merged)
    told = await sheet_sent(here, merged.getvalue(), 1, dry_run=True)
    assert [one["row"] for one in told["mistakes"]] == [3]
    assert "合并的单元格请拆开" in told["mistakes"][0]["zh"]
