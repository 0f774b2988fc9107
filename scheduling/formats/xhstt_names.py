"""Who is called what in an XHSTT instance: times, resources, events and their groups, by reference."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeVar
from xml.etree.ElementTree import Element

from scheduling.formats.archive import BadFile

Found = TypeVar("Found")


def text(element: Element, path: str, default: str | None = None) -> str:
    found = element.findtext(path)
    if found is None or not found.strip():
        if default is None:
            raise BadFile(f"<{element.tag} Id=“{element.get('Id', '')}”> lacks <{path}>")
        return default
    return found.strip()


def whole(element: Element, path: str, default: int | None = None) -> int:
    found = text(element, path, None if default is None else str(default))
    try:
        return int(found)
    except ValueError:
        raise BadFile(f"<{element.tag} Id=“{element.get('Id', '')}”>: {path} “{found}” is no whole number") from None


def decimal(element: Element, path: str, default: str) -> Fraction:
    found = text(element, path, default)
    try:
        return Fraction(found)
    except (ValueError, ZeroDivisionError):
        raise BadFile(f"<{element.tag} Id=“{element.get('Id', '')}”>: {path} “{found}” is no number") from None


class Names:
    """The references of one instance, as indices in the order of the file."""

    def __init__(self, instance: Element) -> None:
        self.times = _numbered(instance.iterfind("Times/Time"))
        self.resources = _numbered(instance.iterfind("Resources/Resource"))
        self.events = _numbered(instance.iterfind("Events/Event"))
        self.types = {
            one.get("Id", ""): _reference(one, "ResourceType") for one in instance.iterfind("Resources/Resource")
        }
        self._time_groups = _members(instance.iterfind("Times/Time"), "Times/TimeGroups", instance)
        self._resource_groups = _members(instance.iterfind("Resources/Resource"), "Resources/ResourceGroups", instance)
        self._event_groups = _members(instance.iterfind("Events/Event"), "Events/EventGroups", instance)

    def time(self, reference: str) -> int:
        return _find(self.times, reference, "time")

    def resource(self, reference: str) -> int:
        return _find(self.resources, reference, "resource")

    def event(self, reference: str) -> int:
        return _find(self.events, reference, "event")

    def time_group(self, reference: str) -> tuple[int, ...]:
        return _find(self._time_groups, reference, "group of times")

    def resource_group(self, reference: str) -> tuple[int, ...]:
        return _find(self._resource_groups, reference, "group of resources")

    def event_group(self, reference: str) -> tuple[int, ...]:
        return _find(self._event_groups, reference, "group of events")


def _find(names: Mapping[str, Found], reference: str, what: str) -> Found:
    try:
        return names[reference]
    except KeyError:
        raise BadFile(f"no {what} is called “{reference}”") from None


def _numbered(elements: Iterable[Element]) -> dict[str, int]:
    found: dict[str, int] = {}
    for element in elements:
        name = element.get("Id", "")
        if name in found:
            raise BadFile(f"two <{element.tag}> are called “{name}”")
        found[name] = len(found)
    return found


def _reference(element: Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else found.get("Reference", "")


def _members(elements: Iterable[Element], groups: str, instance: Element) -> dict[str, tuple[int, ...]]:
    """Days, weeks, courses and groups alike: each is a group, told by the member."""
    declared = instance.find(groups)
    members: dict[str, list[int]] = defaultdict(list)
    for index, element in enumerate(elements):
        for child in element.iter():
            if child.tag in {"Day", "Week", "TimeGroup", "ResourceGroup", "EventGroup", "Course"}:
                members[child.get("Reference", "")].append(index)
    names = [one.get("Id", "") for one in ([] if declared is None else declared)]
    return {name: tuple(dict.fromkeys(members[name])) for name in names}
