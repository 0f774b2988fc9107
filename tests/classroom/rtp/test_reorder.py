from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp.reorder import Reorder


@given(st.permutations(range(20)))
def test_numbers_come_out_in_order_whatever_order_they_came_in(order: list[int]) -> None:
    line: Reorder[int] = Reorder(1.0)
    line.put(-1, -1, 0.0)
    found = []
    for number in order:
        line.put(number, number, 0.5)
        found += list(line.take(0.5))
    assert found == [(number, False) for number in range(-1, 20)]


def test_a_missing_one_is_waited_for_and_then_given_up() -> None:
    line: Reorder[str] = Reorder(1.0)
    line.put(1, "a", 0.0)
    line.put(3, "c", 0.0)
    assert list(line.take(0.9)) == [("a", False)]
    assert list(line.take(1.0)) == [("c", True)]
    line.put(2, "b", 1.1)
    assert list(line.take(9.0)) == []


def test_what_was_left_out_is_not_missed() -> None:
    line: Reorder[str] = Reorder(1.0)
    line.put(1, "a", 0.0)
    line.put(2, None, 0.0)
    line.put(3, "c", 0.0)
    assert list(line.take(0.0)) == [("a", False), ("c", False)]


def test_a_loss_before_what_carries_nothing_is_told_with_the_next_one() -> None:
    line: Reorder[str] = Reorder(1.0)
    line.put(1, "a", 0.0)
    line.put(3, None, 0.0)
    line.put(4, "d", 0.0)
    assert list(line.take(2.0)) == [("a", False), ("d", True)]


def test_a_loss_is_told_even_when_the_next_one_comes_later() -> None:
    line: Reorder[str] = Reorder(1.0)
    line.put(1, "a", 0.0)
    line.put(3, None, 0.0)
    assert list(line.take(2.0)) == [("a", False)]
    line.put(4, "d", 2.0)
    assert list(line.take(2.0)) == [("d", True)]
