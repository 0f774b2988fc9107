"""What of a problem decides the size of its model: which durations, times and resources each event may get at all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from scheduling.engine import problem as p

Kind = TypeVar("Kind", bound=p.Constraint)


@dataclass(frozen=True)
class Frame:
    """Derived facts, computed once a search."""

    problem: p.Problem

    def of_kind(self, kind: type[Kind]) -> Iterator[Kind]:
        return (one for one in self.problem.constraints if isinstance(one, kind))

    def required(self, kind: type[Kind]) -> Iterator[Kind]:
        return (one for one in self.of_kind(kind) if one.required)

    @cached_property
    def durations(self) -> list[tuple[int, ...]]:
        """The durations that an event's lessons may have. Where nothing tells long lessons from short ones, any
        timetable can be cut into lessons of one time each, so these are enough."""
        told = set(self._events_told_by_duration())
        split = {event: one for one in self.required(p.SplitEvents) for event in one.events}
        return [self._durations(event, split.get(i), i in told) for i, event in enumerate(self.problem.events)]

    @staticmethod
    def _durations(event: p.Event, split: p.SplitEvents | None, told: bool) -> tuple[int, ...]:
        whole = event.duration
        if event.time is not None or whole == 1:
            return (whole,)
        if split is None:
            return tuple(range(1, whole + 1)) if told else (1,)
        if split.amounts.most <= 1:
            return (whole,)
        longest = whole - max(split.amounts.least - 1, 0) * max(split.durations.least, 1)
        allowed = range(max(split.durations.least, 1), min(split.durations.most, longest) + 1)
        return tuple(allowed) if _sums_up(whole, allowed) else tuple(range(1, whole + 1))

    def _events_told_by_duration(self) -> Iterator[int]:
        for constraint in self.problem.constraints:
            if isinstance(constraint, p.SplitEvents | p.DistributeSplitEvents | p.PreferTimes):
                yield from constraint.events
            elif isinstance(constraint, p.SpreadEvents):
                yield from (event for group in constraint.groups for event in group)

    @cached_property
    def _by_type(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = defaultdict(list)
        for index, resource in enumerate(self.problem.resources):
            found[resource.type].append(index)
        return {name: tuple(members) for name, members in found.items()}

    @cached_property
    def _wanted_resources(self) -> dict[tuple[int, str], frozenset[int]]:
        found: dict[tuple[int, str], frozenset[int]] = {}
        for one in self.required(p.PreferResources):
            for event in one.events:
                both = one.resources & found.get((event, one.role), one.resources)
                found[event, one.role] = both or one.resources
        return found

    def candidates(self, event: int, need: p.Need) -> tuple[int, ...]:
        """Who may take the place. A required preference that names anybody is never left: where it has to be broken,
        leaving the place open costs as much."""
        every = self._by_type.get(need.type, ())
        wanted = self._wanted_resources.get((event, need.role))
        return tuple(one for one in every if wanted is None or one in wanted)

    def takers(self, event: int, need: p.Need) -> tuple[int, ...]:
        return self.candidates(event, need) if need.resource is None else (need.resource,)

    @cached_property
    def open_places(self) -> list[tuple[int, ...]]:
        """For each event, its places that are to be given a resource."""
        return [
            tuple(place for place, need in enumerate(event.needs) if need.resource is None)
            for event in self.problem.events
        ]

    @cached_property
    def sizes(self) -> list[int]:
        """About how many literals each event brings into a model."""
        return [self._size(index, event) for index, event in enumerate(self.problem.events)]

    def _size(self, index: int, event: p.Event) -> int:
        places = sum(len(self.candidates(index, need)) for need in event.needs if need.resource is None)
        starts = 1 if event.time is not None else len(self.problem.times) * len(self.durations[index])
        return starts * (1 + places)

    @cached_property
    def all_required(self) -> frozenset[int]:
        return frozenset(index for index, one in enumerate(self.problem.constraints) if one.required)

    @cached_property
    def resources(self) -> list[frozenset[int]]:
        """For each event, whom it may keep busy."""
        return [frozenset(self._taking(index, event)) for index, event in enumerate(self.problem.events)]

    def _taking(self, index: int, event: p.Event) -> Iterator[int]:
        for need in event.needs:
            yield from self.takers(index, need)


class Held:
    """Which constraints, by index, must hold in a model; the others only cost. Tells what that rules out beforehand."""

    def __init__(self, frame: Frame, constraints: frozenset[int]) -> None:
        self._frame, self.constraints = frame, constraints
        self.must_have_time: set[int] = set()
        self.exclusive: set[int] = set()
        """Resources that may not be in two places."""
        self._closed: dict[int, set[int]] = defaultdict(set)
        self._preferred: dict[int, list[p.PreferTimes]] = defaultdict(list)
        for index in constraints:
            self._learn(frame.problem.constraints[index])

    def _learn(self, constraint: p.Constraint) -> None:
        match constraint:
            case p.AssignTime(events=events):
                self.must_have_time.update(events)
            case p.AvoidClashes(resources=resources):
                self.exclusive.update(resources)
            case p.AvoidUnavailableTimes(resources=resources, times=times):
                for resource in resources:
                    self._closed[resource] |= times
            case p.PreferTimes(events=events):
                for event in events:
                    self._preferred[event].append(constraint)

    def starts(self, event: int, duration: int) -> Iterator[int]:
        """When a lesson so long may start, as far as one lesson alone can tell."""
        found = self._frame.problem.events[event]
        if found.time is not None:
            yield found.time
            return
        closed = set[int]().union(
            *(self._closed.get(need.resource, ()) for need in found.needs if need.resource is not None)
        )
        wanted = [one.times for one in self._preferred.get(event, ()) if one.duration in (None, duration)]
        for time in range(len(self._frame.problem.times) - duration + 1):
            if all(time in one for one in wanted) and closed.isdisjoint(range(time, time + duration)):
                yield time


def _sums_up(whole: int, parts: Iterable[int]) -> bool:
    reached = {0}
    for _ in range(whole):
        reached |= {one + part for one in reached for part in parts if one + part <= whole}
    return whole in reached
