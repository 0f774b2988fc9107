"""Templates with titles, merged headings and own words; single lines and what is wrong with them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.numbers import check_sign
from admin.roster.grades import NUMERALS
from admin.roster.intake.headings import find_headings, read_day, read_grade, read_sheet
from admin.roster.intake.lines import mistakes
from core.errors import BadInput

MERGED = [
    ["晴隆县 2026 年秋季学生花名册", "", "", "", "", ""],
    ["学校", "学籍", "", "学生", "", ""],
    ["", "年级", "班级", "姓名", "身份证号", "学籍号"],
    ["云头教学点", "三年级", "三年级", "韦小龙", "", ""],
]


def test_headings_over_two_rows_with_merged_cells_are_found_below_a_title() -> None:
    assert find_headings(MERGED, "pupils") == (
        3,
        {0: "school", 1: "grade", 2: "class_name", 3: "name", 4: "identity", 5: "pupil_number"},
    )
    (line,) = read_sheet(MERGED, "pupils")
    assert (line.number, line.school, line.class_name, line.grade, line.name) == (
        4,
        "云头教学点",
        "三年级",
        3,
        "韦小龙",
    )


def test_starred_and_explained_headings_are_known() -> None:
    head = [["姓名*", "所在学校（全称）", "班级 （如三年级）"], ["韦小龙", "云头教学点", "三（1）班"]]
    (line,) = read_sheet(head, "pupils")
    assert (line.name, line.school, line.grade) == ("韦小龙", "云头教学点", 3)


def test_wrong_headings_are_told_by_name() -> None:
    with pytest.raises(BadInput) as refused:
        list(read_sheet([["学校", "姓名"], ["云头教学点", "韦小龙"]], "pupils"))
    assert refused.value.extra["missing"] == ["班级"]


def test_an_empty_sheet_has_no_headings() -> None:
    with pytest.raises(BadInput):
        list(read_sheet([], "staff"))


def test_empty_rows_are_left_out_and_rows_keep_their_numbers() -> None:
    lines = list(read_sheet([*MERGED, ["", ""], ["云头教学点", "2", "1", "岑小燕"]], "pupils"))
    assert [(line.number, line.class_name) for line in lines] == [(4, "三年级"), (6, "二年级1 班")]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (["云头教学点", "三年级", "三年级", "", "", ""], ["name"]),
        (["", "三年级", "三年级", "甲", "", ""], ["school"]),
        (["云头教学点", "", "向阳班", "甲", "", ""], ["grade"]),
        (["云头教学点", "大班", "向阳班", "甲", "", ""], ["grade"]),
        (["云头教学点", "三年级", "三年级", "甲", "123", ""], ["identity"]),
        (["云头教学点", "三年级", "三年级", "甲", "", "G123"], ["pupil_number"]),
        (["云头教学点", "三年级", "三年级", "甲" * 41, "", ""], ["name"]),
        (["云头教学点", "三年级", "三年级", "=1+1", "", ""], []),
    ],
)
def test_each_mistake_names_its_column(row: list[str], columns: list[str]) -> None:
    (line,) = read_sheet([*MERGED[:3], row], "pupils")
    assert [one.column for one in mistakes(line)] == columns


@pytest.mark.parametrize(
    ("text", "grade"),
    [("3", 3), ("三", 3), ("三年级", 3), ("小学三年级", 3), ("初二", 8), ("初二（1）班", 8), ("三（2）班", 3),
     ("大班", None), ("", None), ("99", None), ("三年级2 班", 3)],
)  # fmt: skip
def test_grades_are_read_as_people_write_them(text: str, grade: int | None) -> None:
    assert read_grade(text) == grade


@given(st.integers(1, 12))
def test_every_grade_is_read_in_figures_and_in_words(grade: int) -> None:
    assert read_grade(str(grade)) == read_grade(f"{NUMERALS[grade - 1]}年级") == grade


@given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=14), st.sampled_from(["pupils", "staff"]))
def test_whatever_a_sheet_holds_it_is_read_or_refused_in_words(rows: list[list[str]], kind: str) -> None:
    with suppress(BadInput):
        for line in read_sheet(rows, kind):
            assert all(one.zh and one.en for one in mistakes(line))


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_an_identity_number_is_always_noticed(first: str, at: int, by: int) -> None:
    other = first[:at] + str((int(first[at]) + by) % 10) + first[at + 1 :]
    assert check_sign(first) != check_sign(other)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2017-04-12", date(2017, 4, 12)), ("2017/4/12", date(2017, 4, 12)), ("20170412", date(2017, 4, 12)),
     ("2017年4月12日", date(2017, 4, 12)), ("2017-04-12T00:00:00", date(2017, 4, 12)), ("2017.13.1", None),
     ("四月", None), ("", None), ("0017-04-12", None)],
)  # fmt: skip
def test_days_are_read_as_people_and_excel_write_them(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_a_birthday_that_is_not_the_numbers_is_a_mistake() -> None:
    first = "52232420170412001"
    rows = [
        ["学校", "班级", "姓名", "身份证号", "出生日期"],
        ["甲", "三年级", "乙", first + check_sign(first), "2017-04-13"],
    ]
    [line] = read_sheet(rows, "pupils")
    assert [one.column for one in mistakes(line)] == ["born"]


def test_of_two_columns_for_the_school_the_first_that_says_something_counts() -> None:
    rows = [
        ["学校标识码", "学校", "班级", "姓名"],
        ["2152900101", "甲校", "三年级", "乙"],
        ["", "甲校", "三年级", "丙"],
    ]
    assert [line.school for line in read_sheet(rows, "pupils")] == ["2152900101", "甲校"]
