from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.companions.bracelets.rules import (
    KEPT,
    Point,
    age,
    alert,
    binding_refused,
    is_plausible,
    is_stale,
    look_refused,
    metres,
)

NOW = datetime(2026, 2, 14, 10, 30, tzinfo=UTC)
"""18:30 on the prefecture's clock."""
MINUTE = timedelta(minutes=1)
POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@dataclass
class Home:
    kind: str = "home"
    lat: float = 25.0
    lon: float = 105.0
    radius: int = 100
    begins: time = time(18, 0)
    ends: time = time(23, 0)


@dataclass
class At:
    lat: float = 25.0
    lon: float = 105.0
    at: datetime = NOW
    accuracy: float = 10.0


AWAY = At(lat=25.002)
"""222 m to the north."""


def test_c2_nobody_looks_without_an_open_case_or_consent() -> None:
    later, passed = NOW + MINUTE, NOW
    cases = {
        (False, False, None): "no-open-case",
        (False, True, None): "no-open-case",
        (False, False, passed): "no-open-case",
        (False, False, later): None,
        (True, False, None): "consent-missing",
        (True, True, None): None,
    }
    for (guards, consented, until), code in cases.items():
        problem = look_refused(guards, consented, until, NOW)
        assert (problem.code if problem else None) == code


def test_c2_a_fix_is_stale_after_ten_minutes() -> None:
    assert not is_stale(NOW - 10 * MINUTE, NOW)
    assert is_stale(NOW - 10 * MINUTE - timedelta(seconds=1), NOW)


def test_c2_below_fourteen_the_guardian_consents_before_the_bracelet_is_bound() -> None:
    day = date(2026, 2, 14)
    for born, consented, code in [
        (date(2018, 1, 1), False, "consent-missing"),
        (date(2018, 1, 1), True, None),
        (date(2012, 2, 15), False, "consent-missing"),
        (date(2012, 2, 14), False, None),
        (date(2008, 2, 14), True, "not-a-child"),
    ]:
        problem = binding_refused(born, consented, day)
        assert (problem.code if problem else None) == code, born


def test_a_child_of_the_leap_day_grows_older_in_march() -> None:
    assert (age(date(2012, 2, 29), date(2026, 2, 28)), age(date(2012, 2, 29), date(2026, 3, 1))) == (13, 14)


@pytest.mark.parametrize(
    ("fence", "fix", "kind"),
    [
        (Home(), At(), None),
        (Home(), AWAY, "late-home"),
        (Home(kind="school"), AWAY, "left-fence"),
        (Home(), At(lat=25.002, accuracy=130), None),
        (Home(), At(at=NOW - 11 * MINUTE), "no-signal"),
        (Home(), None, "no-signal"),
        (Home(begins=time(19, 0)), AWAY, None),
        (Home(ends=time(18, 30)), AWAY, None),
    ],
)
def test_an_alert_is_raised_for(fence: Home, fix: At | None, kind: str | None) -> None:
    assert alert(fence, fix, NOW) == kind


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert metres(Point(25, 105), Point(26, 105)) == pytest.approx(111_195, abs=1)


@given(POINTS, POINTS)
def test_the_way_there_is_the_way_back_and_never_beyond_half_the_earth(one: Point, other: Point) -> None:
    assert metres(one, other) == pytest.approx(metres(other, one), abs=0.01)
    assert 0 <= metres(one, other) <= 20_015_115


def test_a_bracelet_whose_clock_cannot_be_right_is_not_believed() -> None:
    assert is_plausible(NOW + 5 * MINUTE, NOW)
    assert not is_plausible(NOW + 6 * MINUTE, NOW)
    assert not is_plausible(NOW - KEPT, NOW)
