"""What a solution costs. Independent of the solver: it counts lessons, and shares no formula with the model.

One function a constraint kind, yielding a deviation for each point the constraint applies to (an event, a group, a pair
or a resource). A point costs weight x function(deviation), hard when the constraint is required
(HSEval's definitions, J. Kingston, "The HSEval High School Timetable Evaluator").
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any

from scheduling.engine import problem as p


@dataclass(frozen=True, order=True)
class Cost:
    """Lower is better, and no soft cost outweighs a hard one."""

    hard: int
    soft: int

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.hard + other.hard, self.soft + other.soft)

    def __str__(self) -> str:
        return f"({self.hard}, {self.soft})"


class Schedule:
    """A solution seen from its events and from its resources."""

    def __init__(self, problem: p.Problem, solution: p.Solution) -> None:
        self.problem = problem
        self.lessons: list[list[p.Lesson]] = [[] for _ in problem.events]
        for lesson in solution:
            self.lessons[lesson.event].append(lesson)

    @cached_property
    def busy(self) -> dict[int, Counter[int]]:
        """For each resource the times at which it has lessons, with their number."""
        found: dict[int, Counter[int]] = defaultdict(Counter)
        for lesson in self._all():
            for resource in lesson.resources:
                if resource is not None:
                    found[resource].update(running(lesson))
        return found

    @cached_property
    def workload(self) -> dict[int, Fraction]:
        found: dict[int, Fraction] = defaultdict(Fraction)
        for lesson in self._all():
            event = self.problem.events[lesson.event]
            for need, resource in zip(event.needs, lesson.resources, strict=True):
                if resource is not None:
                    found[resource] += need.workload * lesson.duration / event.duration
        return found

    def with_role(self, event: int, role: str) -> Iterator[tuple[p.Lesson, int | None]]:
        """The event's lessons with what has this role in them; nothing if the event has no such place."""
        for place, need in enumerate(self.problem.events[event].needs):
            if need.role == role:
                yield from ((lesson, lesson.resources[place]) for lesson in self.lessons[event])

    def _all(self) -> Iterator[p.Lesson]:
        for lessons in self.lessons:
            yield from lessons


def running(lesson: p.Lesson) -> range:
    return range(0) if lesson.time is None else range(lesson.time, lesson.time + lesson.duration)


def cost(problem: p.Problem, solution: p.Solution) -> Cost:
    return sum((each for _, each in by_constraint(problem, solution)), Cost(0, 0))


def by_constraint(problem: p.Problem, solution: p.Solution) -> Iterator[tuple[p.Constraint, Cost]]:
    schedule = Schedule(problem, solution)
    for constraint in problem.constraints:
        total = constraint.weight * sum(map(constraint.function.of, deviations(schedule, constraint)))
        yield constraint, Cost(total, 0) if constraint.required else Cost(0, total)


def deviations(schedule: Schedule, constraint: p.Constraint) -> Iterator[int]:
    return DEVIATIONS[type(constraint)](schedule, constraint)


def assign_resource(schedule: Schedule, constraint: p.AssignResource) -> Iterator[int]:
    for event in constraint.events:
        given = schedule.with_role(event, constraint.role)
        yield sum(lesson.duration for lesson, resource in given if resource is None)


def assign_time(schedule: Schedule, constraint: p.AssignTime) -> Iterator[int]:
    for event in constraint.events:
        yield sum(lesson.duration for lesson in schedule.lessons[event] if lesson.time is None)


def split_events(schedule: Schedule, constraint: p.SplitEvents) -> Iterator[int]:
    for event in constraint.events:
        lessons = schedule.lessons[event]
        wrong = sum(constraint.durations.deviation(lesson.duration) > 0 for lesson in lessons)
        yield wrong + constraint.amounts.deviation(len(lessons))


def distribute_split_events(schedule: Schedule, constraint: p.DistributeSplitEvents) -> Iterator[int]:
    for event in constraint.events:
        count = sum(lesson.duration == constraint.duration for lesson in schedule.lessons[event])
        yield constraint.limits.deviation(count)


def prefer_resources(schedule: Schedule, constraint: p.PreferResources) -> Iterator[int]:
    for event in constraint.events:
        given = schedule.with_role(event, constraint.role)
        yield sum(lesson.duration for lesson, one in given if one is not None and one not in constraint.resources)


def prefer_times(schedule: Schedule, constraint: p.PreferTimes) -> Iterator[int]:
    for event in constraint.events:
        meant = (one for one in schedule.lessons[event] if constraint.duration in (None, one.duration))
        yield sum(one.duration for one in meant if one.time is not None and one.time not in constraint.times)


def avoid_split_assignments(schedule: Schedule, constraint: p.AvoidSplitAssignments) -> Iterator[int]:
    for group in constraint.groups:
        given = {one for event in group for _, one in schedule.with_role(event, constraint.role)}
        yield max(0, len(given - {None}) - 1)


def spread_events(schedule: Schedule, constraint: p.SpreadEvents) -> Iterator[int]:
    for group in constraint.groups:
        starts = [lesson.time for event in group for lesson in schedule.lessons[event]]
        yield sum(limits.deviation(sum(start in span for start in starts)) for span, limits in constraint.spans)


def link_events(schedule: Schedule, constraint: p.LinkEvents) -> Iterator[int]:
    for group in constraint.groups:
        times = [{time for lesson in schedule.lessons[event] for time in running(lesson)} for event in group]
        yield len(set[int]().union(*times)) - len(times[0].intersection(*times)) if times else 0


def order_events(schedule: Schedule, constraint: p.OrderEvents) -> Iterator[int]:
    for first, second, limits in constraint.pairs:
        lessons = schedule.lessons[first] + schedule.lessons[second]
        if any(lesson.time is None for lesson in lessons):
            yield 0
        else:
            end = max(running(lesson).stop for lesson in schedule.lessons[first])
            yield limits.deviation(min(running(lesson).start for lesson in schedule.lessons[second]) - end)


def avoid_clashes(schedule: Schedule, constraint: p.AvoidClashes) -> Iterator[int]:
    for resource in constraint.resources:
        yield sum(count - 1 for count in schedule.busy[resource].values())


def avoid_unavailable_times(schedule: Schedule, constraint: p.AvoidUnavailableTimes) -> Iterator[int]:
    for resource in constraint.resources:
        yield sum(time in constraint.times for time in schedule.busy[resource])


def limit_idle_times(schedule: Schedule, constraint: p.LimitIdleTimes) -> Iterator[int]:
    for resource in constraint.resources:
        busy = schedule.busy[resource]
        yield constraint.limits.deviation(sum(_idle([time in busy for time in span]) for span in constraint.spans))


def cluster_busy_times(schedule: Schedule, constraint: p.ClusterBusyTimes) -> Iterator[int]:
    for resource in constraint.resources:
        busy = schedule.busy[resource]
        yield constraint.limits.deviation(sum(any(time in busy for time in span) for span in constraint.spans))


def limit_busy_times(schedule: Schedule, constraint: p.LimitBusyTimes) -> Iterator[int]:
    for resource in constraint.resources:
        busy = schedule.busy[resource]
        counts = [sum(time in busy for time in span) for span in constraint.spans]
        yield sum(constraint.limits.deviation(count) for count in counts if count)


def limit_workload(schedule: Schedule, constraint: p.LimitWorkload) -> Iterator[int]:
    for resource in constraint.resources:
        load = schedule.workload[resource]
        yield max(ceil(constraint.limits.least - load), ceil(load - constraint.limits.most), 0)


def _idle(busy: list[bool]) -> int:
    """Free places between the first and the last busy one."""
    if True not in busy:
        return 0
    last = len(busy) - busy[::-1].index(True)
    return busy[busy.index(True) : last].count(False)


DEVIATIONS: dict[type[p.Constraint], Callable[[Schedule, Any], Iterator[int]]] = {
    p.AssignResource: assign_resource,
    p.AssignTime: assign_time,
    p.SplitEvents: split_events,
    p.DistributeSplitEvents: distribute_split_events,
    p.PreferResources: prefer_resources,
    p.PreferTimes: prefer_times,
    p.AvoidSplitAssignments: avoid_split_assignments,
    p.SpreadEvents: spread_events,
    p.LinkEvents: link_events,
    p.OrderEvents: order_events,
    p.AvoidClashes: avoid_clashes,
    p.AvoidUnavailableTimes: avoid_unavailable_times,
    p.LimitIdleTimes: limit_idle_times,
    p.ClusterBusyTimes: cluster_busy_times,
    p.LimitBusyTimes: limit_busy_times,
    p.LimitWorkload: limit_workload,
}
