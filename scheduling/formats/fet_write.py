"""Writes a timetable back into its FET file: each activity fixed at its time and in its room, as FET saves one."""

from xml.etree.ElementTree import Element, SubElement, tostring

from scheduling.engine.problem import Lesson, Solution
from scheduling.formats.archive import BadFile
from scheduling.formats.fet import Read
from scheduling.formats.fet_names import Activity

AT, IN = "ConstraintActivityPreferredStartingTime", "ConstraintActivityPreferredRoom"


def write(root: Element, read: Read, solution: Solution) -> bytes:
    """Changes `root`. Activities without a time stay without."""
    times, spaces = root.find("Time_Constraints_List"), root.find("Space_Constraints_List")
    if times is None or spaces is None:
        raise BadFile("the file lacks its lists of time and space constraints")
    for lesson in solution:
        if lesson.time is not None:
            activity = read.activities[lesson.event]
            _fix_time(times, activity, read.week.name(lesson.time))
            _fix_room(spaces, activity, lesson, read)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _fix_time(times: Element, activity: Activity, at: tuple[str, str]) -> None:
    _forget(times, AT, activity)
    fixed = _constraint(times, AT, activity)
    SubElement(fixed, "Preferred_Day").text, SubElement(fixed, "Preferred_Hour").text = at
    _end(fixed)


def _fix_room(spaces: Element, activity: Activity, lesson: Lesson, read: Read) -> None:
    if activity.rooms is None or lesson.resources[-1] is None:
        return
    _forget(spaces, IN, activity)
    fixed = _constraint(spaces, IN, activity)
    SubElement(fixed, "Room").text = read.week.resources[lesson.resources[-1]][1]
    _end(fixed)


def _forget(constraints: Element, tag: str, activity: Activity) -> None:
    """What fixed the same activity before, now or as it is: two of a kind are an error to FET."""
    for old in constraints.findall(tag):
        if old.findtext("Activity_Id") == activity.id:
            constraints.remove(old)


def _constraint(constraints: Element, tag: str, activity: Activity) -> Element:
    made = SubElement(constraints, tag)
    SubElement(made, "Weight_Percentage").text = "100"
    SubElement(made, "Activity_Id").text = activity.id
    return made


def _end(fixed: Element) -> None:
    SubElement(fixed, "Permanently_Locked").text = "false"
    SubElement(fixed, "Active").text = "true"
    SubElement(fixed, "Comments")
