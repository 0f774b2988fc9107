"""Reads FET files (lalescu.ro/liviu/fet): one institution's week. What is not honoured is named, never dropped.

An activity is an event of one piece; students are their smallest sets (subgroups), so that sets that share pupils
clash. Constraints of weight 100 are required, others are wished for with their weight, weight 0 says nothing.
"""

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from scheduling.engine import problem as p
from scheduling.formats.archive import BadFile
from scheduling.formats.fet_constraints import KINDS
from scheduling.formats.fet_names import Activity, Week, activities
from scheduling.formats.xhstt_names import decimal, text


@dataclass(frozen=True)
class Read:
    problem: p.Problem
    activities: tuple[Activity, ...]
    """In the order of the problem's events."""
    week: Week
    not_honoured: tuple[str, ...]
    """Names of constraint kinds in the file, in its order."""


def read(root: Element) -> Read:
    """Raises BadFile."""
    if root.tag != "fet":
        raise BadFile(f"the file is no FET file: it begins with <{root.tag}>")
    week = Week(root)
    found = activities(root, week)
    constraints: list[p.Constraint] = []
    missed: dict[str, None] = {}
    for element in [*root.iterfind("Time_Constraints_List/*"), *root.iterfind("Space_Constraints_List/*")]:
        if text(element, "Active", "true") != "true" or _weight(element) == 0:
            continue
        read_kind = KINDS.get(element.tag)
        made = None if read_kind is None else read_kind(element, week, found)
        if made is None:
            missed[element.tag] = None
        else:
            constraints += made
    return Read(_problem(root, week, found, constraints), tuple(found), week, tuple(missed))


def _weight(element: Element) -> float:
    return float(decimal(element, "Weight_Percentage", "100"))


def _problem(root: Element, week: Week, found: list[Activity], constraints: list[p.Constraint]) -> p.Problem:
    everything = tuple(range(len(found)))
    shared: dict[str, Any] = {"required": True, "weight": 1, "function": p.CostFunction.LINEAR}
    whole = p.Limits(1, p.UNBOUNDED)
    always: list[p.Constraint] = [
        p.AssignTime(id="assign", name="assign", **shared, events=everything),
        p.SplitEvents(id="whole", name="whole", **shared, events=everything, durations=whole, amounts=p.Limits(1, 1)),
        p.AvoidClashes(id="clash", name="clash", **shared, resources=tuple(range(len(week.resources)))),
    ]
    for duration in sorted({one.duration for one in found} - {1}):
        events = tuple(index for index, one in enumerate(found) if one.duration == duration)
        fit = week.starts_within_day(duration)
        always.append(p.PreferTimes(id="day", name="day", **shared, events=events, times=fit, duration=None))
    return p.Problem(
        id=text(root, "Institution_Name", "fet"),
        times=tuple(f"{day} {hour}" for day in week.days for hour in week.hours),
        resources=tuple(p.Resource(name, kind) for kind, name in week.resources),
        events=tuple(one.event() for one in found),
        constraints=(*always, *constraints),
    )
