"""What a search has found so far, and how long it may go on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from scheduling.engine.cost import Cost, cost
from scheduling.engine.problem import Problem, Solution, unplaced

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


class Watch:
    def __init__(self, problem: Problem, deadline: float, progress: Progress) -> None:
        self._problem, self._end, self._progress = problem, monotonic() + deadline, progress
        start = unplaced(problem)
        self.best = Found(start, cost(problem, start), Cost(0, 0), optimal=False)
        self.stopped = False

    @property
    def left(self) -> float:
        return self._end - monotonic() - SPARE

    @property
    def done(self) -> bool:
        return self.stopped or self.left <= 0 or self.best.optimal or self.best.cost <= self.best.bound

    def offer(self, solution: Solution) -> None:
        self.keep(solution, cost(self._problem, solution))

    def keep(self, solution: Solution, found: Cost) -> None:
        """`found` is what the evaluator says of it."""
        if found < self.best.cost:
            optimal = found <= self.best.bound
            self.best = replace(self.best, solution=solution, cost=found, optimal=optimal)
            if not self._progress(self.best):
                self.stopped = True

    def proven(self, bound: Cost) -> None:
        self.best = replace(self.best, bound=bound, optimal=self.best.cost <= bound)
