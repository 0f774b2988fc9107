from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.working_days import CLOSES, HERE, OPENS, Calendar, Deadline, local_day

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_a_make_up_saturday_counts_as_a_working_day() -> None:
    assert Calendar().after(date(2026, 5, 8), 1) == Deadline(date(2026, 5, 9), True)


def test_the_national_holiday_counts_for_nothing() -> None:
    assert Calendar().after(date(2026, 9, 30), 1) == Deadline(date(2026, 10, 8), True)


def test_the_bureaus_own_day_prevails_over_the_states_table() -> None:
    flood = Calendar({date(2026, 11, 23): False, date(2026, 11, 28): True})
    assert flood.after(date(2026, 11, 20), 1).day == date(2026, 11, 24)
    assert flood.after(date(2026, 11, 27), 1).day == date(2026, 11, 28)


def test_a_year_without_a_table_is_not_certain() -> None:
    assert Calendar().after(date(2027, 3, 1), 1) == Deadline(date(2027, 3, 2), False)


@given(DAYS, st.integers(0, 60))
def test_between_undoes_after(day: date, days: int) -> None:
    assert Calendar().between(day, Calendar().after(day, days).day) == days


def test_more_than_a_thousand_days_are_refused() -> None:
    with pytest.raises(ValueError, match="bounds"):
        Calendar().after(date(2026, 1, 1), 1001)


def test_the_day_turns_at_the_prefectures_midnight() -> None:
    assert local_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))
SPANS = st.integers(0, 60 * 24).map(lambda minutes: timedelta(minutes=minutes))


@given(MOMENTS, SPANS, SPANS)
def test_working_time_adds_up_and_ends_in_office_hours_of_a_working_day(
    moment: datetime, one: timedelta, other: timedelta
) -> None:
    days = Calendar()
    later = days.later(moment, one)
    assert days.later(later, other) == days.later(moment, one + other)
    assert later - moment >= one
    assert OPENS <= later.astimezone(HERE).time() <= CLOSES
    assert days.works(local_day(later))[0]


def test_a_bureau_that_never_works_is_refused() -> None:
    never = Calendar({date(2026, 1, 1) + timedelta(days=ahead): False for ahead in range(1000)})
    with pytest.raises(ValueError, match="bounds"):
        never.later(datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1))
