"""Each constraint kind in the model: one function, which yields for each point the terms (≥ 0) of its deviation.

Points that no moving event touches keep what they cost and are left out. Deviations are only ever pressed down, so it
is enough to bound them from below.
"""

from collections.abc import Callable, Iterable, Iterator
from math import lcm
from typing import Any

from scheduling.engine import problem as p
from scheduling.engine.model import Model, Part, Term, total, weighted

Points = Iterator[list[Term]]


def add_all(model: Model) -> None:
    for index, constraint in enumerate(model.frame.problem.constraints):
        model.forbidding = index in model.held.constraints
        model.count(constraint, PENALTIES[type(constraint)](model, constraint))


def _within(model: Model, count: Term, limits: p.Limits, most: int) -> list[Term]:
    found = [model.excess(limits.least - count, limits.least)] if limits.least > 0 else []
    return found if limits.most >= p.UNBOUNDED else [*found, model.excess(count - limits.most, most)]


def _moving(model: Model, events: Iterable[int]) -> list[int]:
    return [event for event in events if event in model.free]


def _moving_groups(model: Model, groups: Iterable[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    return (group for group in groups if not model.free.isdisjoint(group))


def _parts(model: Model, group: Iterable[int]) -> Iterator[Part]:
    return (part for event in group for part in model.parts[event])


def _places(model: Model, event: int, role: str) -> list[int]:
    return [place for place, need in enumerate(model.frame.problem.events[event].needs) if need.role == role]


def assign_resource(model: Model, constraint: p.AssignResource) -> Points:
    for event in _moving(model, constraint.events):
        for place in _places(model, event, constraint.role):
            if model.frame.problem.events[event].needs[place].resource is None:
                yield [
                    part.duration * (part.literal - total(part.given[place].values())) for part in model.parts[event]
                ]


def assign_time(model: Model, constraint: p.AssignTime) -> Points:
    for event in _moving(model, constraint.events):
        yield [weighted((part.literal, part.duration) for part in model.parts[event] if part.time is None)]


def split_events(model: Model, constraint: p.SplitEvents) -> Points:
    for event in _moving(model, constraint.events):
        parts = model.parts[event]
        wrong = total(part.literal for part in parts if constraint.durations.deviation(part.duration))
        count = total(part.literal for part in parts)
        duration = model.frame.problem.events[event].duration
        yield [wrong, *_within(model, count, constraint.amounts, duration)]


def distribute_split_events(model: Model, constraint: p.DistributeSplitEvents) -> Points:
    for event in _moving(model, constraint.events):
        count = total(part.literal for part in model.parts[event] if part.duration == constraint.duration)
        yield _within(model, count, constraint.limits, model.frame.problem.events[event].duration)


def prefer_resources(model: Model, constraint: p.PreferResources) -> Points:
    for event in _moving(model, constraint.events):
        for place in _places(model, event, constraint.role):
            yield [
                weighted(
                    (literal, part.duration)
                    for part in model.parts[event]
                    for one, literal in part.given[place].items()
                    if one not in constraint.resources
                )
            ]


def prefer_times(model: Model, constraint: p.PreferTimes) -> Points:
    for event in _moving(model, constraint.events):
        meant = (one for one in model.parts[event] if constraint.duration in (None, one.duration))
        missed = (one for one in meant if one.time is not None and one.time not in constraint.times)
        yield [weighted((one.literal, one.duration) for one in missed)]


def avoid_split_assignments(model: Model, constraint: p.AvoidSplitAssignments) -> Points:
    for group in _moving_groups(model, constraint.groups):
        takers: dict[int, list[Term]] = {}
        for part in _parts(model, group):
            for place in _places(model, part.event, constraint.role):
                for resource, literal in part.given[place].items():
                    takers.setdefault(resource, []).append(literal)
        used = total(model.either(literals) for literals in takers.values())
        yield [model.excess(used - 1, len(takers))]


def spread_events(model: Model, constraint: p.SpreadEvents) -> Points:
    for group in _moving_groups(model, constraint.groups):
        terms: list[Term] = []
        parts = list(_parts(model, group))
        most = sum(model.frame.problem.events[event].duration for event in group)
        for span, limits in constraint.spans:
            count = total(part.literal for part in parts if part.time in span)
            terms += _within(model, count, limits, most)
        yield terms


def link_events(model: Model, constraint: p.LinkEvents) -> Points:
    for group in _moving_groups(model, constraint.groups):
        at = [_running(model, event) for event in group]
        times = sorted(set().union(*at))
        yield [_apart(model, [one.get(time, 0) for one in at]) for time in times]


def _running(model: Model, event: int) -> dict[int, Term]:
    found: dict[int, list[Term]] = {}
    for part in model.parts[event]:
        for time in part.times:
            found.setdefault(time, []).append(part.literal)
    return {time: total(literals) for time, literals in found.items()}


def _apart(model: Model, running: list[Term]) -> Term:
    """1 when some of them run and others do not."""
    if all(isinstance(one, int) for one in running):
        return int(len(set(running)) > 1)
    if model.forbidding:
        for one in running[1:]:
            model.cp.add(running[0] == one)
        return 0
    apart, some = model.cp.new_bool_var(""), model.cp.new_bool_var("")
    for one in running:
        model.cp.add(one <= some)
        model.cp.add(one + apart >= some)
    return apart


def order_events(model: Model, constraint: p.OrderEvents) -> Points:
    last = len(model.frame.problem.times)
    for first, second, limits in constraint.pairs:
        if model.free.isdisjoint((first, second)):
            continue
        end = model.cp.new_int_var(0, last, "")
        start = model.cp.new_int_var(0, last, "")
        ends = [(part.time + part.duration) * part.literal for part in model.parts[first] if part.time is not None]
        starts = [last - (last - part.time) * part.literal for part in model.parts[second] if part.time is not None]
        model.cp.add_max_equality(end, [*ends, 0])
        model.cp.add_min_equality(start, [*starts, last])
        open_ended = total(part.literal for part in _parts(model, (first, second)) if part.time is None)
        slack = 0 if isinstance(open_ended, int) else 3 * last * open_ended
        early = model.excess(limits.least - (start - end) - slack, limits.least + last)
        if limits.most >= p.UNBOUNDED:
            yield [early]
        else:
            yield [early, model.excess(start - end - limits.most - slack, last)]


def avoid_clashes(model: Model, constraint: p.AvoidClashes) -> Points:
    for resource in _touched(model, constraint.resources):
        point: list[Term] = []
        for time in range(len(model.frame.problem.times)):
            lessons = model.lessons_at(resource, time)
            if len(lessons) > 1:
                point.append(_clashes(model, lessons))
        yield point


def _clashes(model: Model, lessons: list[Any]) -> Term:
    moving = [one for one in lessons if not isinstance(one, int)]
    if model.forbidding and len(moving) == len(lessons):
        model.cp.add_at_most_one(moving)
        return 0
    return model.excess(total(lessons) - 1, len(lessons))


def avoid_unavailable_times(model: Model, constraint: p.AvoidUnavailableTimes) -> Points:
    for resource in _touched(model, constraint.resources):
        yield [model.busy(resource, time) for time in sorted(constraint.times)]


def limit_idle_times(model: Model, constraint: p.LimitIdleTimes) -> Points:
    most = len(model.frame.problem.times)
    for resource in _touched(model, constraint.resources):
        idle = total(_idle(model, resource, span) for span in constraint.spans)
        yield _within(model, idle, constraint.limits, most)


def _idle(model: Model, resource: int, span: tuple[int, ...]) -> Term:
    """With `begun` and `unended` running along the span, each free time between busy ones has both, and any other time
    exactly one (or none if the span is free): so their sum is linear."""
    busy = [model.busy(resource, time) for time in span]
    if all(isinstance(one, int) and one == 0 for one in busy):
        return 0
    some = model.any_busy(resource, span)
    begun = _chain(model, busy, some)
    unended = _chain(model, busy[::-1], some)
    return total(begun) + total(unended) - len(span) * some - total(busy)


def _chain(model: Model, busy: list[Term], some: Term) -> list[Term]:
    """For each time whether a busy one was met by then; the last is whether there is any."""
    found: list[Term] = []
    before: Term = 0
    for now in busy[:-1]:
        before = _reached(model, before, now, some)
        found.append(before)
    return [*found, some]


def _reached(model: Model, before: Term, now: Term, some: Term) -> Term:
    """1 when it was met before or is now. What is known needs no literal."""
    if isinstance(now, int):
        return before if now == 0 else 1
    if isinstance(before, int):
        return now if before == 0 else 1
    reached = model.cp.new_bool_var("")
    model.cp.add(reached >= now)
    model.cp.add(reached >= before)
    model.cp.add(reached <= before + now)
    model.cp.add(reached <= some)
    return reached


def cluster_busy_times(model: Model, constraint: p.ClusterBusyTimes) -> Points:
    for resource in _touched(model, constraint.resources):
        count = total(model.any_busy(resource, span) for span in constraint.spans)
        yield _within(model, count, constraint.limits, len(constraint.spans))


def limit_busy_times(model: Model, constraint: p.LimitBusyTimes) -> Points:
    limits = constraint.limits
    for resource in _touched(model, constraint.resources):
        terms: list[Term] = []
        for span in constraint.spans:
            count = total(model.busy(resource, time) for time in span)
            if limits.most < len(span):
                terms.append(model.excess(count - limits.most, len(span)))
            if limits.least > 1:
                terms.append(model.excess(limits.least * model.any_busy(resource, span) - count, limits.least))
        yield terms


def limit_workload(model: Model, constraint: p.LimitWorkload) -> Points:
    """Deviations are rounded up, so a whole number of workloads bounds the fraction."""
    events = model.frame.problem.events
    for resource in _touched(model, constraint.resources):
        shares = []
        for part in _parts(model, range(len(events))):
            for need, takers in zip(events[part.event].needs, part.given, strict=True):
                if resource in takers:
                    shares.append((takers[resource], need.workload * part.duration / events[part.event].duration))
        scale = lcm(1, *(share.denominator for _, share in shares))
        load = weighted((literal, int(share * scale)) for literal, share in shares)
        most = int(sum(share for _, share in shares)) + 1
        yield [_rounded(model, term, scale, most) for term in _outside(load, constraint.limits, scale)]


def _outside(load: Term, limits: p.Limits, scale: int) -> Iterator[Term]:
    if limits.least > 0:
        yield limits.least * scale - load
    if limits.most < p.UNBOUNDED:
        yield load - limits.most * scale


def _rounded(model: Model, term: Term, scale: int, most: int) -> Term:
    if isinstance(term, int):
        return max(-(-term // scale), 0)
    if model.forbidding:
        return model.excess(term, most)
    over = model.cp.new_int_var(0, most, "")
    model.cp.add(scale * over >= term)
    return over


def _touched(model: Model, resources: Iterable[int]) -> Iterator[int]:
    return (one for one in resources if one in model.touched)


PENALTIES: dict[type[p.Constraint], Callable[[Model, Any], Points]] = {
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
