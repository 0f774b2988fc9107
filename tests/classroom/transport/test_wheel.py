"""The wheel against a plain dictionary of dates."""

from hypothesis import given
from hypothesis import strategies as some

from classroom.transport.wheel import STEP, Wheel

MOVES = some.lists(
    some.one_of(
        some.tuples(some.just("set"), some.integers(0, 5), some.floats(-1.0, 40.0)),
        some.tuples(some.just("discard"), some.integers(0, 5), some.just(0.0)),
        some.tuples(some.just("turn"), some.just(0), some.floats(0.0, 20.0) | some.just(1e6)),
    ),
    max_size=60,
)


@given(MOVES)
def test_each_comes_once_never_early_and_at_most_a_step_late(moves: list[tuple[str, int, float]]) -> None:
    now, wheel, dates = 1000.0, Wheel[int](1000.0), dict[int, float]()
    for move, one, seconds in moves:
        if move == "set":
            wheel.set(one, now + seconds)
            dates[one] = now + max(0.0, seconds)
        elif move == "discard":
            wheel.discard(one)
            dates.pop(one, None)
        else:
            now += seconds
            for due in wheel.turn(now):
                assert dates.pop(due) <= now + 1e-6
            assert all(date > now - STEP - 1e-6 for date in dates.values())
        assert len(wheel) == len(dates)
        assert all(one in wheel for one in dates)


def test_the_earliest_comes_first_and_a_new_date_replaces_the_old() -> None:
    wheel = Wheel[str](0.0)
    for name, date in (("late", 3.0), ("early", 1.0), ("moved", 0.5), ("taken back", 0.5)):
        wheel.set(name, date)
    wheel.set("moved", 2.0)
    wheel.set("taken back", None)
    assert wheel.turn(0.9) == []
    assert wheel.turn(9.0) == ["early", "moved", "late"]
    assert wheel.turn(99.0) == []


def test_nothing_is_kept_of_what_has_gone() -> None:
    wheel = Wheel[int](0.0)
    for turn in range(1000):
        wheel.set(turn % 3, turn * 0.01 + 5)
    wheel.turn(100.0)
    assert (wheel._slots, wheel._slot_of) == ({}, {})
