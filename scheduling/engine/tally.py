"""The cost of a timetable while it changes: what one lesson adds or takes is followed through, nothing is counted anew.

A network of numbers. A lesson adds to some of them (how often a resource is taken at a time, how many lessons of an
event are so long); each change runs along edges, every edge with a function of the number it comes from (busy or not,
idle times of a day's pattern, deviation from limits), up to two sums: the hard cost and the soft
(J. Kingston, "KHE: a high school timetabling engine", monitors). Functions are remembered by their argument.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from scheduling.engine.cost import Cost
from scheduling.engine.frame import Frame
from scheduling.engine.measures import POSITIVE, SQUARE, Measure, bit
from scheduling.engine.problem import Constraint, CostFunction, Lesson

HARD, SOFT = 0, 1
# Pieces that are kept at hand; beyond, they are made anew.
REMEMBERED = 200_000
Given = tuple[int | None, ...]
Of = Callable[[int], int]
Effects = list[tuple[int, int]]
"""Numbers and by how much each grows."""


class Table(dict[int, int]):
    """A function of whole numbers, remembered."""

    def __init__(self, of: Measure) -> None:
        super().__init__()
        self.of = of

    def __missing__(self, number: int) -> int:
        found = self[number] = self.of(number)
        return found


@dataclass(frozen=True)
class Sink:
    """Where the deviation of one point of a constraint goes."""

    target: int
    factor: int


class Piece:
    """A lesson, its effects, and the resources it takes, each with the time."""

    __slots__ = ("begin", "cells", "effects", "lesson")

    def __init__(self, lesson: Lesson, effects: Effects, cells: list[tuple[int, int]]) -> None:
        self.lesson, self.effects, self.cells = lesson, effects, cells
        self.begin = -1 if lesson.time is None else lesson.time


class Tally:
    """Built by `tallies.tally`; then lessons come and go, and `undo` leads back to where one last said `keep`."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.value: list[int] = [0, 0]
        self.edges: list[list[tuple[Table, int, int]]] = [[], []]
        self.top = 1
        self.ranks: list[int] = []
        self._kept = 0, 0
        self._journal: list[tuple[int, int]] = []
        self.takings: dict[tuple[int, int], int] = {}
        self._running: dict[tuple[int, int], int] = {}
        self._patterns: dict[tuple[int, tuple[int, ...]], int] = {}
        self._busy: dict[tuple[int, tuple[int, ...]], int] = {}
        self._courses: dict[int, int] = {}
        self.widest = 0
        """Bits of the longest pattern."""
        self.of_lesson: dict[tuple[int, int], Effects] = defaultdict(list)
        """By event and duration: of there being such a lesson at all."""
        self.of_start: dict[tuple[int, int, int | None], Effects] = defaultdict(list)
        """By event, duration and start."""
        self.of_taker: dict[tuple[int, int, int | None, int], Effects] = defaultdict(list)
        """By event, place, resource and duration."""
        self._pieces: dict[tuple[int, int, int | None, Given], Piece] = {}

    @property
    def cost(self) -> Cost:
        return Cost(self.value[HARD], self.value[SOFT])

    def piece(self, event: int, duration: int, time: int | None, resources: Given) -> "Piece":
        key = event, duration, time, resources
        found = self._pieces.get(key)
        if found is None:
            if len(self._pieces) > REMEMBERED:
                self._pieces.clear()
            found = self._pieces[key] = self._piece(Lesson(*key))
        return found

    def of(self, lesson: Lesson) -> "Piece":
        return self.piece(lesson.event, lesson.duration, lesson.time, lesson.resources)

    def change(self, gone: Iterable["Piece"], come: Iterable["Piece"]) -> None:
        """What goes and comes at once is netted first: most of a chain of lessons that push each other stays as it
        is for the class they are of."""
        net: dict[int, int] = {}
        for piece in gone:
            for node, by in piece.effects:
                net[node] = net.get(node, 0) - by
        for piece in come:
            for node, by in piece.effects:
                net[node] = net.get(node, 0) + by
        self._apply(net)

    def attempt(self, pieces: Mapping[int, "Piece"], move: Mapping[int, "Piece | None"]) -> None:
        """By number of the piece what it becomes; `keep` or `undo` follows."""
        gone = [pieces[number] for number in move if number in pieces]
        self.change(gone, [piece for piece in move.values() if piece is not None])

    def _apply(self, net: dict[int, int]) -> None:
        """Rank by rank, so that each number changes once."""
        value, edges, remember, top = self.value, self.edges, self._journal.append, self.top
        waiting: list[dict[int, int]] = [net, *[{} for _ in range(1, top)]]
        for changes in waiting:
            for node, by in changes.items():
                if by:
                    old = value[node]
                    remember((node, old))
                    new = value[node] = old + by
                    for table, target, rank in edges[node]:
                        change = table[new] - table[old]
                        if not change:
                            continue
                        if rank == top:
                            value[target] += change
                        else:
                            there = waiting[rank]
                            there[target] = there.get(target, 0) + change

    def undo(self) -> None:
        value = self.value
        for node, old in reversed(self._journal):
            value[node] = old
        value[HARD], value[SOFT] = self._kept
        self._journal.clear()

    def keep(self) -> None:
        self._kept = self.value[HARD], self.value[SOFT]
        self._journal.clear()

    def _piece(self, lesson: Lesson) -> "Piece":
        event, duration, time = lesson.event, lesson.duration, lesson.time
        effects = [*self.of_lesson[event, duration], *self.of_start[event, duration, time]]
        cells = []
        for place, resource in enumerate(lesson.resources):
            effects += self.of_taker[event, place, resource, duration]
            if resource is not None and time is not None:
                for each in range(time, time + duration):
                    cells.append((resource, each))
                    if (resource, each) in self.takings:
                        effects.append((self.takings[resource, each], 1))
        return Piece(lesson, effects, cells)

    # What the rules build from.

    def node(self) -> int:
        self.value.append(0)
        self.edges.append([])
        return len(self.value) - 1

    def edge(self, node: int, of: Measure, target: int) -> None:
        """The target must have its own edges already."""
        table = Table(of)
        self.edges[node].append((table, target, 0))
        begin = table[self.value[node]]
        if begin:
            self._settle(target, begin)

    def _settle(self, node: int, by: int) -> None:
        old = self.value[node]
        self.value[node] = old + by
        for table, target, _ in self.edges[node]:
            self._settle(target, table[old + by] - table[old])

    def build(self) -> None:
        """Ranks the numbers: each above all that lead to it, and the two sums at the top."""
        ranks = [0] * len(self.value)
        front = list(range(len(ranks)))
        while front:
            node = front.pop()
            for _, target, _ in self.edges[node]:
                if ranks[target] <= ranks[node]:
                    ranks[target] = ranks[node] + 1
                    front.append(target)
        self.top = ranks[HARD] = ranks[SOFT] = max(1, *ranks)
        self.ranks = ranks
        self.edges = [[(table, target, ranks[target]) for table, target, _ in edges] for edges in self.edges]
        self.keep()

    def feed(self, node: int, of: Measure, sink: Sink) -> None:
        self.edge(node, replace(of, factor=of.factor * sink.factor), sink.target)

    def sink(self, constraint: Constraint) -> Sink:
        """For one point of the constraint."""
        root, weight, function = HARD if constraint.required else SOFT, constraint.weight, constraint.function
        if function is CostFunction.LINEAR:
            return Sink(root, weight)
        node, of = self.node(), SQUARE if function is CostFunction.QUADRATIC else POSITIVE
        self.edge(node, replace(of, factor=weight), root)
        return Sink(node, 1)

    def taken(self, resource: int, time: int) -> int:
        """How many lessons the resource has then."""
        key = resource, time
        if key not in self.takings:
            self.takings[key] = self.node()
        return self.takings[key]

    def running(self, event: int, time: int) -> int:
        """How many lessons of the event run then."""
        key = event, time
        if key not in self._running:
            self._running[key] = node = self.node()
            for duration in self.frame.durations[event]:
                for start in range(max(0, time - duration + 1), time + 1):
                    self.of_start[event, duration, start].append((node, 1))
        return self._running[key]

    def pattern(self, resource: int, span: tuple[int, ...]) -> int:
        """The times of the span at which the resource is busy, as bits in the span's order."""
        key = resource, span
        if key not in self._patterns:
            self._patterns[key] = node = self.node()
            self.widest = max(self.widest, len(span))
            for place, time in enumerate(span):
                self.edge(self.taken(resource, time), bit(place), node)
        return self._patterns[key]

    def busy(self, resource: int, span: tuple[int, ...]) -> int:
        """At how many times of the span the resource is busy."""
        key = resource, span
        if key not in self._busy:
            self._busy[key] = node = self.node()
            for time in span:
                self.edge(self.taken(resource, time), POSITIVE, node)
        return self._busy[key]

    def course(self, event: int) -> int:
        """The times at which the event runs, as bits."""
        if event not in self._courses:
            self._courses[event] = node = self.node()
            self.widest = max(self.widest, len(self.frame.problem.times))
            for time in range(len(self.frame.problem.times)):
                self.edge(self.running(event, time), bit(time), node)
        return self._courses[event]

    def at_lessons(self, event: int, node: int, amount: Of = lambda duration: 1) -> None:
        for duration in self.frame.durations[event]:
            self.of_lesson[event, duration].append((node, amount(duration)))

    def at_takers(self, event: int, place: int, resources: Iterable[int | None], node: int, amount: Of) -> None:
        for resource in resources:
            for duration in self.frame.durations[event]:
                self.of_taker[event, place, resource, duration].append((node, amount(duration)))
