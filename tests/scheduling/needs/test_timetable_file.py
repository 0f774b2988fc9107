"""A school's own timetable as programs and clerks send it: FET, XHSTT, merged cells, wrong heads, mixed encodings."""

import io

import pytest
from openpyxl import Workbook

from admin import sheets
from core.errors import BadInput
from scheduling.needs import timetable_file, timetable_sheet
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import YUNTOU, sent
from tests.scheduling.needs.test_needs_api import take

FET = """<?xml version="1.0" encoding="UTF-8"?>
<fet version="6.8.5"><Institution_Name>云头教学点</Institution_Name>
<Days_List><Day><Name>Mo</Name></Day><Day><Name>Di</Name></Day></Days_List>
<Hours_List><Hour><Name>1</Name></Hour><Hour><Name>2</Name></Hour><Hour><Name>3</Name></Hour></Hours_List>
<Teachers_List><Teacher><Name>韦老师</Name></Teacher></Teachers_List>
<Students_List><Year><Name>三年级</Name></Year></Students_List>
<Activities_List><Activity><Teacher>韦老师</Teacher><Subject>语文</Subject><Students>三年级</Students>
<Duration>2</Duration><Id>1</Id><Active>true</Active></Activity></Activities_List>
<Time_Constraints_List>{fixed}</Time_Constraints_List><Space_Constraints_List/></fet>"""
FIXED = """<ConstraintActivityPreferredStartingTime><Weight_Percentage>100</Weight_Percentage>
<Activity_Id>1</Activity_Id><Preferred_Day>Di</Preferred_Day><Preferred_Hour>2</Preferred_Hour><Active>true</Active>
</ConstraintActivityPreferredStartingTime>"""
XHSTT = """<HighSchoolTimetableArchive Id="a"><Instances><Instance Id="i"><MetaData/>
<Times><TimeGroups><Day Id="mo"><Name>Mo</Name></Day><Day Id="di"><Name>Di</Name></Day></TimeGroups>
<Time Id="t1"><Name>1</Name><Day Reference="mo"/></Time><Time Id="t2"><Name>2</Name><Day Reference="mo"/></Time>
<Time Id="t3"><Name>3</Name><Day Reference="di"/></Time></Times>
<Resources><ResourceTypes><ResourceType Id="Teacher"><Name>T</Name></ResourceType><ResourceType Id="Class">
<Name>C</Name></ResourceType></ResourceTypes><ResourceGroups/>
<Resource Id="w"><Name>韦老师</Name><ResourceType Reference="Teacher"/></Resource>
<Resource Id="k"><Name>三年级</Name><ResourceType Reference="Class"/></Resource></Resources>
<Events><EventGroups/><Event Id="e"><Name>音乐</Name><Duration>1</Duration>
<Resources><Resource Reference="w"/><Resource Reference="k"/></Resources></Event></Events>
<Constraints/></Instance></Instances>{solved}</HighSchoolTimetableArchive>"""
SOLVED = """<SolutionGroups><SolutionGroup Id="g"><MetaData/><Solution Reference="i"><Events><Event Reference="e">
<Time Reference="t3"/></Event></Events></Solution></SolutionGroup></SolutionGroups>"""


def refused(data: bytes) -> BadInput:
    with pytest.raises(BadInput) as caught:
        timetable_file.rows(data)
    return caught.value


def test_a_solved_fet_file_is_rows_of_the_sheet_a_double_lesson_two() -> None:
    _, *rows = timetable_file.rows(FET.format(fixed=FIXED).encode())
    assert rows == [("三年级", "周二", "2", "语文", "韦老师"), ("三年级", "周二", "3", "语文", "韦老师")]


def test_a_solved_xhstt_archive_is_rows_of_the_sheet() -> None:
    assert timetable_file.rows(XHSTT.format(solved=SOLVED).encode())[1:] == [("三年级", "周二", "1", "音乐", "韦老师")]


@pytest.mark.parametrize("data", [FET.format(fixed=""), XHSTT.format(solved="")])
def test_a_file_without_times_says_what_to_do_first(data: str) -> None:
    assert "请先在排课软件里排完" in refused(data.encode()).zh


@pytest.mark.parametrize("data", [b"<html/>", b"<fet", FET.format(fixed=FIXED.replace(">Di<", ">Mi<")).encode()])
def test_a_file_that_is_neither_says_what_to_send(data: bytes) -> None:
    assert "导出" in refused(data).zh


async def test_a_fet_file_is_the_schools_timetable(desk: Desk) -> None:
    told = await take(desk, FET.format(fixed=FIXED).encode())
    assert (told["rows"], told["classes"], told["lessons"]) == (2, 1, 2)
    assert (await sent(desk, "bureau", "GET", f"needs/{YUNTOU}"))["full"]["of"] == 2


def read(data: bytes) -> timetable_sheet.Read:
    return timetable_sheet.read(sheets.read(data, blanks=True), ["三年级"], ["语文", "数学"])


def test_merged_cells_are_told_by_row_and_what_to_do() -> None:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["班级", "星期", "节次", "科目"], ["三年级", "周一", 1, "语文"], [None, None, 2, "数学"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(out)
    found = read(out.getvalue())
    assert [(row, zh) for row, zh, _ in found.wrong] == [(3, "班级、星期空着。有合并单元格就先拆开，每行都填上。")]


def test_rows_are_counted_with_the_empty_ones_between() -> None:
    found = read("班级,星期,节次,科目\n\n三年级,周八,1,语文".encode())
    assert [row for row, *_ in found.wrong] == [3]


def test_wrong_headings_say_which_words_are_looked_for() -> None:
    with pytest.raises(BadInput) as caught:
        read("年级,日子,第几节,课程\n三年级,周一,1,语文".encode())
    assert caught.value.zh == "前 5 行里没有找到表头：班级、星期、节次、科目。请照这些字写一行表头。"


def test_utf8_and_gbk_in_one_file_are_told_by_row() -> None:
    with pytest.raises(BadInput) as caught:
        read("班级,星期,节次,科目\n".encode() + "三年级,周一,1,语文\n".encode("gbk"))
    assert caught.value.zh.startswith("第 1 行是 UTF-8，第 2 行是 GBK")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_one_encoding_is_read_whichever_it_is(encoding: str) -> None:
    assert len(read("班级,星期,节次,科目\n三年级,周一,1,语文\n".encode(encoding)).lessons) == 1
