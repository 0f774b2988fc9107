"""Writes a solution into the archive that its instance came from; what was solved there before goes."""

from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scheduling.engine.cost import Cost
from scheduling.engine.problem import Lesson, Problem, Solution

GROUP = "Songjiao"


def without_solutions(root: Element) -> Element:
    for groups in root.findall("SolutionGroups"):
        root.remove(groups)
    return root


def write(root: Element, solved: list[tuple[Problem, Solution, Cost]], today: date) -> bytes:
    """The archive as it was, holding only these solutions. Changes `root`."""
    without_solutions(root)
    group = SubElement(SubElement(root, "SolutionGroups"), "SolutionGroup", Id=GROUP)
    about = SubElement(group, "MetaData")
    SubElement(about, "Contributor").text = "Songjiao"
    SubElement(about, "Date").text = today.isoformat()
    costs = ", ".join(f"{problem.id} {cost}" for problem, _, cost in solved)
    SubElement(about, "Description").text = f"Found by the timetable solver of Songjiao; cost (hard, soft): {costs}"
    for problem, solution, cost in solved:
        _solution(group, problem, solution, cost)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _solution(group: Element, problem: Problem, solution: Solution, cost: Cost) -> None:
    element = SubElement(group, "Solution", Reference=problem.id)
    SubElement(element, "Description").text = f"cost (hard, soft): {cost}"
    events = SubElement(element, "Events")
    for lesson in solution:
        _lesson(SubElement(events, "Event", Reference=problem.events[lesson.event].id), problem, lesson)


def _lesson(element: Element, problem: Problem, lesson: Lesson) -> None:
    SubElement(element, "Duration").text = str(lesson.duration)
    if lesson.time is not None:
        SubElement(element, "Time", Reference=problem.times[lesson.time])
    resources = SubElement(element, "Resources")
    for need, given in zip(problem.events[lesson.event].needs, lesson.resources, strict=True):
        if need.resource is None and given is not None:
            one = SubElement(resources, "Resource", Reference=problem.resources[given].id)
            SubElement(one, "Role").text = need.role
