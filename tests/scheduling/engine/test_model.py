"""The model says of a solution what the evaluator says, though they share no formula."""

from random import Random

import pytest
from ortools.sat.python import cp_model

from scheduling.engine import penalties
from scheduling.engine.cost import Cost, cost
from scheduling.engine.frame import Frame, Held
from scheduling.engine.model import Model, Region
from scheduling.engine.problem import Problem, Solution, unplaced
from scheduling.formats import xhstt
from tests.scheduling.engine.instance import BY_HAND, archive

# Tells lessons of several durations from each other, so that events are cut in all ways.
CUTS = "DistributeSplitEvents"


@pytest.mark.parametrize(("function", "required"), [("Linear", True), ("Quadratic", False), ("Step", False)])
@pytest.mark.parametrize("kind", BY_HAND)
def test_any_timetable_costs_the_same_in_the_model(kind: str, function: str, required: bool) -> None:
    kinds = dict.fromkeys((kind, CUTS))
    [problem] = xhstt.read(archive(*kinds, function=function, required=required)).problems
    for seed in range(2):
        solution, objective = _drawn(problem, Random(seed))
        found = cost(problem, solution)

        assert (found.hard * 100 + found.soft if required else found.soft) == objective


@pytest.mark.parametrize("kind", BY_HAND)
def test_what_must_hold_costs_nothing(kind: str) -> None:
    [problem] = xhstt.read(archive(kind)).problems
    model = _model(problem, frozenset({0}))
    solver = cp_model.CpSolver()

    if solver.solve(model.cp) == cp_model.OPTIMAL:
        assert cost(problem, model.solution(unplaced(problem), solver)) == Cost(0, 0)
    else:
        assert kind in {"SplitEvents", "LimitWorkload"}  # C is shorter than two; A alone is more work than one


def _drawn(problem: Problem, random: Random) -> tuple[Solution, float]:
    """A timetable drawn by chance, and its cost in the model once nothing of it can move."""
    model = _model(problem, frozenset())
    parts = [part for parts in model.parts for part in parts]
    every = [
        one for part in parts for one in (part.literal, *(one for takers in part.given for one in takers.values()))
    ]
    literals = [one for one in every if not isinstance(one, int)]
    model.cp.minimize(cp_model.LinearExpr.weighted_sum(literals, [random.randrange(-5, 5) for _ in literals]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    solution = model.solution(unplaced(problem), solver)
    for literal in literals:
        model.cp.add(literal == solver.value(literal))
    model.cp.minimize(model.objective)
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    return solution, solver.objective_value


def _model(problem: Problem, held: frozenset[int]) -> Model:
    frame, start = Frame(problem), unplaced(problem)
    model = Model(frame, start, Region(frozenset(range(len(problem.events)))), Held(frame, held))
    penalties.add_all(model)
    model.minimise(Cost(0, 0))
    return model
