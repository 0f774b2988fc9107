"""What a delivery timetable must and should be: each rule one function under its sentence (hard.py, soft.py).

A rule finds faults in a timetable that is there. The solver says the same in its own way (model.py) and shares no
arithmetic with it, so every draft is checked by another hand. The bureau may switch rules off by id, and weigh the soft
ones anew.
"""

from collections.abc import Mapping

from scheduling.delivery import hard, soft
from scheduling.delivery.rule import RULES, Fault, Rule, Timetable, when
from scheduling.model import Course, Interval, Placement

__all__ = ["RULES", "Fault", "Rule", "Timetable", "cost", "faults", "hard", "soft", "when", "why_not"]


def faults(timetable: Timetable, off: frozenset[str] = frozenset()) -> list[Fault]:
    return [fault for one in RULES.values() if one.id not in off for fault in one.find(timetable)]


def cost(found: list[Fault], weights: Mapping[str, int] | None = None) -> tuple[int, int]:
    """Hard faults, and what the others weigh together."""
    weighed = weights or {}
    hard = sum(fault.amount for fault in found if RULES[fault.rule].hard)
    return hard, sum(fault.amount * weighed.get(fault.rule, RULES[fault.rule].weight) for fault in found)


def why_not(
    timetable: Timetable, course: Course, number: int, at: Interval, off: frozenset[str] = frozenset()
) -> list[Fault]:
    """What would break, hard rules first, if this one lesson were at that time instead: for dragging."""
    others = [one for one in timetable.placements if (one.course, one.number) != (course.id, number)]
    moved = Timetable(timetable.places, (*others, Placement(course.id, number, at)))
    before = {(fault.rule, fault.zh) for fault in faults(timetable, off)}
    new = [one for one in faults(moved, off) if course.id in one.courses and (one.rule, one.zh) not in before]
    return sorted(new, key=lambda one: not RULES[one.rule].hard)
