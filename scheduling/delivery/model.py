"""The delivery problem for CP-SAT: one literal for each course and slot, "a lesson of the course is then".

A course's lessons are alike, so none has a literal of its own. A lesson that fits nowhere is left out at a high cost, a
little higher for teaching points, so there is always a timetable, and what it lacks can be explained.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import IntVar, LinearExpr

from scheduling.delivery.hard import carries, kbits
from scheduling.delivery.rules import RULES
from scheduling.delivery.slots import Places, slots, taking
from scheduling.delivery.soft import of_slot
from scheduling.model import Course, Id, Interval, Placement, Unavailable, Weeks

LEFT_OUT = 1_000
DISADVANTAGED = 200


@dataclass(frozen=True)
class Switches:
    """Which rules hold, and what the soft ones weigh."""

    off: frozenset[str] = frozenset()
    weights: Mapping[str, int] | None = None

    def weight(self, id: str) -> int:
        if id in self.off:
            return 0
        return (self.weights or {}).get(id, RULES[id].weight)

    def holds(self, id: str) -> bool:
        return id not in self.off


class DeliveryModel:
    """`courses` move; `fixed` placements of other courses stand in their way."""

    def __init__(
        self,
        places: Places,
        courses: Iterable[Course],
        fixed: Iterable[Placement] = (),
        switches: Switches | None = None,
    ) -> None:
        self.places, self.courses, self.switches = places, tuple(courses), switches or Switches()
        self.cp = cp_model.CpModel()
        self._closed = defaultdict(list)
        for one in places.week.unavailable:
            self._closed[one.who].append(one)
        self._locked = {(one.course, one.interval) for one in places.week.locked if self.switches.holds("H8")}
        self.at: dict[Id, dict[Interval, IntVar]] = {}
        self.left_out: dict[Id, IntVar] = {}
        self._cost: list[tuple[IntVar, int]] = []
        self._constant = 0
        self._counted: list[tuple[IntVar, list[IntVar], int, int]] = []
        """What follows from literals: a variable, what it counts, from where, and its most."""
        for course in self.courses:
            self._place(course)
        self._fixed = [(places.courses[one.course], one.interval) for one in fixed]
        self._keep_apart()
        self._limit_lines()
        self._wish()
        weighed = LinearExpr.weighted_sum([one for one, _ in self._cost], [weight for _, weight in self._cost])
        self.cp.minimize(weighed + self._constant)

    def _place(self, course: Course) -> None:
        found = {at: self.cp.new_bool_var("") for at in self._possible(course)}
        self.at[course.id] = found
        missing = self.cp.new_int_var(0, course.weekly, "")
        self.left_out[course.id] = missing
        self.cp.add(LinearExpr.sum([*found.values(), missing]) == course.weekly)
        for at, literal in found.items():
            if (course.id, at) in self._locked:
                self.cp.add(literal == 1)
        far = any(school.disadvantaged for school in self.places.receiving_schools(course))
        self._cost.append((missing, LEFT_OUT + (DISADVANTAGED if far else 0)))

    def locked(self, course: Course) -> list[Interval]:
        return sorted(at for id, at in self._locked if id == course.id)

    def _possible(self, course: Course) -> list[Interval]:
        locked = self.locked(course)
        room = self.places.rooms[course.sending_room]
        if self.switches.holds("H5") and not (room.sends and room.healthy):
            return locked
        if self.switches.holds("H9") and not self._in_authority(course):
            return locked
        whose = (*taking(course), *(school.id for school in self.places.schools_of(course)))
        closed = [one for who in whose for one in self._closed.get(who, ()) if one.weeks.meets(course.weeks)]
        return sorted({*locked, *(at for at in slots(self.places, course) if not self._shut(closed, at))})

    def _shut(self, closed: list[Unavailable], at: Interval) -> bool:
        return self.switches.holds("H2") and any(one.interval.overlaps(at) for one in closed)

    def _in_authority(self, course: Course) -> bool:
        within = (self.places.week.prefecture, *{school.county for school in self.places.schools_of(course)})
        return course.authority == within[0] or within[1:] == (course.authority,)

    def _lessons(self) -> Iterable[tuple[Course, Interval, IntVar | int]]:
        for course in self.courses:
            for at, literal in self.at[course.id].items():
                yield course, at, literal
        for course, at in self._fixed:
            yield course, at, 1

    def _moments(self, users: list[tuple[Course, Interval, int]]) -> Iterable[list[int]]:
        """For each beginning in odd and even weeks, which of the lessons run then. Intervals meet iff one begins
        during the other, so these moments are enough."""
        seen = set()
        halves = {course.weeks for course, _, _ in users}
        for half in (Weeks.ODD, Weeks.EVEN) if len(halves) > 1 else halves:
            by_day: dict[int, list[tuple[Interval, int]]] = defaultdict(list)
            for course, at, number in users:
                if course.weeks.meets(half):
                    by_day[at.weekday].append((at, number))
            for day in by_day.values():
                for start in sorted({at.start for at, _ in day}):
                    running = tuple(number for at, number in day if at.start <= start < at.end)
                    if running not in seen:
                        seen.add(running)
                        yield list(running)

    def _keep_apart(self) -> None:
        """H1, and with it H6 and the room's part of H10: whoever takes part is nowhere else."""
        if not self.switches.holds("H1"):
            return
        users: dict[Id, list[tuple[Course, Interval, int]]] = defaultdict(list)
        literals: list[IntVar | int] = []
        for course, at, literal in self._lessons():
            for who in taking(course):
                users[who].append((course, at, len(literals)))
            literals.append(literal)
        for using in users.values():
            for running in self._moments(using):
                if len(running) > 1:
                    self.cp.add_at_most_one([literals[number] for number in running])

    def _limit_lines(self) -> None:
        if not self.switches.holds("H5"):
            return
        users: dict[tuple[str, Id], list[tuple[Course, Interval, int]]] = defaultdict(list)
        loads: list[tuple[IntVar | int, int]] = []
        for course, at, literal in self._lessons():
            for line, kbit in kbits(self.places, course):
                users[line].append((course, at, len(loads)))
                loads.append((literal, kbit))
        for (kind, who), using in users.items():
            most = carries(self.places, kind, who)
            for running in self._moments(using):
                if sum(loads[number][1] for number in running) > most:
                    terms = [loads[number][0] * loads[number][1] for number in running]
                    self.cp.add(LinearExpr.sum(terms) <= most)

    def _wish(self) -> None:
        for course in self.courses:
            self._wish_times(course)
            self._wish_spread(course)
        self._wish_teachers()

    def _wish_times(self, course: Course) -> None:
        published = {one.interval for one in self.places.week.published if one.course == course.id}
        for at, literal in self.at[course.id].items():
            weight = sum(self.switches.weight(id) for id in of_slot(self.places, course, at))
            if weight:
                self._cost.append((literal, weight))
            if at in published:
                self._cost.append((literal, -self.switches.weight("change")))
                self._constant += self.switches.weight("change")

    def _wish_spread(self, course: Course) -> None:
        if course.weekly < 2 or not self.switches.weight("spread"):
            return
        by_day: dict[int, list[IntVar]] = defaultdict(list)
        for at, literal in self.at[course.id].items():
            by_day[at.weekday].append(literal)
        over = [self._over(literals, 1, course.weekly) for literals in by_day.values() if len(literals) > 1]
        if over and course.double:
            over = [self._over(over, 1, course.weekly)]
        self._cost += [(one, self.switches.weight("spread")) for one in over]

    def _over(self, literals: list[IntVar], most: int, bound: int) -> IntVar:
        over = self.cp.new_int_var(0, bound, "")
        self.cp.add(over >= LinearExpr.sum(literals) - most)
        self._counted.append((over, literals, most, bound))
        return over

    def _wish_teachers(self) -> None:
        by_day: dict[tuple[Id, int], list[tuple[Course, Interval, IntVar]]] = defaultdict(list)
        for course in self.courses:
            for at, literal in self.at[course.id].items():
                by_day[course.lead, at.weekday].append((course, at, literal))
        days: dict[Id, list[IntVar]] = defaultdict(list)
        for (lead, _), lessons in by_day.items():
            literals = [literal for _, _, literal in lessons]
            there = self._there(lessons, literals)
            days[lead].append(there)
            self._cost.append((there, self.switches.weight("days")))
            most = self.places.people[lead].most_daily
            if most and len(literals) > most:
                over = self._over(literals, most, len(literals))
                self.cp.add(over >= LinearExpr.sum(literals) - most * there)
                days[lead].append(over)
                self._cost.append((over, self.switches.weight("daily")))
        for lead, counted in days.items():
            self._bound_days(lead, counted)

    def _there(self, lessons: list[tuple[Course, Interval, IntVar]], literals: list[IntVar]) -> IntVar:
        """Whether a teacher comes that day. At most one lesson of a moment is given, so their sum says it best."""
        there = self.cp.new_bool_var("")
        if self.switches.holds("H1"):
            for running in self._moments([(course, at, number) for number, (course, at, _) in enumerate(lessons)]):
                self.cp.add(LinearExpr.sum([literals[number] for number in running]) <= there)
        else:
            self.cp.add_max_equality(there, literals)
        self._counted.append((there, literals, 0, 1))
        return there

    def _bound_days(self, lead: Id, counted: list[IntVar]) -> None:
        """No news, but it makes the bound: n lessons of at most m a day are on n/m days, or over, or left out."""
        most, mine = self.places.people[lead].most_daily, [one for one in self.courses if one.lead == lead]
        if most and len({one.weeks for one in mine}) == 1:
            needed = -(-sum(one.weekly for one in mine) // most)
            self.cp.add(LinearExpr.sum([*counted, *(self.left_out[one.id] for one in mine)]) >= needed)

    def hint(self, placements: Iterable[Placement]) -> None:
        """A whole timetable to begin from, with all that follows from it."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for index, value in self._values(placements).items():
            self.cp.add_hint(self.cp.get_int_var_from_proto_index(index), value)

    def cost(self, placements: Iterable[Placement]) -> int:
        """What the objective says of a timetable."""
        values = self._values(placements)
        return self._constant + sum(values[one.index] * weight for one, weight in self._cost)

    def _values(self, placements: Iterable[Placement]) -> dict[int, int]:
        there = {(one.course, one.interval) for one in placements}
        known: dict[int, int] = {}
        for course, found in self.at.items():
            for at, literal in found.items():
                known[literal.index] = int((course, at) in there)
            placed = sum(known[one.index] for one in found.values())
            known[self.left_out[course].index] = self.places.courses[course].weekly - placed
        for variable, counted, base, most in self._counted:
            known[variable.index] = min(most, max(0, sum(known[one.index] for one in counted) - base))
        return known

    def placements(self, values: cp_model.CpSolver | cp_model.CpSolverSolutionCallback) -> tuple[Placement, ...]:
        found = []
        for course in self.courses:
            chosen = (at for at, literal in self.at[course.id].items() if values.value(literal))
            found += [Placement(course.id, number, at) for number, at in enumerate(sorted(chosen), 1)]
        return tuple(found)
