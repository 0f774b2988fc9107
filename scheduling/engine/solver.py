"""The search: a little annealing; the whole model where it is small enough; then rounds of annealing, each twice as
long as the one before up to a limit, and of large-neighbourhood steps from what that found, until the deadline.

The same seed walks the same way: annealing is limited by moves, steps by CP-SAT's deterministic time, and the clock
only decides how far the walk gets. Each solution is costed by the evaluator before it is kept.
"""

from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter

from ortools.sat.python import cp_model

from scheduling.engine.anneal import Annealing
from scheduling.engine.cost import Cost, cost
from scheduling.engine.frame import Frame, Held
from scheduling.engine.model import Model, Region
from scheduling.engine.problem import Problem, Solution
from scheduling.engine.steps import Steps, build, limited
from scheduling.engine.watch import Found, Progress, Watch

# Literals: beyond, the whole model takes its time without finding anything.
WHOLE = 20_000
# Deterministic seconds of the whole model.
FIRST = 1.0
# Moves of the first annealing for each time that something lasts, and how many times as many go for the compiled walk.
MOVES, FASTER = 300, 30
# How many times as long annealing gets: then another run finds more than a longer one, which the deadline would cut.
LONGEST = 16
# How many moves (FASTER times as many) go for one round of steps. While rules are broken annealing is the faster way.
MOVES_A_ROUND, MOVES_A_ROUND_WHOLE = 12_000, 8_000
# Side by side: from the best there is one melts, to look elsewhere, and one is only heated, to look near it.
HEATS = (1.0, 0.6)


def search(problem: Problem, deadline: float, seed: int = 0, progress: Progress = lambda _: True) -> Found:
    """`deadline` is in seconds from now."""
    frame, watch = Frame(problem), Watch(problem, deadline, progress)
    annealings = _Annealings(frame, watch, seed)
    annealings.run()
    if not watch.done:
        _whole(frame, watch, seed)
    steps = Steps(frame, watch, seed)
    while not watch.done:
        best, at = annealings.run()
        steps.walk(best, 1 + annealings.moves // (MOVES_A_ROUND if at.hard else MOVES_A_ROUND_WHOLE))
        annealings.lengthen()
    return watch.best


class _Annealings:
    """Side by side, each with chances of its own."""

    def __init__(self, frame: Frame, watch: Watch, seed: int) -> None:
        self._problem, self._watch = frame.problem, watch
        self._lanes = [Annealing(frame, seed * len(HEATS) + lane) for lane in range(len(HEATS))]
        self._faster = FASTER if self._lanes[0].fast else 1
        self.moves = MOVES * sum(event.duration for event in frame.problem.events)
        """Of the next run; FASTER times as many if it is compiled."""
        self._most = LONGEST * self.moves

    def lengthen(self) -> None:
        self.moves = min(2 * self.moves, self._most)

    def run(self) -> tuple[Solution, Cost]:
        """The best that came of it, be it worse than what there was."""
        begin, moves = self._watch.best.solution, self.moves * self._faster
        with ThreadPoolExecutor(len(self._lanes)) as threads:
            runs = [
                threads.submit(lane.run, begin, moves, heat, lambda: not self._watch.done)
                for lane, heat in zip(self._lanes, HEATS, strict=True)
            ]
            found = [run.result() for run in runs]
        at, best = min(((cost(self._problem, one), one) for one in found), key=itemgetter(0))
        self._watch.keep(best, at)
        return best, at


def _whole(frame: Frame, watch: Watch, seed: int) -> None:
    """A timetable in which all that is required holds, and a bound, if the whole model finds them."""
    if sum(frame.sizes) > WHOLE:
        return
    held = Held(frame, frame.all_required)
    everything = Region(frozenset(range(len(frame.problem.events))))
    model = build(frame, watch.best.solution, watch.best.cost, everything, held)
    # Without a hint: with one, CP-SAT 9.15 aborts where interleaved search meets a model without a solution.
    solver = limited(seed, watch.left, FIRST)
    solver.parameters.num_workers = 8
    solver.parameters.interleave_search = True
    status = solver.solve(model.cp, _Listener(watch, model))
    if status == cp_model.OPTIMAL:
        watch.proven(watch.best.cost)
    elif status == cp_model.FEASIBLE:
        watch.proven(Cost(0, max(0, round(solver.best_objective_bound))))


class _Listener(cp_model.CpSolverSolutionCallback):
    """Offers what the whole model finds, as it finds it."""

    def __init__(self, watch: Watch, model: Model) -> None:
        super().__init__()
        self._watch, self._model = watch, model

    def on_solution_callback(self) -> None:
        self._watch.offer(self._model.solution(self._watch.best.solution, self))
        if self._watch.done:
            self.stop_search()
