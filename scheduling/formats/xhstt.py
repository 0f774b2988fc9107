"""Reads XHSTT archives (https://www.utwente.nl/en/eemcs/dmmp/hstt): instances, and solutions that come with them."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from scheduling.engine.problem import Event, Lesson, Need, Problem, Resource, Solution
from scheduling.formats.archive import Archive, BadFile, Solved
from scheduling.formats.xhstt_constraints import read_constraint
from scheduling.formats.xhstt_names import Names, decimal, text, whole


def read(content: bytes) -> Archive:
    """Raises BadFile. Solutions of instances that are not in the file are an error, as are unknown references."""
    return from_element(parse(content))


def from_element(root: Element) -> Archive:
    if root.tag != "HighSchoolTimetableArchive":
        raise BadFile(f"the file is no XHSTT archive: it begins with <{root.tag}>")
    instances = {element.get("Id", ""): _instance(element) for element in root.iterfind("Instances/Instance")}
    solutions = tuple(_solutions(root, instances))
    return Archive(tuple(problem for problem, _ in instances.values()), solutions)


def parse(content: bytes) -> Element:
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadFile(f"the file is no XML: {error}") from None
    return root


def _instance(element: Element) -> tuple[Problem, Names]:
    names = Names(element)
    events = tuple(_event(event, names) for event in element.iterfind("Events/Event"))
    problem = Problem(
        id=element.get("Id", ""),
        times=tuple(names.times),
        resources=tuple(Resource(id, names.types[id]) for id in names.resources),
        events=events,
        constraints=(),
    )
    constraints = element.find("Constraints")
    found = tuple(read_constraint(one, names) for one in ([] if constraints is None else constraints))
    return Problem(problem.id, problem.times, problem.resources, events, found), names


def _event(element: Element, names: Names) -> Event:
    duration = whole(element, "Duration", 1)
    if duration < 1:
        raise BadFile(f"event “{element.get('Id', '')}” lasts {duration} times")
    workload = decimal(element, "Workload", str(duration))
    time = element.find("Time")
    return Event(
        id=element.get("Id", ""),
        name=text(element, "Name", element.get("Id", "")),
        duration=duration,
        time=None if time is None else names.time(time.get("Reference", "")),
        needs=tuple(_need(one, workload, names) for one in element.iterfind("Resources/Resource")),
    )


def _need(element: Element, workload: Fraction, names: Names) -> Need:
    reference = element.get("Reference")
    type_element = element.find("ResourceType")
    kind = "" if type_element is None else type_element.get("Reference", "")
    if reference is None and not kind:
        raise BadFile("a place at an event names neither a resource nor a type")
    return Need(
        role=text(element, "Role", ""),
        type=kind or names.types.get(reference or "", ""),
        resource=None if reference is None else names.resource(reference),
        workload=decimal(element, "Workload", str(workload)),
    )


def _solutions(root: Element, instances: Mapping[str, tuple[Problem, Names]]) -> Iterator[Solved]:
    for group in root.iterfind("SolutionGroups/SolutionGroup"):
        for element in group.iterfind("Solution"):
            reference = element.get("Reference", "")
            if reference not in instances:
                raise BadFile(f"a solution is for “{reference}”, which the file does not hold")
            problem, names = instances[reference]
            yield Solved(group.get("Id", ""), problem, _solution(element, problem, names))


def _solution(element: Element, problem: Problem, names: Names) -> Solution:
    """What an event's lessons do not cover becomes one more lesson, without a time."""
    lessons = [_lesson(one, problem, names) for one in element.iterfind("Events/Event")]
    covered = [0] * len(problem.events)
    for lesson in lessons:
        covered[lesson.event] += lesson.duration
    for index, event in enumerate(problem.events):
        if covered[index] > event.duration:
            raise BadFile(f"a solution gives event “{event.id}” {covered[index]} times; it lasts {event.duration}")
        if covered[index] < event.duration:
            lessons.append(_rest(index, event, event.duration - covered[index]))
    return tuple(lessons)


def unsolved(problem: Problem) -> Solution:
    """The times and resources that the events come with."""
    return tuple(_rest(index, event, event.duration) for index, event in enumerate(problem.events))


def _rest(index: int, event: Event, duration: int) -> Lesson:
    time = event.time if duration == event.duration else None
    return Lesson(index, duration, time, tuple(need.resource for need in event.needs))


def _lesson(element: Element, problem: Problem, names: Names) -> Lesson:
    index = names.event(element.get("Reference", ""))
    event = problem.events[index]
    duration = whole(element, "Duration", event.duration)
    if duration < 1:
        raise BadFile(f"a solution gives event “{event.id}” a lesson of {duration} times")
    time_element = element.find("Time")
    time = event.time if time_element is None else names.time(time_element.get("Reference", ""))
    if time is not None and time + duration > len(problem.times):
        raise BadFile(f"a solution runs event “{event.id}” beyond the last time")
    given = {text(one, "Role", ""): one.get("Reference") for one in element.iterfind("Resources/Resource")}
    return Lesson(index, duration, time, tuple(_given(need, given, names) for need in event.needs))


def _given(need: Need, given: Mapping[str, str | None], names: Names) -> int | None:
    if need.resource is not None:
        return need.resource
    reference = given.get(need.role)
    return names.resource(reference) if reference else None
