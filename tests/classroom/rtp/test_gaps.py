from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp import gaps
from classroom.rtp.gaps import GapTracker


def tracker_missing_one(at: float = 0.0) -> GapTracker:
    tracker = GapTracker(10)
    for number in (10, 12):
        tracker.arrived(number, at)
    return tracker


@given(st.lists(st.integers(0, 60), max_size=120))
def test_every_number_is_accepted_at_most_once(numbers: list[int]) -> None:
    tracker = GapTracker(0)
    accepted = [number for number in numbers if tracker.arrived(number, 0.0)]
    assert len(accepted) == len(set(accepted))
    assert set(accepted) == set(numbers)


def test_a_packet_is_asked_for_after_a_little_patience() -> None:
    tracker = tracker_missing_one()
    assert tracker.due(gaps.PATIENCE / 2) == []
    assert tracker.due(gaps.PATIENCE) == [11]


def test_a_packet_that_two_others_overtook_is_asked_for_at_once() -> None:
    tracker = tracker_missing_one()
    tracker.arrived(13, 0.0)
    assert tracker.due(0.0) == [11]


def test_reordered_packets_are_not_asked_for() -> None:
    tracker = tracker_missing_one()
    assert tracker.arrived(11, 0.002)
    assert tracker.due(1.0) == []


def test_retries_wait_for_the_round_trip_and_stop() -> None:
    tracker = tracker_missing_one()
    asked = [step / 100 for step in range(300) if tracker.due(step / 100)]
    assert len(asked) <= gaps.MAX_TRIES
    assert all(later - earlier >= tracker.round_trip for earlier, later in pairwise(asked))
    assert tracker.given_up == 1
    assert not tracker.arrived(11, 3.0), "what was given up is not accepted any more"


def test_the_round_trip_is_learnt_from_repairs_after_one_request() -> None:
    tracker = GapTracker(0)
    for number in range(0, 400, 2):
        tracker.arrived(number, number * 1.0)
        tracker.due(number + 0.02)
        tracker.arrived(number - 1, number + 0.05)
    assert tracker.round_trip == pytest.approx(0.03, abs=0.002)


def test_a_long_gap_is_bounded_and_counted() -> None:
    tracker = GapTracker(0)
    tracker.arrived(0, 0.0)
    tracker.arrived(2000, 0.0)
    tracker.arrived(2100, 0.0)
    asked = tracker.due(gaps.PATIENCE)
    assert len(asked) == gaps.MAX_MISSING
    assert asked[-1] == 2099
    assert tracker.given_up == 1999 + 99 - gaps.MAX_MISSING
