"""The walk compiled from C counts what the evaluator counts, whatever it moves, and walks alike for a seed."""

import pytest

from scheduling.engine.anneal import Annealing
from scheduling.engine.compiled import WIDEST, Walk, library, walk
from scheduling.engine.cost import cost
from scheduling.engine.frame import Frame
from scheduling.engine.problem import Problem, unplaced
from scheduling.formats import xhstt
from tests.scheduling.engine.instance import BY_HAND, archive

CUTS = "DistributeSplitEvents"


def walking(problem: Problem, seed: int = 7) -> Walk:
    if library() is None:
        pytest.skip("made without a compiler: the walk in Python has tests of its own")
    annealing = Annealing(Frame(problem), seed, fast=False)
    found = walk(Frame(problem), annealing.tally, annealing.moves, seed)
    assert found
    annealing.begin(unplaced(problem))
    found.load(annealing.pieces.solution())
    return found


@pytest.mark.parametrize("function", ["Linear", "Quadratic", "Step"])
@pytest.mark.parametrize("kind", BY_HAND)
def test_after_any_move_the_cost_is_the_evaluators(kind: str, function: str) -> None:
    [problem] = xhstt.read(archive(*dict.fromkeys((kind, CUTS)), function=function, required=False)).problems
    found = walking(problem)

    seen = set()
    for number in range(300):
        before = found.cost
        found.draw(kept=number % 3 > 0)
        assert number % 3 or found.cost == before
        assert found.cost == cost(problem, found.now())
        seen.add(found.cost)

    assert len(seen) > 1


def test_each_event_lasts_as_long_as_before_and_keeps_what_the_problem_gives() -> None:
    [problem] = xhstt.read(archive(*BY_HAND)).problems
    found = walking(problem)

    for _ in range(300):
        found.draw(kept=True)
        lessons = found.now()
        for index, event in enumerate(problem.events):
            mine = [one for one in lessons if one.event == index]
            assert sum(one.duration for one in mine) == event.duration
            given = [need.resource for need in event.needs]
            assert all(want in (None, has) for one in mine for want, has in zip(given, one.resources, strict=True))


def test_it_remembers_the_best_it_came_by() -> None:
    [problem] = xhstt.read(archive(*BY_HAND, required=False)).problems
    found = walking(problem)
    begun = found.cost

    found.weigh(1)
    found.forget()
    found.cool(5000, 5.0, 0.1)

    assert cost(problem, found.best()) < begun
    assert cost(problem, found.best()) <= found.cost


def test_the_same_seed_walks_the_same_way() -> None:
    [problem] = xhstt.read(archive(*BY_HAND, required=False)).problems

    found = [Annealing(Frame(problem), seed=5).run(unplaced(problem), 20_000, 1.0, lambda: True) for _ in range(2)]

    assert found[0] == found[1]


def test_a_day_of_more_times_than_bits_is_left_to_python() -> None:
    [problem] = xhstt.read(archive("LimitIdleTimes")).problems
    annealing = Annealing(Frame(problem), seed=1)
    assert annealing.fast == (library() is not None)

    annealing.tally.widest = WIDEST + 1

    assert walk(Frame(problem), annealing.tally, annealing.moves, 1) is None
