"""A timetabling problem as plain data: the notions of XHSTT (Post et al., "XHSTT", Annals of OR 2014), by index.

Times are numbered in their order, which decides what a duration of two covers; events and resources by their place in
the problem. A solution is a tuple of lessons; the durations of an event's lessons add up to the event's.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

UNBOUNDED = 1_000_000


class CostFunction(StrEnum):
    LINEAR = "Linear"
    QUADRATIC = "Quadratic"
    STEP = "Step"

    def of(self, deviation: int) -> int:
        if self is CostFunction.QUADRATIC:
            return deviation * deviation
        return min(deviation, 1) if self is CostFunction.STEP else deviation


@dataclass(frozen=True)
class Limits:
    least: int = 0
    most: int = UNBOUNDED

    def deviation(self, count: int) -> int:
        return max(self.least - count, count - self.most, 0)


@dataclass(frozen=True)
class Resource:
    id: str
    type: str


@dataclass(frozen=True)
class Need:
    """A place at an event: taken by a resource of the file, or to be given one of the type."""

    role: str
    type: str
    resource: int | None
    workload: Fraction


@dataclass(frozen=True)
class Event:
    id: str
    name: str
    duration: int
    time: int | None
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Lesson:
    """A part of an event. `resources` stand in the order of the event's needs."""

    event: int
    duration: int
    time: int | None
    resources: tuple[int | None, ...]


Solution = tuple[Lesson, ...]


@dataclass(frozen=True)
class Constraint:
    id: str
    name: str
    required: bool
    weight: int
    function: CostFunction


@dataclass(frozen=True)
class AssignResource(Constraint):
    """The events' places of this role are given a resource."""

    events: tuple[int, ...]
    role: str


@dataclass(frozen=True)
class AssignTime(Constraint):
    events: tuple[int, ...]


@dataclass(frozen=True)
class SplitEvents(Constraint):
    """Into how many lessons an event is cut, and how long each may be."""

    events: tuple[int, ...]
    durations: Limits
    amounts: Limits


@dataclass(frozen=True)
class DistributeSplitEvents(Constraint):
    """How many of an event's lessons have this duration."""

    events: tuple[int, ...]
    duration: int
    limits: Limits


@dataclass(frozen=True)
class PreferResources(Constraint):
    events: tuple[int, ...]
    role: str
    resources: frozenset[int]


@dataclass(frozen=True)
class PreferTimes(Constraint):
    """Lessons start at these times; with a duration, only lessons that long are meant."""

    events: tuple[int, ...]
    times: frozenset[int]
    duration: int | None


@dataclass(frozen=True)
class AvoidSplitAssignments(Constraint):
    """One resource takes this role in all lessons of a group of events."""

    groups: tuple[tuple[int, ...], ...]
    role: str


@dataclass(frozen=True)
class SpreadEvents(Constraint):
    """How many lessons of a group of events start within each span of times."""

    groups: tuple[tuple[int, ...], ...]
    spans: tuple[tuple[frozenset[int], Limits], ...]


@dataclass(frozen=True)
class LinkEvents(Constraint):
    """The events of a group run at the same times."""

    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class OrderEvents(Constraint):
    """How many times lie between the end of the first event and the start of the second."""

    pairs: tuple[tuple[int, int, Limits], ...]


@dataclass(frozen=True)
class AvoidClashes(Constraint):
    resources: tuple[int, ...]


@dataclass(frozen=True)
class AvoidUnavailableTimes(Constraint):
    resources: tuple[int, ...]
    times: frozenset[int]


@dataclass(frozen=True)
class LimitIdleTimes(Constraint):
    """Free times between busy ones of the same span, added up over the spans."""

    resources: tuple[int, ...]
    spans: tuple[tuple[int, ...], ...]
    limits: Limits


@dataclass(frozen=True)
class ClusterBusyTimes(Constraint):
    """In how many spans a resource is busy at all."""

    resources: tuple[int, ...]
    spans: tuple[tuple[int, ...], ...]
    limits: Limits


@dataclass(frozen=True)
class LimitBusyTimes(Constraint):
    """How many times of each span a resource is busy, in spans where it is busy at all."""

    resources: tuple[int, ...]
    spans: tuple[tuple[int, ...], ...]
    limits: Limits


@dataclass(frozen=True)
class LimitWorkload(Constraint):
    resources: tuple[int, ...]
    limits: Limits


@dataclass(frozen=True)
class Problem:
    id: str
    times: tuple[str, ...]
    resources: tuple[Resource, ...]
    events: tuple[Event, ...]
    constraints: tuple[Constraint, ...]


def unplaced(problem: Problem) -> Solution:
    """Every event as one lesson without a time, given only what the problem itself gives."""
    return tuple(
        Lesson(index, event.duration, event.time, tuple(need.resource for need in event.needs))
        for index, event in enumerate(problem.events)
    )
