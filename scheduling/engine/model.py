"""The CP-SAT model of a problem in which some events may move and all others stay where they are.

A literal says "a lesson of this event, so long, starts at this time"; another "and this resource takes this place in
it". What stays is a constant, so the model's size follows the events that move, not the problem.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import IntVar, LinearExpr

from scheduling.engine.cost import Cost
from scheduling.engine.frame import Frame, Held
from scheduling.engine.problem import Constraint, CostFunction, Lesson, Solution

Literal = IntVar | int
Term = LinearExpr | int
Given = tuple[Mapping[int, Literal], ...]
# Where tangents touch the square of a deviation: at small ones it is exact, between the others a little low.
TANGENTS = (*range(9), 11, 14, 18, 24, 32, 48)


def total(terms: Iterable[Term]) -> Term:
    every = list(terms)
    moving = [one for one in every if not isinstance(one, int)]
    constant = sum(one for one in every if isinstance(one, int))
    return LinearExpr.sum(moving) + constant if moving else constant


def weighted(terms: Iterable[tuple[Term, int]]) -> Term:
    every = list(terms)
    moving = [(one, factor) for one, factor in every if not isinstance(one, int)]
    constant = sum(one * factor for one, factor in every if isinstance(one, int))
    if not moving:
        return constant
    return LinearExpr.weighted_sum([one for one, _ in moving], [factor for _, factor in moving]) + constant


@dataclass(frozen=True)
class Region:
    """What may move: these events and, with a window, only their lessons within it, which stay within it."""

    events: frozenset[int]
    window: frozenset[int] | None = None

    def holds(self, start: int, duration: int) -> bool:
        return self.window is None or all(time in self.window for time in range(start, start + duration))


@dataclass(frozen=True)
class Part:
    """A possible lesson. `given` says for each of the event's needs which resource takes it, and when that holds."""

    event: int
    duration: int
    time: int | None
    literal: Literal
    given: Given

    @property
    def times(self) -> range:
        return range(0) if self.time is None else range(self.time, self.time + self.duration)


class Model:
    """What is `held` must hold; what else is required costs, and more than all that is wished for."""

    def __init__(self, frame: Frame, current: Solution, region: Region, held: Held) -> None:
        self.frame, self.region, self.held = frame, region, held
        self.free = free = region.events
        self.cp = cp_model.CpModel()
        self.forbidding = False
        self.parts: list[list[Part]] = [[] for _ in frame.problem.events]
        self.touched = frozenset[int]().union(*(frame.resources[event] for event in free))
        self._place(current)
        self._at: dict[tuple[int, int], list[Literal]] = defaultdict(list)
        self._take_places()
        self._busy: dict[tuple[int, int], Term] = {}
        self._any: dict[tuple[int, tuple[int, ...]], Term] = {}
        self._hard: list[tuple[Term, int]] = []
        self._soft: list[tuple[Term, int]] = []
        self.objective: Term = 0

    def _place(self, current: Solution) -> None:
        for lesson in current:
            if self._stays(lesson):
                given: Given = tuple({} if one is None else {one: 1} for one in lesson.resources)
                self.parts[lesson.event].append(Part(lesson.event, lesson.duration, lesson.time, 1, given))
        for event in sorted(self.free):
            self._move(event)

    def _stays(self, lesson: Lesson) -> bool:
        return lesson.event not in self.free or (
            lesson.time is not None and not self.region.holds(lesson.time, lesson.duration)
        )

    def _move(self, index: int) -> None:
        event, parts = self.frame.problem.events[index], self.parts[index]
        for duration in self.frame.durations[index]:
            for time in self._starts(index, duration):
                literal = 1 if event.time is not None else self.cp.new_bool_var("")
                parts.append(Part(index, duration, time, literal, self._give(index, literal)))
            if event.time is None and index not in self.held.must_have_time:
                count = self.cp.new_int_var(0, event.duration // duration, "")
                given: Given = tuple({} if one.resource is None else {one.resource: count} for one in event.needs)
                parts.append(Part(index, duration, None, count, given))
        if event.time is None:
            self.cp.add(weighted((part.literal, part.duration) for part in parts) == event.duration)
            if event.duration > 1:
                self._apart(parts)

    def _starts(self, index: int, duration: int) -> Iterator[int]:
        return (time for time in self.held.starts(index, duration) if self.region.holds(time, duration))

    def _give(self, index: int, literal: Literal) -> Given:
        found: list[Mapping[int, Literal]] = []
        for need in self.frame.problem.events[index].needs:
            if need.resource is not None:
                found.append({need.resource: literal})
                continue
            takers: dict[int, Literal] = {one: self.cp.new_bool_var("") for one in self.frame.candidates(index, need)}
            if takers:
                self.cp.add(total(takers.values()) <= literal)
            found.append(takers)
        return tuple(found)

    def _apart(self, parts: list[Part]) -> None:
        """Two lessons of one event never run at the same time."""
        at: dict[int, list[Literal]] = defaultdict(list)
        for part in parts:
            for time in part.times:
                at[time].append(part.literal)
        for literals in at.values():
            self.cp.add_at_most_one(literals)

    def _take_places(self) -> None:
        for parts in self.parts:
            for part in parts:
                for takers in part.given:
                    for resource, literal in takers.items():
                        if resource in self.touched:
                            for time in part.times:
                                self._at[resource, time].append(literal)

    def lessons_at(self, resource: int, time: int) -> list[Literal]:
        return self._at.get((resource, time), [])

    def busy(self, resource: int, time: int) -> Term:
        """1 when the resource has a lesson then."""
        key = resource, time
        if key not in self._busy:
            self._busy[key] = self._busy_now(resource, time)
        return self._busy[key]

    def _busy_now(self, resource: int, time: int) -> Term:
        literals = self.lessons_at(resource, time)
        if any(isinstance(one, int) for one in literals):
            return 1
        if len(literals) <= 1:
            return literals[0] if literals else 0
        if resource in self.held.exclusive:
            return total(literals)
        return self.either(literals)

    def any_busy(self, resource: int, span: tuple[int, ...]) -> Term:
        """1 when the resource has a lesson in the span."""
        key = resource, span
        if key not in self._any:
            self._any[key] = self.either([self.busy(resource, time) for time in span])
        return self._any[key]

    def either(self, terms: Sequence[Term]) -> Term:
        """1 when one of the terms, each 0 or 1, is."""
        moving = [one for one in terms if not isinstance(one, int)]
        if len(moving) < len(terms) and any(one == 1 for one in terms if isinstance(one, int)):
            return 1
        if not moving:
            return 0
        either = self.cp.new_bool_var("")
        for one in moving:
            self.cp.add(either >= one)
        self.cp.add(either <= total(moving))
        return either

    def excess(self, expression: Term, most: int) -> Term:
        """What an expression has above zero, never above `most`."""
        if isinstance(expression, int):
            return max(expression, 0)
        if self.forbidding:
            self.cp.add(expression <= 0)
            return 0
        over = self.cp.new_int_var(0, most, "")
        self.cp.add(over >= expression)
        return over

    def count(self, constraint: Constraint, points: Iterator[list[Term]]) -> None:
        """Adds a constraint's cost, unless it is being held; each point is a list of terms ≥ 0, its deviation."""
        terms = self._hard if constraint.required else self._soft
        for point in points:
            deviation = total(point)
            if self.forbidding:
                self._forbid(deviation)
            elif not isinstance(deviation, int):
                terms.append((self._cost(deviation, constraint.function), constraint.weight))
            elif deviation:
                terms.append((constraint.function.of(deviation), constraint.weight))

    def _forbid(self, deviation: Term) -> None:
        if not isinstance(deviation, int):
            self.cp.add(deviation == 0)
        elif deviation > 0:
            self.cp.add_bool_or([])

    def _cost(self, deviation: Term, function: CostFunction) -> Term:
        if function is CostFunction.LINEAR:
            return deviation
        if function is CostFunction.STEP:
            step = self.cp.new_bool_var("")
            self.cp.add(deviation == 0).only_enforce_if(~step)
            return step
        return self._square(deviation)

    def _square(self, deviation: Term) -> Term:
        """Costs are only ever pressed down, so tangents bound them where they are."""
        most = len(self.frame.problem.times) * 2
        square = self.cp.new_int_var(0, most * most * 4, "")
        for at in TANGENTS:
            self.cp.add(square >= (2 * at + 1) * deviation - at * (at + 1))
        return square

    def minimise(self, current: Cost) -> None:
        """One hard cost outweighs all that the timetable there is costs softly."""
        weight = max(100, current.soft + 1)
        self.objective = weighted([(one, factor * weight) for one, factor in self._hard] + self._soft)
        if not isinstance(self.objective, int):
            self.cp.minimize(self.objective)

    def hint(self, current: Solution, events: Iterable[int]) -> None:
        """How these events are now, to begin from."""
        found: dict[tuple[int, int, int | None], list[Lesson]] = defaultdict(list)
        for lesson in current:
            found[lesson.event, lesson.duration, lesson.time].append(lesson)
        for event in events:
            for part in self.parts[event]:
                self._hint(part, found.get((event, part.duration, part.time), []))

    def _hint(self, part: Part, lessons: list[Lesson]) -> None:
        if not isinstance(part.literal, int):
            self.cp.add_hint(part.literal, len(lessons))
        for place, takers in enumerate(part.given):
            for resource, literal in takers.items():
                if literal is not part.literal and not isinstance(literal, int):
                    self.cp.add_hint(literal, any(one.resources[place] == resource for one in lessons))

    def solution(self, current: Solution, values: cp_model.CpSolverSolutionCallback | cp_model.CpSolver) -> Solution:
        """The lessons as solved, in the order of events."""
        kept = [lesson for lesson in current if lesson.event not in self.free]
        moved = [lesson for event in self.free for part in self.parts[event] for lesson in _lessons(part, values)]
        return tuple(sorted(kept + moved, key=lambda one: (one.event, one.time is None, one.time or 0)))


def _lessons(part: Part, values: cp_model.CpSolverSolutionCallback | cp_model.CpSolver) -> Iterator[Lesson]:
    for _ in range(_value(part.literal, values)):
        given = tuple(
            next((one for one, literal in takers.items() if _value(literal, values)), None) for takers in part.given
        )
        yield Lesson(part.event, part.duration, part.time, given)


def _value(literal: Literal, values: cp_model.CpSolverSolutionCallback | cp_model.CpSolver) -> int:
    return literal if isinstance(literal, int) else int(values.value(literal))
