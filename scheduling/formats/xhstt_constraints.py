"""The sixteen constraint kinds of XHSTT, each read by one function."""

from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element

from scheduling.engine import problem as p
from scheduling.formats.archive import BadFile
from scheduling.formats.xhstt_names import Names, text, whole

Read = Callable[[Element, Names, dict[str, Any]], p.Constraint]


def read_constraint(element: Element, names: Names) -> p.Constraint:
    read = KINDS.get(element.tag)
    if read is None:
        raise BadFile(f"no constraint is of the kind <{element.tag}>")
    function = text(element, "CostFunction", "Linear")
    if function not in set(p.CostFunction):
        raise BadFile(f"constraint “{element.get('Id', '')}”: the cost function “{function}” is none of XHSTT 2014")
    shared = {
        "id": element.get("Id", ""),
        "name": text(element, "Name", element.get("Id", "")),
        "required": text(element, "Required", "true") == "true",
        "weight": whole(element, "Weight", 1),
        "function": p.CostFunction(function),
    }
    return read(element, names, shared)


def _assign_resource(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.AssignResource(**shared, events=_events(element, names), role=text(element, "Role"))


def _assign_time(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.AssignTime(**shared, events=_events(element, names))


def _split_events(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    durations = p.Limits(whole(element, "MinimumDuration", 1), whole(element, "MaximumDuration", p.UNBOUNDED))
    amounts = p.Limits(whole(element, "MinimumAmount", 1), whole(element, "MaximumAmount", p.UNBOUNDED))
    return p.SplitEvents(**shared, events=_events(element, names), durations=durations, amounts=amounts)


def _distribute_split_events(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.DistributeSplitEvents(
        **shared, events=_events(element, names), duration=whole(element, "Duration"), limits=_limits(element)
    )


def _prefer_resources(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.PreferResources(
        **shared,
        events=_events(element, names),
        role=text(element, "Role"),
        resources=frozenset(_resources(element, names)),
    )


def _prefer_times(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    duration = whole(element, "Duration", 0) or None
    return p.PreferTimes(
        **shared, events=_events(element, names), times=frozenset(_times(element, names)), duration=duration
    )


def _avoid_split_assignments(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.AvoidSplitAssignments(**shared, groups=_groups(element, names), role=text(element, "Role"))


def _spread_events(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    spans = tuple(
        (frozenset(names.time_group(one.get("Reference", ""))), _limits(one))
        for one in element.iterfind("TimeGroups/TimeGroup")
    )
    return p.SpreadEvents(**shared, groups=_groups(element, names), spans=spans)


def _link_events(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.LinkEvents(**shared, groups=_groups(element, names))


def _order_events(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    pairs = tuple(
        (
            names.event(_reference(pair, "FirstEvent")),
            names.event(_reference(pair, "SecondEvent")),
            p.Limits(whole(pair, "MinSeparation", 0), whole(pair, "MaxSeparation", p.UNBOUNDED)),
        )
        for pair in element.iterfind("AppliesTo/EventPairs/EventPair")
    )
    return p.OrderEvents(**shared, pairs=pairs)


def _avoid_clashes(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.AvoidClashes(**shared, resources=_applied_resources(element, names))


def _avoid_unavailable_times(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.AvoidUnavailableTimes(
        **shared, resources=_applied_resources(element, names), times=frozenset(_times(element, names))
    )


def _limit_idle_times(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.LimitIdleTimes(**shared, **_by_span(element, names))


def _cluster_busy_times(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.ClusterBusyTimes(**shared, **_by_span(element, names))


def _limit_busy_times(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.LimitBusyTimes(**shared, **_by_span(element, names))


def _limit_workload(element: Element, names: Names, shared: dict[str, Any]) -> p.Constraint:
    return p.LimitWorkload(**shared, resources=_applied_resources(element, names), limits=_limits(element))


def _by_span(element: Element, names: Names) -> dict[str, Any]:
    return {
        "resources": _applied_resources(element, names),
        "spans": tuple(
            tuple(sorted(names.time_group(one.get("Reference", ""))))
            for one in element.iterfind("TimeGroups/TimeGroup")
        ),
        "limits": _limits(element),
    }


def _limits(element: Element) -> p.Limits:
    return p.Limits(whole(element, "Minimum", 0), whole(element, "Maximum", p.UNBOUNDED))


def _events(element: Element, names: Names) -> tuple[int, ...]:
    single = [names.event(one) for one in _references(element, "AppliesTo/Events/Event")]
    return _once([*single, *(event for group in _groups(element, names) for event in group)])


def _groups(element: Element, names: Names) -> tuple[tuple[int, ...], ...]:
    return tuple(names.event_group(one) for one in _references(element, "AppliesTo/EventGroups/EventGroup"))


def _applied_resources(element: Element, names: Names) -> tuple[int, ...]:
    applied = element.find("AppliesTo")
    return () if applied is None else _once(_resources(applied, names))


def _resources(element: Element, names: Names) -> list[int]:
    groups = [names.resource_group(one) for one in _references(element, "ResourceGroups/ResourceGroup")]
    single = [names.resource(one) for one in _references(element, "Resources/Resource")]
    return [*single, *(one for group in groups for one in group)]


def _times(element: Element, names: Names) -> list[int]:
    groups = [names.time_group(one) for one in _references(element, "TimeGroups/TimeGroup")]
    single = [names.time(one) for one in _references(element, "Times/Time")]
    return [*single, *(one for group in groups for one in group)]


def _references(element: Element, path: str) -> list[str]:
    return [one.get("Reference", "") for one in element.iterfind(path)]


def _reference(element: Element, path: str) -> str:
    found = element.find(path)
    if found is None:
        raise BadFile(f"a pair of events lacks its <{path}>")
    return found.get("Reference", "")


def _once(indices: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(indices))


KINDS: dict[str, Read] = {
    "AssignResourceConstraint": _assign_resource,
    "AssignTimeConstraint": _assign_time,
    "SplitEventsConstraint": _split_events,
    "DistributeSplitEventsConstraint": _distribute_split_events,
    "PreferResourcesConstraint": _prefer_resources,
    "PreferTimesConstraint": _prefer_times,
    "AvoidSplitAssignmentsConstraint": _avoid_split_assignments,
    "SpreadEventsConstraint": _spread_events,
    "LinkEventsConstraint": _link_events,
    "OrderEventsConstraint": _order_events,
    "AvoidClashesConstraint": _avoid_clashes,
    "AvoidUnavailableTimesConstraint": _avoid_unavailable_times,
    "LimitIdleTimesConstraint": _limit_idle_times,
    "ClusterBusyTimesConstraint": _cluster_busy_times,
    "LimitBusyTimesConstraint": _limit_busy_times,
    "LimitWorkloadConstraint": _limit_workload,
}
