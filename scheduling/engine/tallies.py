"""Each constraint kind in the tally: one function, which says what its points count and what that costs."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import lcm
from typing import Any

from scheduling.engine import problem as p
from scheduling.engine.frame import Frame
from scheduling.engine.measures import (
    BEYOND_ONE,
    DIGITS,
    HIGHEST,
    IDLE,
    LOWEST,
    POSITIVE,
    Kind,
    Measure,
    deviation,
)
from scheduling.engine.tally import Of, Tally


def tally(frame: Frame) -> Tally:
    """Of the empty timetable, in which no event has a lesson yet."""
    found = Tally(frame)
    for constraint in frame.problem.constraints:
        TALLIES[type(constraint)](found, constraint)
    found.build()
    return found


def _places(tally: Tally, event: int, role: str) -> Iterator[tuple[int, tuple[int | None, ...]]]:
    """The event's places of the role, each with all who may take it."""
    for place, need in enumerate(tally.frame.problem.events[event].needs):
        if need.role == role:
            open_to = (None, *tally.frame.candidates(event, need))
            yield place, open_to if need.resource is None else (need.resource,)


def _starts(tally: Tally, event: int) -> Iterator[tuple[int, int]]:
    """Durations and starts."""
    for duration in tally.frame.durations[event]:
        yield from ((duration, time) for time in range(len(tally.frame.problem.times) - duration + 1))


def assign_resource(tally: Tally, constraint: p.AssignResource) -> None:
    for event in constraint.events:
        sink = tally.sink(constraint)
        for place, takers in _places(tally, event, constraint.role):
            if None in takers:
                tally.at_takers(event, place, [None], sink.target, _times(sink.factor))


def assign_time(tally: Tally, constraint: p.AssignTime) -> None:
    for event in constraint.events:
        sink = tally.sink(constraint)
        for duration in tally.frame.durations[event]:
            tally.of_start[event, duration, None].append((sink.target, sink.factor * duration))


def split_events(tally: Tally, constraint: p.SplitEvents) -> None:
    for event in constraint.events:
        sink, count = tally.sink(constraint), tally.node()
        tally.feed(count, deviation(constraint.amounts), sink)
        tally.at_lessons(event, count)
        for duration in tally.frame.durations[event]:
            if constraint.durations.deviation(duration):
                tally.of_lesson[event, duration].append((sink.target, sink.factor))


def distribute_split_events(tally: Tally, constraint: p.DistributeSplitEvents) -> None:
    for event in constraint.events:
        count = tally.node()
        tally.feed(count, deviation(constraint.limits), tally.sink(constraint))
        tally.of_lesson[event, constraint.duration].append((count, 1))


def prefer_resources(tally: Tally, constraint: p.PreferResources) -> None:
    for event in constraint.events:
        sink = tally.sink(constraint)
        for place, takers in _places(tally, event, constraint.role):
            wrong = [one for one in takers if one is not None and one not in constraint.resources]
            tally.at_takers(event, place, wrong, sink.target, _times(sink.factor))


def prefer_times(tally: Tally, constraint: p.PreferTimes) -> None:
    for event in constraint.events:
        sink = tally.sink(constraint)
        for duration, time in _starts(tally, event):
            if constraint.duration in (None, duration) and time not in constraint.times:
                tally.of_start[event, duration, time].append((sink.target, sink.factor * duration))


def avoid_split_assignments(tally: Tally, constraint: p.AvoidSplitAssignments) -> None:
    for group in constraint.groups:
        different = tally.node()
        tally.feed(different, BEYOND_ONE, tally.sink(constraint))
        uses: dict[int, int] = {}
        for event in group:
            for place, takers in _places(tally, event, constraint.role):
                for resource in takers:
                    if resource is None:
                        continue
                    if resource not in uses:
                        uses[resource] = tally.node()
                        tally.edge(uses[resource], POSITIVE, different)
                    tally.at_takers(event, place, [resource], uses[resource], lambda duration: 1)


def spread_events(tally: Tally, constraint: p.SpreadEvents) -> None:
    for group in constraint.groups:
        sink = tally.sink(constraint)
        for span, limits in constraint.spans:
            count = tally.node()
            tally.feed(count, deviation(limits), sink)
            for event in group:
                for duration, time in _starts(tally, event):
                    if time in span:
                        tally.of_start[event, duration, time].append((count, 1))


def link_events(tally: Tally, constraint: p.LinkEvents) -> None:
    for group in constraint.groups:
        sink, size = tally.sink(constraint), len(group)
        for time in range(len(tally.frame.problem.times)):
            count = tally.node()
            tally.feed(count, Measure(Kind.SOME_OF, most=size), sink)
            for event in group:
                tally.edge(tally.running(event, time), POSITIVE, count)


def order_events(tally: Tally, constraint: p.OrderEvents) -> None:
    """One number says when the first ends, when the second starts, and above both how many lessons have no time."""
    for first, second, limits in constraint.pairs:
        both = tally.node()
        tally.feed(both, Measure(Kind.DISTANCE, limits.least, limits.most), tally.sink(constraint))
        tally.edge(tally.course(first), HIGHEST, both)
        tally.edge(tally.course(second), LOWEST, both)
        for event in (first, second):
            for duration in tally.frame.durations[event]:
                tally.of_start[event, duration, None].append((both, 1 << 2 * DIGITS))


def avoid_clashes(tally: Tally, constraint: p.AvoidClashes) -> None:
    for resource in constraint.resources:
        sink = tally.sink(constraint)
        for time in range(len(tally.frame.problem.times)):
            tally.feed(tally.taken(resource, time), BEYOND_ONE, sink)


def avoid_unavailable_times(tally: Tally, constraint: p.AvoidUnavailableTimes) -> None:
    for resource in constraint.resources:
        sink = tally.sink(constraint)
        for time in sorted(constraint.times):
            tally.feed(tally.taken(resource, time), POSITIVE, sink)


def limit_idle_times(tally: Tally, constraint: p.LimitIdleTimes) -> None:
    for resource in constraint.resources:
        count = _limited(tally, constraint)
        for span in constraint.spans:
            tally.edge(tally.pattern(resource, span), IDLE, count)


def cluster_busy_times(tally: Tally, constraint: p.ClusterBusyTimes) -> None:
    for resource in constraint.resources:
        count = _limited(tally, constraint)
        for span in constraint.spans:
            tally.edge(tally.busy(resource, span), POSITIVE, count)


def _limited(tally: Tally, constraint: p.LimitIdleTimes | p.ClusterBusyTimes) -> int:
    """What is counted of each span adds up, and the sum has limits."""
    count = tally.node()
    tally.feed(count, deviation(constraint.limits), tally.sink(constraint))
    return count


def limit_busy_times(tally: Tally, constraint: p.LimitBusyTimes) -> None:
    limits = constraint.limits
    for resource in constraint.resources:
        sink = tally.sink(constraint)
        for span in constraint.spans:
            tally.feed(tally.busy(resource, span), Measure(Kind.DEVIATION_IF_ANY, limits.least, limits.most), sink)


def limit_workload(tally: Tally, constraint: p.LimitWorkload) -> None:
    limits, events = constraint.limits, tally.frame.problem.events
    for resource in constraint.resources:
        shares: list[tuple[int, int, Fraction]] = [
            (index, place, need.workload / event.duration)
            for index, event in enumerate(events)
            for place, need in enumerate(event.needs)
            if resource in tally.frame.takers(index, need)
        ]
        scale, load = lcm(1, *(share.denominator for _, _, share in shares)), tally.node()
        rounded = Measure(Kind.ROUNDED_UP, limits.least * scale, limits.most * scale, scale)
        tally.feed(load, rounded, tally.sink(constraint))
        for event, place, share in shares:
            tally.at_takers(event, place, [resource], load, _times(int(share * scale)))


def _times(factor: int) -> Of:
    return lambda duration: factor * duration


TALLIES: dict[type[p.Constraint], Callable[[Tally, Any], None]] = {
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
