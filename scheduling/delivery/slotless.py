"""Why a course has no slot at all, whatever else is taught: a school without bells, periods that are too short, or
schools whose bells never meet for long enough. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from scheduling.delivery.slots import Places, shared, slots, used_periods
from scheduling.model import Course, School


@dataclass(frozen=True)
class Slotless:
    """The reason, and what to do about it."""

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


def why_no_slot(places: Places, course: Course) -> Slotless | None:
    """None: it has slots."""
    if slots(places, course):
        return None
    schools = places.schools_of(course)
    return _silent(course, schools) or _short(course, schools) or _apart(course, schools)


def _silent(course: Course, schools: Sequence[School]) -> Slotless | None:
    silent = [one.name for one in schools if not one.periods]
    if not silent:
        return None
    zh, en = "、".join(silent), ", ".join(silent)
    return Slotless(
        f"《{course.name}》没有可排的时间：{zh}还没有作息时间。",
        f"{course.name} has no time: {en} without bells.",
        f"在“作息”页给{zh}录入作息时间。",
        f"Enter the bells of {en}.",
    )


def _short(course: Course, schools: Sequence[School]) -> Slotless | None:
    for school in schools:
        lengths = [one.interval.end - one.interval.start for one in used_periods(school, course)]
        if max(lengths, default=0) < course.minutes:
            longest = max(lengths, default=0)
            zh = f"《{course.name}》一节 {course.minutes} 分钟，{school.name}白天的课节最长 {longest} 分钟。"
            en = f"{course.name} takes {course.minutes} minutes; {school.name} has {longest} at most by day."
            return Slotless(
                zh, en, f"把这门课改成 {longest} 分钟以内。", f"Plan the course for at most {longest} minutes."
            )
    return None


def _apart(course: Course, schools: Sequence[School]) -> Slotless:
    """The first two schools that share nothing; all of them, when each two do."""
    for pair in combinations(schools, 2):
        if not shared([used_periods(one, course) for one in pair], course.minutes):
            return _told(course, pair)
    return _told(course, schools)


def _told(course: Course, schools: Sequence[School]) -> Slotless:
    zh, en = "和".join(one.name for one in schools), " and ".join(one.name for one in schools)
    return Slotless(
        f"《{course.name}》没有可排的时间：{zh}的课节对不上，凑不出 {course.minutes} 分钟。",
        f"{course.name} has no time: the periods of {en} share no {course.minutes} minutes.",
        f"调整{schools[-1].name}的作息，缩短这门课，或把它分成两门课。",
        f"Move the bells of {schools[-1].name}, shorten the course, or split it in two.",
    )
