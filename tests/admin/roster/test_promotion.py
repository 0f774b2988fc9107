"""What a class is called a year later, and what becomes of all classes of a school."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.roster.grades import Grades, begins, grades_of, promoted_name, school_year
from admin.roster.promotion import Standing, plan

PRIMARY = Grades(1, 6)


@pytest.mark.parametrize(
    ("name", "grade", "later"),
    [
        ("三年级", 3, "四年级"),
        ("三年级2 班", 3, "四年级2 班"),
        ("三（2）班", 3, "四（2）班"),
        ("3年级(1)班", 3, "4年级(1)班"),
        ("初一（1）班", 7, "初二（1）班"),
        ("七年级1 班", 7, "八年级1 班"),
        ("高二3 班", 11, "高二3 班".replace("二", "三")),
        ("九年级1 班", 9, "十年级1 班"),
        ("2023 级1 班", 3, "2023 级1 班"),
        ("三年级", 4, "三年级"),
        ("向阳班", 2, "向阳班"),
    ],
)
def test_a_name_that_tells_the_grade_moves_on(name: str, grade: int, later: str) -> None:
    assert promoted_name(name, grade) == later


def test_the_school_year_begins_in_september() -> None:
    assert [school_year(date(2026, 8, 31)), school_year(date(2026, 9, 1)), school_year(begins(2026))] == [
        2025,
        2026,
        2026,
    ]


@pytest.mark.parametrize(
    ("tier", "code", "last", "expected"),
    [
        ("school", "2152900101", None, Grades(1, 6)),
        ("school", "3152900101", None, Grades(7, 9)),
        ("teaching_point", None, 3, Grades(1, 3)),
        ("teaching_point", None, None, Grades(1, 6)),
        ("school", "5152900101", None, Grades(1, 9)),
    ],
)
def test_a_schools_grades_follow_its_code_unless_they_are_set(
    tier: str, code: str | None, last: int | None, expected: Grades
) -> None:
    assert grades_of(tier, code, None, last) == expected


def standing(number: int, grade: int, name: str = "", year: int = 2025, school: int = 1) -> Standing:
    return Standing(
        UUID(int=number),
        UUID(int=school),
        name or f"{'一二三四五六七八九'[grade - 1]}年级",
        grade,
        year,
        None,
        20,
        1,
        PRIMARY,
    )


def test_all_classes_move_and_the_last_grade_leaves() -> None:
    found = plan([standing(grade, grade) for grade in range(1, 7)], 2026)
    assert [(step.name, step.grade) for step in found.steps] == [
        ("二年级", 2), ("三年级", 3), ("四年级", 4), ("五年级", 5), ("六年级", 6), ("六年级", None),
    ]  # fmt: skip
    assert [step.of.grade for step in found.graduating] == [6]
    assert found.by_grade == dict.fromkeys(range(1, 7), 1)


def test_a_second_press_changes_nothing() -> None:
    assert plan([standing(1, 3, year=2026)], 2026).steps == ()


def test_what_cannot_be_promoted_is_named_with_the_reason() -> None:
    classes = [standing(1, 1, year=2023), standing(2, 8), standing(3, 2, "向阳班"), standing(4, 3, "向阳班")]
    assert [(one.of.id.int, one.why) for one in plan(classes, 2026).refused] == [
        (1, "skipped-years"), (2, "grade-outside"), (3, "name-clash"), (4, "name-clash"),
    ]  # fmt: skip


def test_a_class_that_stays_keeps_its_name_from_the_one_below() -> None:
    classes = [standing(1, 2, "二年级"), standing(2, 3, "三年级", year=2023)]
    assert plan(classes, 2026).steps == ()


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(2023, 2026), st.integers(1, 2)), max_size=20))
def test_no_school_ends_with_two_classes_of_one_name(drawn: list[tuple[int, int, int]]) -> None:
    classes, taken = [], set()
    for number, (grade, year, school) in enumerate(drawn):
        if (grade, school) not in taken:
            classes.append(standing(number, grade, year=year, school=school))
        taken.add((grade, school))
    found = plan(classes, 2026)
    moved = {step.of.id for step in found.steps}
    after = [(step.of.school_id, step.name) for step in found.steps if step.grade is not None]
    after += [(one.school_id, one.name) for one in classes if one.id not in moved]
    assert len(after) == len(set(after))
    assert len(found.steps) + len(found.refused) + sum(one.year >= 2026 for one in classes) == len(classes)
