"""Which events may move at once: parts of a timetable that hang together, chosen at random and no larger than asked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from random import Random

from scheduling.engine import problem as p
from scheduling.engine.cost import Schedule, deviations
from scheduling.engine.frame import Frame
from scheduling.engine.model import Region

Choose = Callable[[Random, p.Solution, int], Region]
"""The last argument is the room there is, in literals."""
Way = Callable[[Random, p.Solution], Iterator[int]]


class Neighbourhoods:
    """Each way yields events in the order in which they should be freed; as many are taken as there is room for."""

    MENDING = 1
    """The way that goes where the cost is."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._of_resource: dict[int, list[int]] = defaultdict(list)
        for event, resources in enumerate(frame.resources):
            for resource in sorted(_fixed(frame, event) or resources):
                self._of_resource[resource].append(event)
        self._spans = _spans(frame.problem)
        taking: tuple[Way, ...] = (self.of_resources, self.of_faults, self.of_kin, self.at_random)
        self.ways: tuple[Choose, ...] = (*(partial(self._take, way) for way in taking), self.of_spans, self.of_spans)

    def of_resources(self, random: Random, current: p.Solution) -> Iterator[int]:
        """All events of one resource after another."""
        resources = sorted(self._of_resource)
        random.shuffle(resources)
        for resource in resources:
            yield from self._shuffled(random, self._of_resource[resource])

    def _take(self, way: Way, random: Random, current: p.Solution, room: int) -> Region:
        free: set[int] = set()
        for event in way(random, current):
            room -= 0 if event in free else self._frame.sizes[event]
            if room < 0 and free:
                break
            free.add(event)
        return Region(frozenset(free))

    def of_spans(self, random: Random, current: p.Solution, room: int) -> Region:
        """What runs within a few days, and stays there."""
        spans, times = self._shuffled(random, range(len(self._spans))), len(self._frame.problem.times)
        window: frozenset[int] = frozenset()
        free: frozenset[int] = frozenset()
        for span in spans:
            wider = window | self._spans[span]
            inside = frozenset(one.event for one in current if one.time is None or one.time in wider)
            if len(window) and sum(self._frame.sizes[event] for event in inside) * len(wider) // times > room:
                break
            window, free = wider, inside
        return Region(self._thinned(random, free, window, room), window)

    def _thinned(self, random: Random, free: frozenset[int], window: frozenset[int], room: int) -> frozenset[int]:
        """As many of the events as there is room for, where one span has too many."""
        kept, times = set[int](), len(self._frame.problem.times)
        for event in self._shuffled(random, free):
            room -= max(1, self._frame.sizes[event] * len(window) // times)
            if room < 0 and kept:
                break
            kept.add(event)
        return frozenset(kept)

    def of_faults(self, random: Random, current: p.Solution) -> Iterator[int]:
        """What a constraint complains of, and then its kin."""
        guilty = sorted(set(_guilty(self._frame.problem, current, self._of_resource)))
        seeds = self._shuffled(random, guilty)
        yield from (event for seed in seeds for event in (seed, *self._kin(random, seed)[:6]))

    def of_kin(self, random: Random, current: p.Solution) -> Iterator[int]:
        """An event, those it shares resources with, and theirs."""
        events = range(len(self._frame.problem.events))
        front, seen = [random.choice(events)], set[int]()
        while front:
            event = front.pop(0)
            if event not in seen:
                seen.add(event)
                yield event
                front += self._kin(random, event)[:8]

    def at_random(self, random: Random, current: p.Solution) -> Iterator[int]:
        yield from self._shuffled(random, range(len(self._frame.problem.events)))

    def _kin(self, random: Random, event: int) -> list[int]:
        shared = sorted(_fixed(self._frame, event))
        return self._shuffled(random, {other for one in shared for other in self._of_resource[one]})

    @staticmethod
    def _shuffled(random: Random, events: Iterable[int]) -> list[int]:
        found = sorted(set(events))
        random.shuffle(found)
        return found


def _fixed(frame: Frame, event: int) -> set[int]:
    return {need.resource for need in frame.problem.events[event].needs if need.resource is not None}


def _spans(problem: p.Problem) -> list[frozenset[int]]:
    """The days, as the constraints know them; else runs of times."""
    found: set[frozenset[int]] = set()
    for one in problem.constraints:
        if isinstance(one, p.LimitIdleTimes | p.ClusterBusyTimes | p.LimitBusyTimes):
            found |= {frozenset(span) for span in one.spans}
        elif isinstance(one, p.SpreadEvents):
            found |= {span for span, _ in one.spans}
    if not found:
        size = max(1, len(problem.times) // 5)
        found = {frozenset(range(start, start + size)) for start in range(0, len(problem.times), size)}
    return sorted((span for span in found if span), key=sorted)


def _guilty(problem: p.Problem, current: p.Solution, of_resource: dict[int, list[int]]) -> Iterator[int]:
    """Of what is required, while any of that is broken."""
    schedule = Schedule(problem, current)
    broken = [one for one in problem.constraints if one.required and any(deviations(schedule, one))]
    for one in broken or problem.constraints:
        for events, deviation in zip(_points(one, of_resource), deviations(schedule, one), strict=True):
            if deviation:
                yield from events


def _points(constraint: p.Constraint, of_resource: dict[int, list[int]]) -> Iterator[Iterable[int]]:
    """The events behind each point of a constraint, in the order of its deviations."""
    match constraint:
        case p.AvoidSplitAssignments(groups=groups) | p.SpreadEvents(groups=groups) | p.LinkEvents(groups=groups):
            yield from groups
        case p.OrderEvents(pairs=pairs):
            yield from ((first, second) for first, second, _ in pairs)
        case (
            p.AvoidClashes(resources=resources)
            | p.AvoidUnavailableTimes(resources=resources)
            | p.LimitIdleTimes(resources=resources)
            | p.ClusterBusyTimes(resources=resources)
            | p.LimitBusyTimes(resources=resources)
            | p.LimitWorkload(resources=resources)
        ):
            yield from (of_resource.get(one, []) for one in resources)
        case (
            p.AssignResource(events=events)
            | p.AssignTime(events=events)
            | p.SplitEvents(events=events)
            | p.DistributeSplitEvents(events=events)
            | p.PreferResources(events=events)
            | p.PreferTimes(events=events)
        ):
            yield from ((event,) for event in events)
