"""A school's own timetable as its timetabling program wrote it, FET or XHSTT, told as rows of the sheet. Pure."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from core.errors import BadInput
from scheduling.formats import fet, xhstt
from scheduling.formats.archive import BadFile

HEAD = ("班级", "星期", "节次", "科目", "教师")
FIXED = "ConstraintActivityPreferredStartingTime"
DAYS = "一二三四五六日"
Row = tuple[str, ...]


def is_xml(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def rows(data: bytes) -> list[Row]:
    """A head, then one row for each lesson of a class. Raises BadInput."""
    try:
        root = xhstt.parse(data)
        found = list(_of_fet(root) if root.tag == "fet" else _of_xhstt(root))
    except BadFile as error:
        zh = f"文件读不懂（{error}）。请从 FET 导出 data_and_timetable.fet，或从排课软件导出 XHSTT，再传一次。"
        en = f"The file cannot be read ({error}). Export data_and_timetable.fet from FET, or XHSTT, and send it again."
        raise BadInput("timetable-file-unread", zh=zh, en=en) from None
    if not found:
        zh = "文件里没有排好时间的课。请先在排课软件里排完，再导出带课表的文件。"
        en = "No lesson in the file has a time. Finish the timetable in your program and export it with the timetable."
        raise BadInput("timetable-file-unsolved", zh=zh, en=en)
    return [HEAD, *sorted(found)]


def _of_fet(root: Element) -> Iterator[Row]:
    read = fet.read(root)
    fixed = {
        one.findtext("Activity_Id"): (one.findtext("Preferred_Day", ""), one.findtext("Preferred_Hour", ""))
        for one in root.iterfind(f"Time_Constraints_List/{FIXED}")
    }
    for activity in read.activities:
        if activity.id not in fixed:
            continue
        day, period = divmod(read.week.time(*fixed[activity.id]), len(read.week.hours))
        leaves = {read.week.resources[one][1] for name in activity.students for one in read.week.students(name)}
        for name in sorted(leaves):
            yield from _lessons(name, day, period, activity.duration, activity.subject, "、".join(activity.teachers))


def _of_xhstt(root: Element) -> Iterator[Row]:
    """Of the first instance: its first solution, else the times that its events come with."""
    archive = xhstt.from_element(root)
    if not archive.problems:
        raise BadFile("the archive holds no instance")
    problem = archive.problems[0]
    instance = next(root.iterfind("Instances/Instance"))
    names = {one.get("Id", ""): one.findtext("Name", "") for one in instance.iterfind("Resources/Resource")}
    places = _places(instance)
    solved = next((one.solution for one in archive.solutions if one.problem is problem), None)
    for lesson in solved if solved is not None else xhstt.unsolved(problem):
        if lesson.time is None:
            continue
        event = problem.events[lesson.event]
        taking = [problem.resources[one] for one in lesson.resources if one is not None]
        teachers = "、".join(names[one.id] for one in taking if one.type.lower().startswith("teacher"))
        for one in taking:
            if one.type.lower().startswith(("class", "student")):
                yield from _lessons(names[one.id], *places[lesson.time], lesson.duration, event.name, teachers)


def _places(instance: Element) -> Mapping[int, tuple[int, int]]:
    """Of each time: its day and its place in the day, both from 0."""
    seen: dict[str, int] = {}
    days: dict[str, int] = {}
    found = {}
    for number, time in enumerate(instance.iterfind("Times/Time")):
        element = time.find("Day")
        day = "" if element is None else element.get("Reference", "")
        place = seen[day] = seen.get(day, -1) + 1
        found[number] = (days.setdefault(day, len(days)), place)
    return found


def _lessons(name: str, day: int, period: int, duration: int, subject: str, teacher: str) -> Iterator[Row]:
    if day >= len(DAYS):
        raise BadFile(f"the week has more than {len(DAYS)} days")
    for step in range(duration):
        yield name, f"周{DAYS[day]}", str(period + step + 1), subject, teacher
