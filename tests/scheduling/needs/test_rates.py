"""What a school lacks, counted; and the table of quotas held to the plan of 2022."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduling.needs.quotas import WEEKLY, WEEKS, faults, national
from scheduling.needs.rates import Lack, Rate, Taught, needs

THIRD = {"语文": 6, "英语": 2, "音乐": 2}
SUBJECTS = tuple(THIRD)
counts = st.dictionaries(st.sampled_from(SUBJECTS), st.integers(0, 8))


def a_class(
    own: dict[str, int], delivered: dict[str, int] | None = None, corrected: dict[str, int] | None = None
) -> Taught:
    return Taught(UUID(int=1), 3, own, delivered or {}, corrected or {})


def test_the_houses_table_keeps_the_sums_and_shares_of_2022() -> None:
    assert faults(national()) == []
    assert sum(WEEKLY[grade] * WEEKS[grade] for grade in WEEKLY) == 9522


def test_a_table_that_breaks_the_plan_is_told_with_its_figures() -> None:
    table = {grade: dict(quota) for grade, quota in national().items()}
    table[1]["语文"] = 4
    assert next(zh for zh, _ in faults(table)) == "1 年级每周 22 节，应为 26 节。"
    assert faults({3: {"语文": 30}}) == []


def test_a_village_school_without_english_and_music() -> None:
    found = needs([a_class({"语文": 6})], {3: THIRD})
    assert (found.offered, found.full, found.supplied) == (Rate(1, 3), Rate(6, 10), Rate(0, 4))
    assert found.lacks == (Lack(UUID(int=1), 3, "英语", 2, 0), Lack(UUID(int=1), 3, "音乐", 2, 0))


def test_delivered_lessons_close_the_gap_and_count_as_supply() -> None:
    found = needs([a_class({"语文": 6}, delivered={"英语": 2, "音乐": 1})], {3: THIRD})
    assert (found.offered, found.full, found.supplied) == (Rate(3, 3), Rate(9, 10), Rate(3, 4))
    assert [(one.subject, one.missing) for one in found.lacks] == [("音乐", 1)]


def test_more_than_is_due_helps_no_other_subject() -> None:
    assert needs([a_class({"语文": 20})], {3: THIRD}).full == Rate(6, 10)


def test_what_the_school_corrects_prevails_over_its_timetable() -> None:
    assert needs([a_class({"语文": 6}, corrected={"语文": 3})], {3: THIRD}).full == Rate(3, 10)


def test_a_school_without_classes_has_no_rate() -> None:
    assert needs([], {3: THIRD}).full.value is None


@given(counts, counts, counts)
def test_lacks_and_the_rate_tell_the_same(
    own: dict[str, int], delivered: dict[str, int], corrected: dict[str, int]
) -> None:
    found = needs([a_class(own, delivered, corrected)], {3: THIRD})
    assert found.full.all - found.full.of == sum(one.missing for one in found.lacks)
    assert all(one.missing > 0 for one in found.lacks)
    assert 0 <= found.offered.of <= found.offered.all == 3
    assert 0 <= found.supplied.of <= found.supplied.all


@given(counts, counts)
def test_a_delivered_lesson_never_makes_a_rate_fall(own: dict[str, int], delivered: dict[str, int]) -> None:
    without, with_it = needs([a_class(own)], {3: THIRD}), needs([a_class(own, delivered)], {3: THIRD})
    assert with_it.full.of >= without.full.of
    assert with_it.offered.of >= without.offered.of
