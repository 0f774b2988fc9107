import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp.history import History


@given(st.lists(st.integers(0, 200), max_size=120))
def test_it_holds_what_was_stored_last_within_its_capacity(numbers: list[int]) -> None:
    history = History(16, 10.0)
    for number in numbers:
        history.store(number, b"%d" % number, 0.0)
    newest = max(numbers, default=-1)
    for number in set(numbers):
        got = history.get(number, 0.0)
        assert got in (b"%d" % number, None)
        if number > newest - 16:
            assert got is not None


def test_a_number_is_stored_once() -> None:
    history = History(16, 10.0)
    assert history.store(5, b"first", 0.0)
    assert not history.store(5, b"second", 0.0)
    assert history.get(5, 0.0) == b"first"


def test_what_is_older_than_the_ring_is_refused() -> None:
    history = History(16, 10.0)
    history.store(100, b"new", 0.0)
    assert not history.store(84, b"old", 0.0)
    assert history.store(85, b"late", 0.0)


def test_packets_age() -> None:
    history = History(16, 3.0)
    history.store(1, b"x", 10.0)
    assert history.get(1, 13.0) == b"x"
    assert history.get(1, 13.1) is None


def test_since_gives_what_is_there_in_order() -> None:
    history = History(16, 3.0)
    for number in (12, 10, 13):
        history.store(number, b"%d" % number, 0.0)
    assert list(history.since(10)) == [(10, b"10"), (12, b"12"), (13, b"13")]
    assert list(history.since(-500)) == [(10, b"10"), (12, b"12"), (13, b"13")]


def test_a_cleared_history_is_empty() -> None:
    history = History(16, 3.0)
    history.store(12, b"x", 0.0)
    history.clear()
    assert history.get(12, 0.0) is None
    assert list(history.since(0)) == []


def test_the_capacity_is_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="power of two"):
        History(100, 1.0)
