"""Solves the delivery problem: each group of courses that share anything is a problem of its own, one after the other.

A greedy timetable is there within seconds; CP-SAT improves each group and proves how good it is. Small groups are
solved alike each time. In large ones CP-SAT's ways race each other: a seed fixes what is proven, not which of equally
good timetables comes first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from ortools.sat.python import cp_model

from scheduling.delivery.greedy import greedy
from scheduling.delivery.hard import kbits
from scheduling.delivery.model import DeliveryModel, Switches
from scheduling.delivery.rules import RULES, Fault, Timetable
from scheduling.delivery.slots import Places, taking
from scheduling.model import Course, Id, Placement, Week

# CP-SAT's ways of searching side by side; groups up to `ALONE` courses need one only, and are solved alike each time.
WORKERS, ALONE = 6, 40
# Share of the time in which every group is solved once; the rest is for those without a proof.
FIRST_ROUND = 0.4
GOOD_ENOUGH = 0.001
# The hard rules that depend on when lessons are; each timetable is held against them before it is kept.
TIMED = ("H1", "H2", "H4", "H5")


@dataclass(frozen=True)
class Draft:
    """`cost` is the solver's, left-out lessons included; `bound` is proven. `left_out` counts lessons by course."""

    placements: tuple[Placement, ...]
    cost: float
    bound: float
    left_out: dict[Id, int]

    @property
    def gap(self) -> float:
        return 0.0 if self.cost <= self.bound else (self.cost - self.bound) / self.cost


Progress = Callable[[Draft], bool]
"""Told of each better draft; answers whether to go on."""


def groups(places: Places) -> list[tuple[Course, ...]]:
    """Courses that share a teacher, class, room, line or relay, directly or by others; the largest group first."""
    leader: dict[Id, Id] = {}

    def find(who: Id) -> Id:
        while leader.setdefault(who, who) != who:
            leader[who] = leader[leader[who]]
            who = leader[who]
        return who

    for course in places.week.courses:
        for who in (*taking(course), *_tight(places, course)):
            leader[find(who)] = find(course.id)
    found: dict[Id, list[Course]] = defaultdict(list)
    for course in places.week.courses:
        found[find(course.id)].append(course)
    return sorted((tuple(group) for group in found.values()), key=len, reverse=True)


def _tight(places: Places, course: Course) -> Iterable[Id]:
    return (f"{kind} {who}" for (kind, who), _ in kbits(places, course))


def solve(
    week: Week,
    deadline: float,
    seed: int = 0,
    switches: Switches | None = None,
    progress: Progress = lambda _: True,
    start: Sequence[Placement] = (),
) -> Draft:
    """`deadline` is in seconds from now; `start` is a draft to begin from."""
    return Solving(Places(week), monotonic() + deadline, seed, switches or Switches(), progress).run(start)


class Solving:
    """`run` searches in the calling thread; `stop` may be called from any other, more than once: `run` then returns the
    best so far."""

    def __init__(self, places: Places, end: float, seed: int, switches: Switches, progress: Progress) -> None:
        self.places, self.end, self.seed, self.switches, self.progress = places, end, seed, switches, progress
        self.groups = [_Group(self, group) for group in groups(places)]
        self.stopped = False
        self.solver: cp_model.CpSolver | None = None

    def stop(self) -> None:
        self.stopped = True
        if self.solver is not None:
            self.solver.stop_search()

    def run(self, start: Sequence[Placement]) -> Draft:
        for group in self.groups:
            mine = {course.id for course in group.courses}
            group.begin([one for one in start if one.course in mine])
        self.tell()
        total = sum(len(group.courses) for group in self.groups) or 1
        first = (self.end - monotonic()) * FIRST_ROUND
        for group in sorted(self.groups, key=_Group.complete):
            group.improve(first * len(group.courses) / total)
        while unproven := self._unproven():
            left, weight = self.end - monotonic(), sum(len(one.courses) for one in unproven)
            for group in unproven:
                group.improve(left * len(group.courses) / weight)
        return self.draft()

    def _unproven(self) -> "list[_Group]":
        if self.stopped or self.end - monotonic() < 1:
            return []
        return [one for one in self.groups if one.cost - one.bound > GOOD_ENOUGH * max(1.0, one.cost)]

    def draft(self) -> Draft:
        placements = tuple(one for group in self.groups for one in group.placements)
        count: dict[Id, int] = defaultdict(int)
        for one in placements:
            count[one.course] += 1
        missing = {one.id: one.weekly - count[one.id] for one in self.places.week.courses if one.weekly > count[one.id]}
        return Draft(placements, sum(g.cost for g in self.groups), sum(g.bound for g in self.groups), missing)

    def tell(self) -> None:
        if not self.progress(self.draft()):
            self.stopped = True


class _Group:
    """One connected part of the problem, with its model."""

    def __init__(self, solving: Solving, courses: tuple[Course, ...]) -> None:
        self.solving, self.courses = solving, courses
        self.places = Places(replace(solving.places.week, courses=courses, locked=(), published=()))
        self.placements: tuple[Placement, ...] = ()
        self.cost, self.bound = float("inf"), 0.0
        self.model = DeliveryModel(solving.places, courses, switches=solving.switches)

    def begin(self, start: Sequence[Placement]) -> None:
        self.placements = self._without_faults(tuple(start) or greedy(self.model))
        self.cost = self.model.cost(self.placements)

    def complete(self) -> bool:
        return len(self.placements) == sum(one.weekly for one in self.courses)

    def _without_faults(self, placements: tuple[Placement, ...]) -> tuple[Placement, ...]:
        """Leaves out lessons until nothing hard is broken but their number."""
        kept = placements
        while found := self.broken(kept):
            blamed = found[0].courses[-1]
            last = next((one for one in reversed(kept) if one.course == blamed and not self._locked(one)), None)
            if last is None:
                return tuple(one for one in kept if self._locked(one))
            kept = tuple(one for one in kept if one is not last)
        return kept

    def _locked(self, placement: Placement) -> bool:
        locked = self.solving.places.week.locked
        return any(one.course == placement.course and one.interval == placement.interval for one in locked)

    def broken(self, placements: tuple[Placement, ...]) -> list[Fault]:
        """What the rules, not the model, find wrong."""
        off = self.solving.switches.off
        timetable = Timetable(self.places, placements)
        return [fault for id in TIMED if id not in off for fault in RULES[id].find(timetable)]

    def improve(self, seconds: float) -> None:
        left = min(seconds, self.solving.end - monotonic())
        if self.solving.stopped or left <= 0:
            return
        self.model.hint(self.placements)
        solver = self.solving.solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1 if len(self.courses) <= ALONE else WORKERS
        solver.parameters.random_seed = self.solving.seed
        solver.parameters.max_time_in_seconds = left
        status = solver.solve(self.model.cp, _Watch(self))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.bound = max(self.bound, solver.best_objective_bound)

    def keep(self, placements: tuple[Placement, ...], cost: float) -> None:
        if cost < self.cost and not self.broken(placements):
            self.placements, self.cost = placements, cost
            self.solving.tell()


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, group: _Group) -> None:
        super().__init__()
        self._group = group

    def on_solution_callback(self) -> None:
        self._group.bound = max(self._group.bound, self.best_objective_bound)
        self._group.keep(self._group.model.placements(self), self.objective_value)
        if self._group.solving.stopped:
            self.stop_search()
