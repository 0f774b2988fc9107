"""What stands in the way of publishing, and what is only to be known before: each a sentence with what to do. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from classroom.lessons.rules import MOST_INTERACTIVE, needs_model_school
from scheduling.calendar.days import Day
from scheduling.delivery.rules import RULES, Timetable, faults
from scheduling.delivery.slots import Places
from scheduling.model import Course, Id
from scheduling.release.changes import SHANGHAI, Dated, clashes
from scheduling.timetable.grounds import Grounds
from scheduling.timetable.problem import Problem
from scheduling.timetable.published_schemas import HindranceOut

WEEKDAYS = "一二三四五六日"


def broken(whole: Problem, off: frozenset[str]) -> Iterator[HindranceOut]:
    """Hard faults; a lesson without a time is none, it is just not held yet."""
    timetable = Timetable(Places(whole.week), whole.placements)
    for fault in faults(timetable, off | {"H3"}):
        if RULES[fault.rule].hard:
            yield HindranceOut(zh=fault.zh, en=fault.en)


def rung_otherwise(whole: Problem, grounds: Grounds, off: frozenset[str]) -> Iterator[HindranceOut]:
    """H4 again, by the bells of each later season of the term."""
    for begins, schools in grounds.seasons if "H4" not in off else ():
        week = replace(whole.week, schools=tuple(schools[one.id] for one in whole.week.schools))
        for fault in RULES["H4"].find(Timetable(Places(week), whole.placements)):
            zh = f"从 {begins.month} 月 {begins.day} 日起作息变了：{fault.zh}请挪到两季都有的课节。"
            yield HindranceOut(zh=zh, en=f"From {begins:%d %B} the bells change: {fault.en}")


def without_right(whole: Problem, grounds: Grounds, lessons: Iterable[Dated]) -> Iterator[HindranceOut]:
    """The rules of every lesson, which no place can switch off: only model schools send beyond their county, and at
    most three rooms speak."""
    places, last = Places(whole.week), dict[Id, Dated]()
    for lesson in lessons:
        if lesson.course in places.courses and not lesson.cancelled:
            last[lesson.course] = max(lesson, last.get(lesson.course, lesson), key=lambda one: one.starts)
    for id, lesson in last.items():
        yield from _not_allowed(places, places.courses[id], grounds, lesson.starts.astimezone(SHANGHAI).date())


def _not_allowed(places: Places, course: Course, grounds: Grounds, day: date) -> Iterator[HindranceOut]:
    school = places.sending_school(course)
    counties = [grounds.senders[one.id].county for one in places.receiving_schools(course)]
    if needs_model_school(grounds.senders[school.id], counties, day):
        zh = f"{school.name}到 {day.month} 月 {day.day} 日不是示范校，《{course.name}》不能送到外县，"
        zh += "请换示范校主讲或去掉外县的班。"
        en = f"{school.name} is no model school on {day:%d %B}, so {course.name} cannot go to other counties."
        yield HindranceOut(zh=zh, en=en)
    count = len({one.room for one in course.receptions} & grounds.interactive)
    if count > MOST_INTERACTIVE:
        zh = f"《{course.name}》有 {count} 间互动教室，最多 {MOST_INTERACTIVE} 间，其余请换成收看教室。"
        en = f"{course.name} has {count} interactive rooms, {MOST_INTERACTIVE} at most; choose listening rooms."
        yield HindranceOut(zh=zh, en=en)


def twice(
    whole: Problem, names: Mapping[Id, str], lessons: Iterable[Dated], moment: datetime
) -> Iterator[HindranceOut]:
    """Whoever a make-up day would put in two places."""
    places = Places(whole.week)
    for who, one, other in clashes(lesson for lesson in lessons if lesson.starts > moment):
        day = one.starts.astimezone(SHANGHAI)
        zh = f"{places.name(who)} {day.month} 月 {day.day} 日 {day:%H:%M} 会同时有《{names[one.course]}》和"
        en = f"{places.name(who)} would have {names[one.course]} and {names[other.course]} on {day:%d %B at %H:%M}."
        yield HindranceOut(zh=f"{zh}《{names[other.course]}》，请看那天上星期几的课。", en=en)


def held(whole: Problem, grounds: Grounds, lessons: Iterable[Dated]) -> tuple[list[Dated], list[HindranceOut]]:
    """Without the lessons on a day on which the sending school, or every receiving one, is off or runs another weekday;
    and of the others who will be missing."""
    places, kept = Places(whole.week), []
    missing, dropped = Counter[tuple[date, Id]](), Counter[tuple[date, Id]]()
    for lesson in lessons:
        day, course = lesson.starts.astimezone(SHANGHAI).date(), places.courses[lesson.course]
        sender, receivers = places.sending_school(course).id, [one.id for one in places.receiving_schools(course)]
        away = [one for one in receivers if day in grounds.own_days.get(one, {})]
        if day in grounds.own_days.get(sender, {}):
            dropped[day, sender] += 1
        elif len(away) == len(receivers):
            dropped[day, away[0]] += 1
        else:
            classes = (one.school_class for one in course.receptions if places.rooms[one.room].school in away)
            kept.append(replace(lesson, away=tuple(sorted(classes))))
            missing.update((day, one) for one in away)
    return kept, [*_told(places, grounds, dropped, gone=True), *_told(places, grounds, missing, gone=False)]


def _told(places: Places, grounds: Grounds, counts: Counter[tuple[date, Id]], *, gone: bool) -> Iterator[HindranceOut]:
    for (day, school), count in sorted(counts.items()):
        zh, en = _why(grounds.own_days[school][day])
        name, left = places.schools[school].name, ("不排", "are not held") if gone else ("没有它", "go on without it")
        zh = f"{name} {day.month} 月 {day.day} 日{zh}，那天 {count} 节课{left[0]}。"
        yield HindranceOut(zh=zh, en=f"{name} {en} on {day:%d %B}; {count} lessons {left[1]}.")


def _why(own: Day) -> tuple[str, str]:
    if own.runs is None:
        return "自己放假", "is off"
    return f"上星期{WEEKDAYS[own.runs - 1]}的课", f"runs weekday {own.runs}"


def first(found: Sequence[Iterable[HindranceOut]]) -> list[HindranceOut]:
    """Of the first kind that finds any: what follows often comes of it."""
    return next((told for told in map(list, found) if told), [])
