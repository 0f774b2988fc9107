"""The search: the whole model first where it is small enough, then large-neighbourhood improvement until the deadline.

The same seed walks the same way: steps are limited by CP-SAT's deterministic time, and the clock only decides how far
the walk gets. Each solution is costed by the evaluator before it is kept.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random
from time import monotonic

from ortools.sat.python import cp_model

from scheduling.engine import penalties
from scheduling.engine.cost import Cost, by_constraint, cost
from scheduling.engine.frame import Frame, Held
from scheduling.engine.model import Model, Region
from scheduling.engine.neighbourhoods import Neighbourhoods
from scheduling.engine.problem import Problem, Solution, unplaced

# Literals: a model of this size is built in seconds and takes some hundred megabytes.
WHOLE = 150_000
LEAST_ROOM, FIRST_ROOM, MOST_ROOM = 100, 600, 40_000
# Deterministic seconds of one step, and of the whole model.
STEP, FIRST = 0.2, 3.0
# Half of the steps begin from the timetable there is; the others from parts of it, to come by equally good ones.
WHOLE_HINTS, SOME_HINTS = 0.5, 0.6
# The share of steps that may trade one broken rule for another.
LOOSE = 0.2
# The share of steps that go where something required is broken, while anything is.
MEND = 0.5
SIDE_BY_SIDE = 2
# What building and reading a model may take beyond the solver's own limit.
SPARE = 0.3


@dataclass(frozen=True)
class Found:
    """The best solution; `bound` is a proven lower bound when there is one."""

    solution: Solution
    cost: Cost
    bound: Cost
    optimal: bool


Progress = Callable[[Found], bool]
"""Told of each better solution. Answers whether to go on."""


def search(problem: Problem, deadline: float, seed: int = 0, progress: Progress = lambda _: True) -> Found:
    """`deadline` is in seconds from now."""
    walk = _Walk(Frame(problem), monotonic() + deadline, seed, progress)
    walk.begin()
    walk.improve()
    return walk.best


class _Walk:
    def __init__(self, frame: Frame, end: float, seed: int, progress: Progress) -> None:
        self.frame, self.end, self.seed, self.progress = frame, end, seed, progress
        self.random = Random(seed)
        self.everything = frozenset(range(len(frame.problem.events)))
        start = unplaced(frame.problem)
        self.best = Found(start, cost(frame.problem, start), Cost(0, 0), optimal=False)
        self.stopped = False
        self._held = Held(frame, frozenset())

    @property
    def left(self) -> float:
        return self.end - monotonic() - SPARE

    @property
    def done(self) -> bool:
        return self.stopped or self.left <= 0 or self.best.optimal or self.best.cost <= self.best.bound

    def keep(self, solution: Solution, found: Cost) -> None:
        better = found < self.best.cost
        self.best = replace(self.best, solution=solution, cost=found, optimal=found <= self.best.bound)
        if better and not self.progress(self.best):
            self.stopped = True

    def hold(self) -> Held:
        """What holds now must hold after a step, for a lesson can be left without a time instead. Now and then nothing
        needs to hold while something required is broken, so that one fault may be traded for another."""
        costs = by_constraint(self.frame.problem, self.best.solution)
        kept = frozenset(index for index, (one, found) in enumerate(costs) if one.required and not found.hard)
        if kept != self.frame.all_required and self.random.random() < LOOSE:
            kept = frozenset()
        if kept != self._held.constraints:
            self._held = Held(self.frame, kept)
        return self._held

    def begin(self) -> None:
        """A first timetable in which all that is required holds, if the whole model finds one."""
        if sum(self.frame.sizes) > WHOLE:
            return
        held = Held(self.frame, self.frame.all_required)
        model = _model(self.frame, self.best, Region(self.everything), held)
        solver = _solver(self.seed, self.left, FIRST)
        solver.parameters.num_workers = 8
        solver.parameters.interleave_search = True
        status = solver.solve(model.cp, _Watch(self, model))
        if status == cp_model.OPTIMAL:
            self.best = replace(self.best, optimal=True, bound=self.best.cost)
        elif status == cp_model.FEASIBLE:
            self.best = replace(self.best, bound=Cost(0, max(0, round(solver.best_objective_bound))))

    def improve(self) -> None:
        ways = _Rooms(Neighbourhoods(self.frame))
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            while not self.done:
                chosen = [ways.choose(self) for _ in range(SIDE_BY_SIDE)]
                steps = [_Step(self, way, region) for way, region in chosen]
                for step, solved in zip(steps, threads.map(_Step.solve, steps), strict=True):
                    ways.learn(step.way, solved, better=self.accept(step, solved))

    def accept(self, step: "_Step", solved: "_Solved") -> bool:
        """Takes what moved into the best there is now; equal costs are taken too, to wander. True if it is better."""
        if not solved.solution or self.stopped:
            return False
        kept = [one for one in self.best.solution if one.event not in step.region.events]
        moved = [one for one in solved.solution if one.event in step.region.events]
        merged = tuple(sorted(kept + moved, key=lambda one: (one.event, one.time is None, one.time or 0)))
        found = cost(self.frame.problem, merged)
        better = found < self.best.cost
        if found <= self.best.cost:
            self.keep(merged, found)
        return better


@dataclass(frozen=True)
class _Solved:
    status: bool
    """The step was searched to its end."""
    solution: Solution


class _Step:
    """One neighbourhood of the timetable as it is now."""

    def __init__(self, walk: _Walk, way: int, region: Region) -> None:
        self.way, self.region, self.best = way, region, walk.best
        self.frame, self.left, self.seed = walk.frame, walk.left, walk.random.randrange(1 << 30)
        self.held = walk.hold()
        whole = walk.random.random() < WHOLE_HINTS
        self.hinted = [event for event in sorted(region.events) if whole or walk.random.random() < SOME_HINTS]
        self.linear = walk.random.randrange(3)

    def solve(self) -> _Solved:
        model = _model(self.frame, self.best, self.region, self.held)
        model.hint(self.best.solution, self.hinted)
        solver = _solver(self.seed, self.left, STEP)
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = self.linear
        status = solver.solve(model.cp)
        known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        return _Solved(status == cp_model.OPTIMAL, model.solution(self.best.solution, solver) if known else ())


class _Rooms:
    """How much room each way gets: more after steps that were searched to the end, less after those that were not."""

    def __init__(self, neighbourhoods: Neighbourhoods) -> None:
        self._ways = neighbourhoods.ways
        self._room = [FIRST_ROOM] * len(self._ways)

    def choose(self, walk: _Walk) -> tuple[int, Region]:
        way = walk.random.randrange(len(self._ways))
        if walk.best.cost.hard and walk.random.random() < MEND:
            way = Neighbourhoods.MENDING
        return way, self._ways[way](walk.random, walk.best.solution, self._room[way])

    def learn(self, way: int, solved: _Solved, better: bool) -> None:
        if not better:
            factor = 1.3 if solved.status else 0.8
            self._room[way] = int(min(max(self._room[way] * factor, LEAST_ROOM), MOST_ROOM))


class _Watch(cp_model.CpSolverSolutionCallback):
    """Keeps what the whole model finds, as it finds it."""

    def __init__(self, walk: _Walk, model: Model) -> None:
        super().__init__()
        self._walk, self._model = walk, model

    def on_solution_callback(self) -> None:
        solution = self._model.solution(self._walk.best.solution, self)
        found = cost(self._walk.frame.problem, solution)
        if found < self._walk.best.cost:
            self._walk.keep(solution, found)
        if self._walk.done:
            self.stop_search()


def _model(frame: Frame, best: Found, region: Region, held: Held) -> Model:
    model = Model(frame, best.solution, region, held)
    penalties.add_all(model)
    model.minimise(best.cost)
    return model


def _solver(seed: int, seconds: float, deterministic: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.max_deterministic_time = deterministic
    return solver
