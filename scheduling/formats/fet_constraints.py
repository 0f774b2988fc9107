"""The FET constraint kinds that are honoured, each by one function; None from one means: not in this form."""

from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element

from scheduling.engine import problem as p
from scheduling.formats.archive import BadFile
from scheduling.formats.fet_names import APART, ROOM, STUDENTS, TEACHER, Activity, Week
from scheduling.formats.xhstt_names import decimal, text, whole

Made = list[p.Constraint] | None
Read = Callable[[Element, Week, list[Activity]], Made]
WhoseDays = Callable[[Element, Week], tuple[int, ...]]


def _shared(element: Element) -> dict[str, Any]:
    weight = decimal(element, "Weight_Percentage", "100")
    return {
        "id": element.tag,
        "name": element.tag.removeprefix("Constraint"),
        "required": weight >= 100,
        "weight": 1 if weight >= 100 else max(1, round(weight)),
        "function": p.CostFunction.LINEAR,
    }


def _nothing_more(element: Element, week: Week, activities: list[Activity]) -> Made:
    """The basic compulsory constraints are what every problem has: times, rooms and nobody in two places."""
    return []


def _numbers(element: Element, activities: list[Activity], path: str = "Activity_Id") -> list[int]:
    """The events meant; ids of activities that are not active say nothing."""
    ids = {one.id: number for number, one in enumerate(activities)}
    return [ids[one.text or ""] for one in element.iterfind(path) if (one.text or "") in ids]


def _times(element: Element, week: Week, path: str, prefix: str = "") -> frozenset[int]:
    return frozenset(week.time(text(one, f"{prefix}Day"), text(one, f"{prefix}Hour")) for one in element.iterfind(path))


def _teacher(element: Element, week: Week) -> tuple[int, ...]:
    named = element.findtext("Teacher_Name") or element.findtext("Teacher") or ""
    return (week.one(TEACHER, named),)


def _all_teachers(element: Element, week: Week) -> tuple[int, ...]:
    return week.all_of(TEACHER)


def _students(element: Element, week: Week) -> tuple[int, ...]:
    return week.students(element.findtext("Students") or element.findtext("Students_Name") or "")


def _all_students(element: Element, week: Week) -> tuple[int, ...]:
    return week.all_of(STUDENTS)


def _room(element: Element, week: Week) -> tuple[int, ...]:
    return (week.one(ROOM, text(element, "Room")),)


def _not_available(whose: WhoseDays) -> Read:
    def read(element: Element, week: Week, activities: list[Activity]) -> Made:
        times = _times(element, week, "Not_Available_Time")
        return [p.AvoidUnavailableTimes(**_shared(element), resources=whose(element, week), times=times)]

    return read


def _break_times(element: Element, week: Week, activities: list[Activity]) -> Made:
    everybody = tuple(range(len(week.resources)))
    times = _times(element, week, "Break_Time")
    return [p.AvoidUnavailableTimes(**_shared(element), resources=everybody, times=times)]


def _days(whose: WhoseDays, path: str, least: bool = False) -> Read:
    def read(element: Element, week: Week, activities: list[Activity]) -> Made:
        bound = whole(element, path)
        limits = p.Limits(bound, p.UNBOUNDED) if least else p.Limits(0, bound)
        return [p.ClusterBusyTimes(**_shared(element), resources=whose(element, week), spans=week.spans, limits=limits)]

    return read


def _gaps_per_week(whose: WhoseDays) -> Read:
    def read(element: Element, week: Week, activities: list[Activity]) -> Made:
        limits = p.Limits(0, whole(element, "Max_Gaps"))
        return [p.LimitIdleTimes(**_shared(element), resources=whose(element, week), spans=week.spans, limits=limits)]

    return read


def _gaps_per_day(whose: WhoseDays) -> Read:
    def read(element: Element, week: Week, activities: list[Activity]) -> Made:
        limits, resources = p.Limits(0, whole(element, "Max_Gaps")), whose(element, week)
        return [
            p.LimitIdleTimes(**_shared(element), resources=resources, spans=(span,), limits=limits)
            for span in week.spans
        ]

    return read


def _most_hours_daily(whose: WhoseDays) -> Read:
    def read(element: Element, week: Week, activities: list[Activity]) -> Made:
        limits = p.Limits(0, whole(element, "Maximum_Hours_Daily"))
        return [p.LimitBusyTimes(**_shared(element), resources=whose(element, week), spans=week.spans, limits=limits)]

    return read


def _least_hours_daily(whose: WhoseDays) -> Read:
    def read(element: Element, week: Week, activities: list[Activity]) -> Made:
        limits, resources = p.Limits(whole(element, "Minimum_Hours_Daily"), p.UNBOUNDED), whose(element, week)
        shared = _shared(element)
        made: list[p.Constraint] = [p.LimitBusyTimes(**shared, resources=resources, spans=week.spans, limits=limits)]
        if text(element, "Allow_Empty_Days", "true") != "true":
            every = p.Limits(len(week.days), p.UNBOUNDED)
            made.append(p.ClusterBusyTimes(**shared, resources=resources, spans=week.spans, limits=every))
        return made

    return read


def _min_days_between(element: Element, week: Week, activities: list[Activity]) -> Made:
    """At most one of them in any run of so many days."""
    run = whole(element, "MinDays")
    if run < 1:
        return []
    group = tuple(_numbers(element, activities))
    runs = [week.spans[first : first + run] for first in range(max(1, len(week.days) - run + 1))]
    spans = tuple((frozenset(time for day in days for time in day), p.Limits(0, 1)) for days in runs)
    return [p.SpreadEvents(**_shared(element), groups=(group,), spans=spans)]


def _starts(element: Element, events: list[int], starts: frozenset[int]) -> Made:
    return [p.PreferTimes(**_shared(element), events=tuple(events), times=starts, duration=None)]


def _preferred_start(element: Element, week: Week, activities: list[Activity]) -> Made:
    start = week.time(text(element, "Preferred_Day"), text(element, "Preferred_Hour"))
    return _starts(element, _numbers(element, activities), frozenset({start}))


def _preferred_starts(element: Element, week: Week, activities: list[Activity]) -> Made:
    starts = _times(element, week, "Preferred_Starting_Time", "Preferred_Starting_")
    return _starts(element, _meant(element, week, activities), starts)


def _preferred_slots(element: Element, week: Week, activities: list[Activity]) -> Made:
    """Every hour of the activity lies in a slot."""
    slots = _times(element, week, "Preferred_Time_Slot", "Preferred_")
    made: list[p.Constraint] = []
    for event in _meant(element, week, activities):
        duration = activities[event].duration
        starts = frozenset(one for one in slots if all(time in slots for time in range(one, one + duration)))
        made += _starts(element, [event], starts) or []
    return made


def _meant(element: Element, week: Week, activities: list[Activity]) -> list[int]:
    """The one named, or all that fit what is said of teacher, students, subject, tag and duration."""
    if element.find("Activity_Id") is not None:
        return _numbers(element, activities)
    students = element.findtext("Students_Name") or element.findtext("Students") or ""
    pupils = set(week.students(students)) if students else set()
    said = [element.findtext(path) or "" for path in ("Teacher_Name", "Subject_Name", "Activity_Tag_Name", "Duration")]
    return [
        number
        for number, one in enumerate(activities)
        if _fits(one, *said) and (not pupils or (set(one.resources) & pupils))
    ]


def _fits(activity: Activity, teacher: str, subject: str, tag: str, duration: str) -> bool:
    return (
        teacher in ("", *activity.teachers)
        and subject in ("", activity.subject)
        and tag in ("", *activity.tags)
        and duration in ("", str(activity.duration))
    )


def _same_start(element: Element, week: Week, activities: list[Activity]) -> Made:
    group = tuple(_numbers(element, activities))
    if len({activities[event].duration for event in group}) > 1:
        return None
    return [p.LinkEvents(**_shared(element), groups=(group,))]


def _not_overlapping(element: Element, week: Week, activities: list[Activity]) -> Made:
    """A resource that nobody sees, wanted by each of them."""
    shared, group = _shared(element), _numbers(element, activities)
    if not shared["required"]:
        return None
    apart = week.add(APART, ",".join(activities[event].id for event in group))
    for event in group:
        activities[event].resources.append(apart)
    return []


def _ordered(element: Element, week: Week, activities: list[Activity]) -> Made:
    first = _numbers(element, activities, "First_Activity_Id")
    second = _numbers(element, activities, "Second_Activity_Id")
    pairs = tuple((one, other, p.Limits(0, p.UNBOUNDED)) for one in first for other in second)
    return [p.OrderEvents(**_shared(element), pairs=pairs)]


def _preferred_room(element: Element, week: Week, activities: list[Activity]) -> Made:
    return _rooms(element, [text(element, "Room")], week, activities)


def _preferred_rooms(element: Element, week: Week, activities: list[Activity]) -> Made:
    return _rooms(element, [one.text or "" for one in element.iterfind("Preferred_Room")], week, activities)


def _rooms(element: Element, names: list[str], week: Week, activities: list[Activity]) -> Made:
    rooms = [week.one(ROOM, name) for name in names]
    if not rooms:
        raise BadFile(f"{element.tag} names no room")
    events = tuple(_numbers(element, activities))
    for event in events:
        activities[event].rooms = [*(activities[event].rooms or []), *rooms]
    shared = _shared(element)
    place: dict[str, Any] = {"events": events, "role": ROOM}
    return [
        p.AssignResource(**{**shared, "required": True, "weight": 1}, **place),
        p.PreferResources(**shared, **place, resources=frozenset(rooms)),
    ]


def _whose(kinds: Iterable[tuple[str, WhoseDays]], rest: str, make: Callable[[WhoseDays], Read]) -> dict[str, Read]:
    return {f"Constraint{name}{rest}": make(whose) for name, whose in kinds}


EACH: list[tuple[str, WhoseDays]] = [
    ("Teacher", _teacher),
    ("Teachers", _all_teachers),
    ("StudentsSet", _students),
    ("Students", _all_students),
]

KINDS: dict[str, Read] = {
    "ConstraintBasicCompulsoryTime": _nothing_more,
    "ConstraintBasicCompulsorySpace": _nothing_more,
    "ConstraintBreakTimes": _break_times,
    "ConstraintTeacherNotAvailableTimes": _not_available(_teacher),
    "ConstraintStudentsSetNotAvailableTimes": _not_available(_students),
    "ConstraintRoomNotAvailableTimes": _not_available(_room),
    **_whose(EACH, "MaxDaysPerWeek", lambda whose: _days(whose, "Max_Days_Per_Week")),
    **_whose(EACH[:2], "MinDaysPerWeek", lambda whose: _days(whose, "Minimum_Days_Per_Week", least=True)),
    **_whose(EACH, "MaxGapsPerWeek", _gaps_per_week),
    **_whose(EACH, "MaxGapsPerDay", _gaps_per_day),
    **_whose(EACH, "MaxHoursDaily", _most_hours_daily),
    **_whose(EACH, "MinHoursDaily", _least_hours_daily),
    "ConstraintMinDaysBetweenActivities": _min_days_between,
    "ConstraintActivityPreferredStartingTime": _preferred_start,
    "ConstraintActivityPreferredStartingTimes": _preferred_starts,
    "ConstraintActivitiesPreferredStartingTimes": _preferred_starts,
    "ConstraintActivityPreferredTimeSlots": _preferred_slots,
    "ConstraintActivitiesPreferredTimeSlots": _preferred_slots,
    "ConstraintActivitiesSameStartingTime": _same_start,
    "ConstraintActivitiesNotOverlapping": _not_overlapping,
    "ConstraintTwoActivitiesOrdered": _ordered,
    "ConstraintActivityPreferredRoom": _preferred_room,
    "ConstraintActivityPreferredRooms": _preferred_rooms,
}
