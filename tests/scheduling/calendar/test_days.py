"""Days of a term: the state's table, the bureau's above it, and years that nobody knows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.calendar.days import Day, Declared, Term, days, lessons_on, taught_weeks, term_faults, warnings
from scheduling.calendar.state_table import worked

SPRING = Term(date(2026, 3, 2), date(2026, 7, 10))
MAKE_UP = date(2026, 5, 9)
in_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def spring(**declared: Declared) -> list[Day]:
    return list(
        days(SPRING, {date.fromisoformat(day.replace("_", "-")[1:]): row for day, row in declared.items()}, worked)
    )


def on(found: list[Day], day: date) -> Day:
    return next(one for one in found if one.day == day)


def test_a_make_up_saturday_waits_for_the_bureau() -> None:
    found = spring()
    assert (on(found, MAKE_UP).standing, on(found, MAKE_UP).runs) == ("undecided", None)
    assert [(one.code, one.day) for one in warnings(found)] == [("make-up-undecided", MAKE_UP)]


def test_the_bureau_says_which_weekday_a_make_up_day_runs() -> None:
    found = spring(_2026_05_09=Declared(True, 2))
    assert (on(found, MAKE_UP).standing, on(found, MAKE_UP).runs) == ("taught", 2)
    assert MAKE_UP in lessons_on(found, 2)
    assert warnings(found) == []


def test_a_holiday_is_free_and_the_bureau_may_teach_on_it_or_free_a_working_day() -> None:
    may_day = date(2026, 5, 1)
    assert on(spring(), may_day).standing == "holiday"
    assert on(spring(_2026_05_01=Declared(True)), may_day).runs == 5
    assert on(spring(_2026_03_03=Declared(False, note="三月三")), date(2026, 3, 3)).note == "三月三"


def test_a_make_up_day_set_on_a_holiday_warns_with_the_day_and_what_to_do() -> None:
    found = spring(_2026_05_01=Declared(True, 2))
    (told,) = [one for one in warnings(found) if one.code == "taught-on-holiday"]
    assert told.day == date(2026, 5, 1)
    assert told.zh.startswith("5 月 1 日国家放假，校历里却要上课。写错了就改成不上课")


def test_a_make_up_day_declared_on_a_sunday_without_a_weekday_stays_undecided() -> None:
    assert on(spring(_2026_05_10=Declared(True)), date(2026, 5, 10)).standing == "undecided"


def test_a_year_that_nobody_has_entered_warns_instead_of_guessing() -> None:
    found = list(days(Term(date(2027, 3, 1), date(2027, 7, 9)), {}, worked))
    assert not any(day.certain for day in found)
    assert [one.code for one in warnings(found)] == ["year-unknown"]


def test_a_term_of_nothing_but_holidays_is_told() -> None:
    found = list(days(Term(date(2026, 5, 2), date(2026, 5, 3)), {}, worked))
    assert [one.code for one in warnings(found)] == ["term-without-lessons"]


def test_weeks_begin_on_monday_whatever_the_first_day() -> None:
    term = Term(date(2026, 9, 2), date(2026, 9, 14))
    assert [term.week_of(date(2026, 9, day)) for day in (2, 6, 7, 13, 14)] == [1, 1, 2, 2, 3]
    assert term.weeks == 3


@pytest.mark.parametrize(("last", "codes"), [(date(2026, 3, 1), ["term-order"]), (date(2027, 3, 1), ["term-too-long"])])
def test_a_term_that_cannot_be_is_told(last: date, codes: list[str]) -> None:
    assert [code for code, _, _ in term_faults(date(2026, 3, 2), last)] == codes


declarations = st.dictionaries(in_2026, st.builds(Declared, st.booleans(), st.none() | st.integers(1, 7)), max_size=20)


@given(in_2026, st.integers(0, 150), declarations)
def test_every_day_is_told_once_and_only_taught_days_run_a_timetable(
    first: date, length: int, declared: dict[date, Declared]
) -> None:
    term = Term(first, first + timedelta(days=length))
    found = list(days(term, declared, worked))
    assert [one.day for one in found] == [first + timedelta(days=ahead) for ahead in range(length + 1)]
    assert all((one.runs is not None) == (one.standing == "taught") for one in found)
    assert all(one.standing in ("taught", "free", "undecided") for one in found if one.day in declared)
    assert sum(len(lessons_on(found, weekday)) for weekday in range(1, 8)) == sum(one.runs is not None for one in found)
    assert taught_weeks(found) <= term.weeks


@given(in_2026, st.integers(1, 7))
def test_what_the_bureau_declares_prevails_over_the_state(day: date, runs: int) -> None:
    (found,) = days(Term(day, day), {day: Declared(True, runs)}, worked)
    assert (found.standing, found.runs, found.certain) == ("taught", runs, True)
    (found,) = days(Term(day, day), {day: Declared(False)}, worked)
    assert found.standing == "free"
