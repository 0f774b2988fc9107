import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.relay.lipsync import PublisherClock, Timeline
from classroom.rtp import ntp


def test_the_publishers_clock_is_tied_to_ours_by_the_quickest_report() -> None:
    clock = PublisherClock()
    clock.moment(ntp.from_unix(1000.0), 5000.080)
    clock.moment(ntp.from_unix(1001.0), 5001.020)
    assert clock.moment(ntp.from_unix(1002.0), 5002.060) == pytest.approx(5002.022, abs=1e-4)


def test_a_clock_that_was_set_anew_is_followed_at_once() -> None:
    clock = PublisherClock()
    clock.moment(ntp.from_unix(1000.0), 5000.0)
    assert clock.moment(ntp.from_unix(500.0), 5001.0) == pytest.approx(5001.0)
    assert clock.moment(ntp.from_unix(9000.0), 5002.0) == pytest.approx(5002.0)


def test_arrival_serves_until_a_report_is_known() -> None:
    timeline = Timeline()
    assert timeline.timestamp(10.5, 48000, last=1000, arrived=10.0) == 25000
    timeline.set(500, 10.0)
    assert timeline.timestamp(10.5, 48000, last=1000, arrived=10.0) == 24500
    timeline.forget()
    assert timeline.timestamp(10.5, 48000, last=1000, arrived=10.0) == 25000


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100))
def test_timestamps_wrap(known: int, later: float) -> None:
    timeline = Timeline()
    timeline.set(known, 1000.0)
    stamp = timeline.timestamp(1000.0 + later, 90000, 0, 0.0)
    assert 0 <= stamp < 2**32
    assert (stamp - known - round(later * 90000) + 1) % 2**32 <= 2
