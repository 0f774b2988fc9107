import pytest

from scheduling.engine.cost import Cost, by_constraint, cost
from scheduling.formats import xhstt
from tests.scheduling.engine.instance import BY_HAND, archive


@pytest.mark.parametrize("kind", BY_HAND)
def test_a_constraint_costs_what_was_counted_by_hand(kind: str) -> None:
    [solved] = xhstt.read(archive(kind, weight=3)).solutions

    assert cost(solved.problem, solved.solution) == Cost(3 * BY_HAND[kind][2], 0)


def test_what_is_not_required_costs_softly() -> None:
    [solved] = xhstt.read(archive("AssignTime", required=False)).solutions

    assert cost(solved.problem, solved.solution) == Cost(0, 1)


@pytest.mark.parametrize(("function", "expected"), [("Linear", 7), ("Quadratic", 25 + 4), ("Step", 2)])
def test_the_function_is_of_each_resource_alone(function: str, expected: int) -> None:
    [solved] = xhstt.read(archive("LimitWorkload", function=function)).solutions

    assert cost(solved.problem, solved.solution) == Cost(expected, 0)


def test_a_spread_over_several_spans_is_one_deviation() -> None:
    [solved] = xhstt.read(archive("SpreadEvents", function="Quadratic")).solutions

    assert cost(solved.problem, solved.solution) == Cost(4, 0)


def test_costs_are_told_by_constraint() -> None:
    [solved] = xhstt.read(archive("AssignTime", "LinkEvents")).solutions

    found = {constraint.id: each for constraint, each in by_constraint(solved.problem, solved.solution)}

    assert found == {"AssignTime": Cost(1, 0), "LinkEvents": Cost(3, 0)}
