"""Why a lesson has no place: the smallest set of courses that cannot all be had together, and what would help."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from scheduling.delivery.model import DeliveryModel, Switches
from scheduling.delivery.rules import when
from scheduling.delivery.slotless import why_no_slot
from scheduling.delivery.slots import Places, taking
from scheduling.model import Course, Week

SECONDS = 5.0


@dataclass(frozen=True)
class WayOut:
    """A change of the plan after which the courses fit."""

    zh: str
    en: str


@dataclass(frozen=True)
class Clash:
    """Courses of which any one may go, and then the others fit."""

    courses: tuple[Course, ...]
    zh: str
    en: str
    ways_out: tuple[WayOut, ...]


def clash(week: Week, course: Course, switches: Switches | None = None) -> Clash | None:
    """None if the course fits with those that it shares anything with, or that cannot be told within seconds."""
    places, chosen = Places(week), switches or Switches()
    if (reason := why_no_slot(places, course)) and "H4" not in chosen.off:
        return Clash((course,), reason.zh, reason.en, (WayOut(reason.remedy_zh, reason.remedy_en),))
    around = _around(places, course)
    core = _core(places, [course, *around], chosen)
    if core is None:
        return None
    smallest = _smallest(places, core, chosen)
    zh, en = _words(places, smallest)
    return Clash(smallest, zh, en, tuple(_ways_out(places, smallest, chosen)))


def _around(places: Places, course: Course) -> list[Course]:
    """Those that share somebody with it, and those that share somebody with them."""
    mine = set(taking(course))
    near = [one for one in places.week.courses if mine & set(taking(one))]
    reach = set().union(mine, *(taking(one) for one in near))
    return [one for one in places.week.courses if one is not course and reach & set(taking(one))]


def _core(places: Places, courses: Sequence[Course], switches: Switches) -> list[Course] | None:
    """CP-SAT's own set of demands that cannot hold together; not yet the smallest."""
    model = DeliveryModel(places, courses, switches=switches)
    asked = {}
    for course in courses:
        literal = model.cp.new_bool_var("")
        model.cp.add(model.left_out[course.id] == 0).only_enforce_if(literal)
        asked[literal.index] = course
    model.cp.minimize(0)
    model.cp.add_assumptions([model.cp.get_bool_var_from_proto_index(index) for index in asked])
    solver = _solver()
    if solver.solve(model.cp) != cp_model.INFEASIBLE:
        return None
    return [asked[index] for index in solver.sufficient_assumptions_for_infeasibility()]


def _smallest(places: Places, courses: list[Course], switches: Switches) -> tuple[Course, ...]:
    """Leaves out each in turn; those without which the rest fits stay."""
    kept = list(courses)
    for course in courses:
        rest = [one for one in kept if one is not course]
        if not _fits(places, rest, switches):
            kept = rest
    return tuple(kept)


def _fits(places: Places, courses: Sequence[Course], switches: Switches) -> bool:
    model = DeliveryModel(places, courses, switches=switches)
    for missing in model.left_out.values():
        model.cp.add(missing == 0)
    model.cp.minimize(0)
    return _solver().solve(model.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def _solver() -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = SECONDS
    return solver


def _words(places: Places, courses: tuple[Course, ...]) -> tuple[str, str]:
    lessons = sum(one.weekly for one in courses)
    shared = set(taking(courses[0])).intersection(*(taking(one) for one in courses[1:])) if courses else set()
    names_zh = "、".join(f"《{one.name}》" for one in courses)
    names_en = ", ".join(one.name for one in courses)
    if len(courses) == 1:
        zh = f"{names_zh}每周要 {lessons} 节，参加的学校凑不出这么多共同的空闲课节。"
        return zh, f"{names_en} wants {lessons} lessons a week; its schools share no such number of free periods."
    who = "、".join(sorted(places.name(one) for one in shared))
    zh = f"{names_zh}一共 {lessons} 节，" + (f"都要用{who}，排不下。" if who else "互相占用，排不下。")
    return zh, f"{names_en}: {lessons} lessons together do not fit" + (f"; all need {who}." if who else ".")


def _ways_out(places: Places, courses: tuple[Course, ...], switches: Switches) -> Iterator[WayOut]:
    """Only what was tried and lets all the others fit."""
    for course in courses:
        fewer = replace(course, weekly=course.weekly - 1)
        if _fits(
            places, [fewer if one is course else one for one in courses if one is not course or fewer.weekly], switches
        ):
            yield WayOut(f"《{course.name}》每周减一节。", f"One lesson a week less of {course.name}.")
    yield from _lifted(places, courses, switches)
    yield from _unlocked(places, courses, switches)


def _lifted(places: Places, courses: tuple[Course, ...], switches: Switches) -> Iterator[WayOut]:
    concerned = {who for course in courses for who in (*taking(course), *(s.id for s in places.schools_of(course)))}
    for closed in places.week.unavailable:
        if closed.who in concerned:
            rest = tuple(one for one in places.week.unavailable if one is not closed)
            if _fits(Places(replace(places.week, unavailable=rest)), courses, switches):
                zh, en = when(closed.interval)
                name = places.name(closed.who)
                yield WayOut(f"腾出{name}的{zh}（{closed.reason}）。", f"Free {name}, {en} ({closed.reason}).")


def _unlocked(places: Places, courses: tuple[Course, ...], switches: Switches) -> Iterator[WayOut]:
    mine = {course.id for course in courses}
    for locked in places.week.locked:
        if locked.course in mine:
            rest = tuple(one for one in places.week.locked if one is not locked)
            if _fits(Places(replace(places.week, locked=rest)), courses, switches):
                zh, en = when(locked.interval)
                name = places.name(locked.course)
                yield WayOut(f"解开锁定在{zh}的《{name}》。", f"Unlock {name}, {en}.")
