import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.relay.lipsync import Moment, PublisherClock, Tie, Timeline
from classroom.rtp import ntp


def test_the_publishers_clock_is_tied_to_ours_by_the_quickest_report() -> None:
    clock = PublisherClock()
    clock.moment(ntp.from_unix(1000.0), 5000.080)
    clock.moment(ntp.from_unix(1001.0), 5001.020)
    assert clock.moment(ntp.from_unix(1002.0), 5002.060).ours == pytest.approx(5002.022, abs=1e-4)


def test_a_clock_that_was_set_anew_is_followed_at_once() -> None:
    clock = PublisherClock()
    before = clock.moment(ntp.from_unix(1000.0), 5000.0)
    assert clock.moment(ntp.from_unix(500.0), 5001.0).ours == pytest.approx(5001.0)
    assert clock.moment(ntp.from_unix(9000.0), 5002.0).ours == pytest.approx(5002.0)
    assert before.ours == pytest.approx(5000.0)


def test_a_better_report_of_one_track_moves_the_other_as_far() -> None:
    clock, picture, voice = PublisherClock(), Timeline(), Timeline()
    picture.set(9_000, clock.moment(ntp.from_unix(1000.0), 5000.300))  # it waited in a queue
    voice.set(4_800, clock.moment(ntp.from_unix(1000.0), 5000.020))
    assert picture.timestamp(5001.020, 90_000, 0, 0.0) == pytest.approx(9_000 + 90_000, abs=2)
    assert voice.timestamp(5001.020, 48_000, 0, 0.0) == pytest.approx(4_800 + 48_000, abs=2)


def test_arrival_serves_until_a_report_is_known() -> None:
    timeline = Timeline()
    assert timeline.timestamp(10.5, 48000, last=1000, arrived=10.0) == 25000
    timeline.set(500, Moment(10.0, Tie(0.0)))
    assert timeline.timestamp(10.5, 48000, last=1000, arrived=10.0) == 24500
    timeline.forget()
    assert timeline.timestamp(10.5, 48000, last=1000, arrived=10.0) == 25000


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100))
def test_timestamps_wrap(known: int, later: float) -> None:
    timeline = Timeline()
    timeline.set(known, Moment(1000.0, Tie(0.0)))
    stamp = timeline.timestamp(1000.0 + later, 90000, 0, 0.0)
    assert 0 <= stamp < 2**32
    assert (stamp - known - round(later * 90000) + 1) % 2**32 <= 2
