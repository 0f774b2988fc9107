"""What a delivery timetable should be, each with a weight."""

from collections import defaultdict
from collections.abc import Iterator

from scheduling.delivery.rule import WEEKDAYS_EN, WEEKDAYS_ZH, Fault, Timetable, rule, when
from scheduling.delivery.slots import Places
from scheduling.model import Course, Id, Interval, Weeks

SCREEN_SHARE = 30
"""Per cent of a class's lessons: 综合防控儿童青少年近视实施方案 (2018)."""
NOON = 12 * 60
AFTER_LUNCH = (NOON, 14 * 60 + 45)


@rule("spread", "同一门课分散在不同的日子", "A course's lessons are on different days", 8)
def on_different_days(timetable: Timetable) -> Iterator[Fault]:
    for course in timetable.places.week.courses:
        days = [one.weekday for one in timetable.of(course)]
        extra = len(days) - len(set(days)) - (1 if course.double else 0)
        if extra > 0:
            yield Fault(
                "spread",
                f"《{course.name}》有 {extra} 节挤在同一天。",
                f"{course.name}: {extra} on one day.",
                (course.id,),
                extra,
            )


@rule("morning", "主科在上午", "Main subjects are in the morning", 2)
def main_in_the_morning(timetable: Timetable) -> Iterator[Fault]:
    yield from _each(timetable, "morning", "排在下午", "is in the afternoon")


@rule("after-lunch", "午饭后不上体育", "No sport right after lunch", 4)
def no_sport_after_lunch(timetable: Timetable) -> Iterator[Fault]:
    yield from _each(timetable, "after-lunch", "紧接午饭", "is right after lunch")


@rule("evening", "选修课放在课后服务时间", "Optional courses are in the evening service", 1)
def optional_in_the_evening(timetable: Timetable) -> Iterator[Fault]:
    yield from _each(timetable, "evening", "占了正课时间", "takes time of regular lessons")


def of_slot(places: Places, course: Course, at: Interval) -> Iterator[str]:
    """The soft rules that one lesson breaks by its time alone."""
    if course.main_subject and at.start >= NOON:
        yield "morning"
    if course.sport and AFTER_LUNCH[0] <= at.start < AFTER_LUNCH[1]:
        yield "after-lunch"
    if course.optional and not _evening(places, course, at):
        yield "evening"


def _evening(places: Places, course: Course, at: Interval) -> bool:
    return any(one.evening and one.interval.contains(at) for one in places.sending_school(course).periods)


def _each(timetable: Timetable, id: str, zh: str, en: str) -> Iterator[Fault]:
    for course, at in timetable.lessons():
        if id in of_slot(timetable.places, course, at):
            said_zh, said_en = when(at)
            yield Fault(id, f"《{course.name}》{said_zh} {zh}。", f"{course.name}, {said_en}, {en}.", (course.id,))


@rule("daily", "教师一天的送教课不超过上限", "A teacher's lessons a day stay within the limit", 6)
def few_a_day(timetable: Timetable) -> Iterator[Fault]:
    for lead, days in _by_lead(timetable).items():
        most = timetable.places.people[lead].most_daily
        for weekday, courses in days.items():
            over = len(courses) - most
            if most and over > 0:
                day = WEEKDAYS_ZH[weekday - 1]
                name = timetable.places.name(lead)
                yield Fault(
                    "daily",
                    f"{name}周{day}有 {len(courses)} 节送教课，上限 {most} 节。",
                    f"{name} has {len(courses)} lessons on {WEEKDAYS_EN[weekday - 1]}; the limit is {most}.",
                    tuple(dict.fromkeys(courses)),
                    over,
                )


@rule("days", "教师的送教课集中在较少的日子", "A teacher's lessons are on few days", 1)
def few_days(timetable: Timetable) -> Iterator[Fault]:
    for lead, days in _by_lead(timetable).items():
        courses = tuple(dict.fromkeys(course for each in days.values() for course in each))
        name = timetable.places.name(lead)
        yield Fault(
            "days", f"{name}一周有 {len(days)} 天送教。", f"{name} teaches on {len(days)} days.", courses, len(days)
        )


def _by_lead(timetable: Timetable) -> dict[Id, dict[int, list[Id]]]:
    found: dict[Id, dict[int, list[Id]]] = defaultdict(lambda: defaultdict(list))
    for course, at in timetable.lessons():
        found[course.lead][at.weekday].append(course.id)
    return found


@rule("change", "尽量少动已发布的课", "Published lessons move as little as possible", 5)
def as_published(timetable: Timetable) -> Iterator[Fault]:
    placed = {(one.course, one.interval) for one in timetable.placements}
    for one in timetable.places.week.published:
        if one.course in timetable.places.courses and (one.course, one.interval) not in placed:
            zh, en = when(one.interval)
            name = timetable.places.name(one.course)
            yield Fault("change", f"《{name}》离开了{zh}。", f"{name} left {en}.", (one.course,))


@rule("screen", "屏幕课不超过班级课时的三成", "Screen lessons take at most 30 % of a class's lessons", 10)
def little_screen(timetable: Timetable) -> Iterator[Fault]:
    lessons: dict[Id, list[Course]] = defaultdict(list)
    for course in timetable.places.week.courses:
        for one in course.receptions:
            lessons[one.school_class].append(course)
    for who, courses in lessons.items():
        whole = timetable.places.classes[who].weekly_lessons
        doubled = sum(course.weekly * (2 if course.weeks is Weeks.ALL else 1) for course in courses)
        if doubled * 100 > 2 * whole * SCREEN_SHARE:
            name = timetable.places.name(who)
            yield Fault(
                "screen",
                f"{name}每周 {whole} 节课里有 {doubled / 2:g} 节看屏幕，超过三成。",
                f"{name} has {doubled / 2:g} screen lessons of {whole} a week, above 30 %.",
                tuple(course.id for course in courses),
            )


@rule("fallback", "弱线路学校的课有备用录像", "Lessons of weak-line schools have a fallback recording", 3)
def something_to_fall_back_on(timetable: Timetable) -> Iterator[Fault]:
    places = timetable.places
    for course in places.week.courses:
        for one in course.receptions:
            school = places.schools[places.rooms[one.room].school]
            if school.weak_line and not one.fallback_recording:
                yield Fault(
                    "fallback",
                    f"《{course.name}》在{school.name}没有备用录像，它的线路弱。",
                    f"{course.name} has no fallback recording at {school.name}, whose line is weak.",
                    (course.id,),
                )
