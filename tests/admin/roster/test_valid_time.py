"""What a place was, is and will be: no day is lost, none counts twice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.roster.valid_time import Period, State, change, correct, take_effect
from core.errors import Conflict, NotValid

TODAY = date(2026, 11, 22)
COUNTY = Period(State("兴仁县", "Xingren County", None, "522322", None), None, None)
CITY = State("兴仁市", "Xingren City", None, "522302", None)
days = st.dates(date(1990, 1, 1), date(2028, 12, 31))


def test_a_county_that_becomes_a_city_keeps_what_it_was() -> None:
    outcome = change(COUNTY, CITY, date(2018, 8, 1), TODAY, None)
    assert outcome.past == Period(COUNTY.state, None, date(2018, 8, 1))
    assert outcome.now == Period(CITY, date(2018, 8, 1), None)
    assert outcome.planned is None


def test_a_change_to_come_waits_and_then_counts() -> None:
    outcome = change(COUNTY, CITY, date(2027, 1, 1), TODAY, None)
    assert (outcome.now, outcome.past) == (COUNTY, None)
    assert outcome.planned
    effect = take_effect(COUNTY, outcome.planned)
    assert effect.now == Period(CITY, date(2027, 1, 1), None)
    assert effect.past == Period(COUNTY.state, None, date(2027, 1, 1))


def test_a_correction_leaves_no_history() -> None:
    outcome = correct(COUNTY, CITY)
    assert outcome.now == Period(CITY, None, None)
    assert outcome.past is None


def test_of_two_planned_changes_the_second_is_refused() -> None:
    with pytest.raises(Conflict):
        change(COUNTY, CITY, date(2027, 3, 1), TODAY, planned=date(2027, 1, 1))


def test_a_change_before_the_present_state_began_is_refused() -> None:
    with pytest.raises(NotValid):
        change(Period(CITY, date(2018, 8, 1), None), COUNTY.state, date(2018, 8, 1), TODAY, None)


@pytest.mark.parametrize("on", [date(1900, 1, 1), date(2226, 1, 1)])
def test_a_year_that_is_a_slip_is_refused(on: date) -> None:
    with pytest.raises(NotValid):
        change(COUNTY, CITY, on, TODAY, None)


@given(st.lists(days, max_size=8), days)
def test_whatever_is_changed_every_day_has_exactly_one_state(changes: list[date], asked: date) -> None:
    now, past, planned = COUNTY, [], None
    for number, on in enumerate(changes):
        wanted = State(f"名 {number}", "", None, None, None)
        try:
            outcome = change(now, wanted, on, TODAY, planned.since if planned else None)
        except (NotValid, Conflict):
            continue
        now, planned = outcome.now, outcome.planned or planned
        past += [outcome.past] if outcome.past else []
    if planned:
        outcome = take_effect(now, planned)
        assert outcome.past
        now, past = outcome.now, [*past, outcome.past]
    holding = [period for period in [*past, now] if period.holds(asked)]
    assert len(holding) == 1
    assert all(period.since is None or period.until is None or period.since < period.until for period in past)
