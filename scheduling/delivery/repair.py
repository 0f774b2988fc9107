"""After a change (a teacher ill, a room broken, a line down): the few repairs that disturb the least, best first."""

from dataclasses import dataclass
from time import monotonic

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import LinearExpr

from scheduling.delivery.hard import kbits
from scheduling.delivery.model import LEFT_OUT, DeliveryModel, Switches
from scheduling.delivery.rules import RULES, Timetable
from scheduling.delivery.slots import Places, taking
from scheduling.model import Course, Id, Placement, Week

MOST = 3
BREAKING = ("H1", "H2", "H4", "H5")
"""What a change of the world can break in a timetable that was right."""
# A moved lesson disturbs each class that takes part; one that changes its day, twice.
SAME_DAY, OTHER_DAY = 1, 2


@dataclass(frozen=True)
class Repair:
    """`moved` pairs what was with what is instead, None for a lesson left out; `disturbance` adds up classes."""

    placements: tuple[Placement, ...]
    moved: tuple[tuple[Placement, Placement | None], ...]
    disturbance: int


def repairs(week: Week, seconds: float = 3.0, switches: Switches | None = None, most: int = MOST) -> list[Repair]:
    """`week.published` is what holds now, and the week's other rows are as they are after the change. Empty if nothing
    published is broken."""
    end, places, chosen = monotonic() + seconds, Places(week), switches or Switches()
    broken = _broken(places, chosen)
    if not broken:
        return []
    free = _free(places, broken)
    fixed = [one for one in week.published if one.course not in free]
    found: list[Repair] = []
    moving = [places.courses[id] for id in sorted(free)]
    model = DeliveryModel(places, moving, _beside(places, moving, fixed), chosen)
    model.hint(week.published)
    model.cp.minimize(_disturbance(model, places))
    while len(found) < most and monotonic() < end - 0.1:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = end - monotonic()
        if solver.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        now = model.placements(solver)
        found.append(_repair(places, fixed, now, free))
        _forbid(model, solver, broken)
    return found


def _broken(places: Places, switches: Switches) -> set[Id]:
    timetable = Timetable(places, places.week.published)
    return {
        id
        for rule in BREAKING
        if rule not in switches.off
        for fault in RULES[rule].find(timetable)
        for id in fault.courses
    }


def _free(places: Places, broken: set[Id]) -> set[Id]:
    """The broken ones, and those that might have to give way: who shares somebody with them."""
    whose = {who for id in broken for who in taking(places.courses[id])}
    return broken | {one.course for one in places.week.published if whose & set(taking(places.courses[one.course]))}


def _beside(places: Places, moving: list[Course], fixed: list[Placement]) -> list[Placement]:
    """The lessons that share anybody, a line or a relay with those that may move."""

    def uses(course: Course) -> set[Id | tuple[str, Id]]:
        return {*taking(course), *(line for line, _ in kbits(places, course))}

    shared = set().union(*(uses(course) for course in moving))
    near = {one.id for one in places.week.courses if shared & uses(one)}
    return [one for one in fixed if one.course in near]


def _disturbance(model: DeliveryModel, places: Places) -> LinearExpr:
    """What leaves its time disturbs each class; a lesson that stays on its day disturbs half as much."""
    terms: list[tuple[cp_model.IntVar, int]] = []
    for course in model.courses:
        times = {one.interval for one in places.week.published if one.course == course.id}
        days = {one.weekday for one in times}
        classes = _classes(course)
        for at, literal in model.at[course.id].items():
            if at not in times:
                terms.append((literal, classes * (SAME_DAY if at.weekday in days else OTHER_DAY)))
        terms.append((model.left_out[course.id], LEFT_OUT * classes))
    return LinearExpr.weighted_sum([one for one, _ in terms], [weight for _, weight in terms])


def _classes(course: Course) -> int:
    return len(course.receptions) + (1 if course.sending_class else 0)


def _forbid(model: DeliveryModel, solver: cp_model.CpSolver, broken: set[Id]) -> None:
    """The next repair gives the broken courses other times."""
    chosen = [one for id in sorted(broken) for one in model.at[id].values() if solver.value(one)]
    if chosen:
        model.cp.add(LinearExpr.sum(chosen) <= len(chosen) - 1)
    else:
        model.cp.add_bool_or([])


def _repair(places: Places, fixed: list[Placement], now: tuple[Placement, ...], free: set[Id]) -> Repair:
    moved: list[tuple[Placement, Placement | None]] = []
    disturbance = 0
    for id in sorted(free):
        before = [one for one in places.week.published if one.course == id]
        after = [one for one in now if one.course == id]
        left = [one for one in before if one.interval not in {other.interval for other in after}]
        come = [one for one in after if one.interval not in {other.interval for other in before}]
        pairs = [(one, come[place] if place < len(come) else None) for place, one in enumerate(left)]
        moved += pairs
        disturbance += sum(_weight(one, other) for one, other in pairs) * _classes(places.courses[id])
    return Repair((*fixed, *now), tuple(moved), disturbance)


def _weight(before: Placement, after: Placement | None) -> int:
    if after is None:
        return LEFT_OUT
    return SAME_DAY if before.interval.weekday == after.interval.weekday else OTHER_DAY
