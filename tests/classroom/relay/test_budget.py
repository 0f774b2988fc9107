from hypothesis import given
from hypothesis import strategies as st

from classroom.relay.budget import Budget


def test_it_starts_full_and_fills_again_with_time() -> None:
    budget = Budget(10, 5)
    assert [budget.take(1, 0.0) for _ in range(6)] == [True] * 5 + [False]
    assert not budget.take(1, 0.05)
    assert budget.take(1, 0.15)


def test_what_is_refused_costs_nothing() -> None:
    budget = Budget(10, 5)
    assert not budget.take(6, 0.0)
    assert budget.take(5, 0.0)


@given(st.lists(st.tuples(st.integers(1, 8), st.floats(0, 1)), max_size=100))
def test_never_more_than_burst_and_rate_allow(requests: list[tuple[int, float]]) -> None:
    budget, now, taken = Budget(10, 5), 0.0, 0
    for tokens, later in requests:
        now += later
        taken += tokens if budget.take(tokens, now) else 0
        assert taken <= 5 + 10 * now + 1e-6
