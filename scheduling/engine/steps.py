"""Large-neighbourhood steps: a part of the timetable is freed and CP-SAT finds the best for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from ortools.sat.python import cp_model

from scheduling.engine import penalties
from scheduling.engine.cost import Cost, by_constraint, cost
from scheduling.engine.frame import Frame, Held
from scheduling.engine.model import Model, Region
from scheduling.engine.neighbourhoods import Neighbourhoods
from scheduling.engine.problem import Problem, Solution
from scheduling.engine.watch import Watch

LEAST_ROOM, FIRST_ROOM, MOST_ROOM = 100, 600, 40_000
# Deterministic seconds of one step.
STEP = 0.2
# Half of the steps begin from the timetable there is; the others from parts of it, to come by equally good ones.
WHOLE_HINTS, SOME_HINTS = 0.5, 0.6
# The share of steps that may trade one broken rule for another.
LOOSE = 0.2
# The share of steps that go where something required is broken, while anything is.
MEND = 0.5
SIDE_BY_SIDE = 2
# Rounds without success that are always allowed.
LEAST_IDLE = 6


class Steps:
    """Walks from one timetable to others that are no worse."""

    def __init__(self, frame: Frame, watch: Watch, seed: int) -> None:
        self.frame, self.watch, self.random = frame, watch, Random(seed)
        self._rooms = _Rooms(Neighbourhoods(frame))
        self._held = Held(frame, frozenset())
        self.now: Solution = ()
        self.cost = Cost(0, 0)

    def walk(self, begin: Solution, rounds: int) -> None:
        """So many rounds, fewer when a sixth of them, one after another, brings nothing better."""
        self.now, self.cost = begin, cost(self.frame.problem, begin)
        idle, most = 0, max(LEAST_IDLE, rounds // 6)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            for _ in range(rounds):
                if idle >= most or self.watch.done:
                    break
                idle = 0 if self._round(threads) else idle + 1

    def _round(self, threads: ThreadPoolExecutor) -> bool:
        chosen = [self._rooms.choose(self) for _ in range(SIDE_BY_SIDE)]
        steps = [_Step(self, way, region) for way, region in chosen]
        any_better = False
        for step, solved in zip(steps, threads.map(_Step.solve, steps), strict=True):
            better = self._accept(step, solved)
            any_better = any_better or better
            self._rooms.learn(step.way, solved, better=better)
        return any_better

    def hold(self) -> Held:
        """What holds now must hold after a step, for a lesson can be left without a time instead. Now and then nothing
        needs to hold while something required is broken, so that one fault may be traded for another."""
        kept = holding(self.frame.problem, self.now)
        if kept != self.frame.all_required and self.random.random() < LOOSE:
            kept = frozenset()
        if kept != self._held.constraints:
            self._held = Held(self.frame, kept)
        return self._held

    def _accept(self, step: "_Step", solved: "_Solved") -> bool:
        """Takes what moved into the timetable as it is now; equal costs are taken too, to wander. True if it is
        better."""
        if not solved.solution or self.watch.stopped:
            return False
        kept = [one for one in self.now if one.event not in step.region.events]
        moved = [one for one in solved.solution if one.event in step.region.events]
        merged = tuple(sorted(kept + moved, key=lambda one: (one.event, one.time is None, one.time or 0)))
        found = cost(self.frame.problem, merged)
        if found > self.cost:
            return False
        better = found < self.cost
        self.now, self.cost = merged, found
        self.watch.keep(merged, found)
        return better


def holding(problem: Problem, solution: Solution) -> frozenset[int]:
    """The required constraints that hold."""
    costs = by_constraint(problem, solution)
    return frozenset(index for index, (one, found) in enumerate(costs) if one.required and not found.hard)


@dataclass(frozen=True)
class _Solved:
    status: bool
    """The step was searched to its end."""
    solution: Solution


class _Step:
    """One neighbourhood of the timetable as it is now."""

    def __init__(self, steps: Steps, way: int, region: Region) -> None:
        self.way, self.region, self.now, self.cost = way, region, steps.now, steps.cost
        self.frame, self.left, self.seed = steps.frame, steps.watch.left, steps.random.randrange(1 << 30)
        self.held = steps.hold()
        whole = steps.random.random() < WHOLE_HINTS
        self.hinted = [event for event in sorted(region.events) if whole or steps.random.random() < SOME_HINTS]
        self.linear = steps.random.randrange(3)

    def solve(self) -> _Solved:
        model = build(self.frame, self.now, self.cost, self.region, self.held)
        model.hint(self.now, self.hinted)
        solver = limited(self.seed, self.left, STEP)
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = self.linear
        status = solver.solve(model.cp)
        known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        return _Solved(status == cp_model.OPTIMAL, model.solution(self.now, solver) if known else ())


class _Rooms:
    """How much room each way gets: more after steps that were searched to the end, less after those that were not."""

    def __init__(self, neighbourhoods: Neighbourhoods) -> None:
        self._ways = neighbourhoods.ways
        self._room = [FIRST_ROOM] * len(self._ways)

    def choose(self, steps: Steps) -> tuple[int, Region]:
        way = steps.random.randrange(len(self._ways))
        if steps.cost.hard and steps.random.random() < MEND:
            way = Neighbourhoods.MENDING
        return way, self._ways[way](steps.random, steps.now, self._room[way])

    def learn(self, way: int, solved: _Solved, better: bool) -> None:
        if not better:
            factor = 1.3 if solved.status else 0.8
            self._room[way] = int(min(max(self._room[way] * factor, LEAST_ROOM), MOST_ROOM))


def build(frame: Frame, now: Solution, at: Cost, region: Region, held: Held) -> Model:
    model = Model(frame, now, region, held)
    penalties.add_all(model)
    model.minimise(at)
    return model


def limited(seed: int, seconds: float, deterministic: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.max_deterministic_time = deterministic
    return solver
