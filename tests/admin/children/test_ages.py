from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from admin.children.ages import age, is_minor, needs_guardian
from admin.children.yearly import years_before

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


def test_the_birthday_itself_makes_fourteen() -> None:
    assert needs_guardian(date(2012, 11, 23), date(2026, 11, 22))
    assert not needs_guardian(date(2012, 11, 22), date(2026, 11, 22))


def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march() -> None:
    assert age(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert age(date(2012, 2, 29), date(2026, 3, 1)) == 14


def test_an_unknown_birthday_counts_as_a_childs() -> None:
    assert needs_guardian(None, date(2026, 11, 22))
    assert is_minor(None, date(2026, 11, 22))


@given(DAYS, DAYS)
def test_the_counted_rows_are_those_of_the_rule(born: date, day: date) -> None:
    if born <= day:
        assert needs_guardian(born, day) == (born > years_before(day, 14))
        assert is_minor(born, day) == (born > years_before(day, 18))


@given(DAYS, st.integers(0, 40))
def test_age_never_falls(born: date, days: int) -> None:
    day = born + timedelta(days=days * 100)
    assert age(born, day) <= age(born, day + timedelta(days=1)) <= age(born, day) + 1
