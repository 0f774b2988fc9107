"""H1–H10: what a delivery timetable must be. H7, holidays and make-up days, is kept where weeks become dates."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from scheduling.delivery.rule import Fault, Timetable, rule, when
from scheduling.delivery.slots import Places, taking
from scheduling.model import Course, Id, Interval, Weeks

MOST_INTERACTIVE = 3


def _together(timetable: Timetable) -> Iterator[tuple[Id, Course, Course, Interval]]:
    """Whoever is in two lessons that run at the same time in the same week."""
    held: dict[tuple[Id, int], list[tuple[Course, Interval]]] = defaultdict(list)
    for course, at in timetable.lessons():
        for who in taking(course):
            held[who, at.weekday].append((course, at))
    for (who, _), lessons in held.items():
        for (one, at), (other, then) in combinations(lessons, 2):
            if at.overlaps(then) and one.weeks.meets(other.weeks):
                yield who, one, other, Interval(at.weekday, max(at.start, then.start), min(at.end, then.end))


@rule("H1", "教师、班级、教室同一时刻只上一节课", "A teacher, class or room is in one lesson at a time")
def nobody_twice(timetable: Timetable) -> Iterator[Fault]:
    for who, one, other, both in _together(timetable):
        zh, en = when(both)
        name = timetable.places.name(who)
        yield Fault(
            "H1",
            f"{name} {zh} 同时有《{one.name}》和《{other.name}》。",
            f"{name} has {one.name} and {other.name} at the same time, {en}.",
            (one.id, other.id),
        )


@rule("H2", "不在请假、检修、停用的时间上课", "No lesson while somebody or something is unavailable")
def only_when_available(timetable: Timetable) -> Iterator[Fault]:
    closed = defaultdict(list)
    for one in timetable.places.week.unavailable:
        closed[one.who].append(one)
    for course, interval in timetable.lessons():
        schools = (school.id for school in timetable.places.schools_of(course))
        for who in (*taking(course), *schools):
            for one in closed.get(who, ()):
                if one.interval.overlaps(interval) and one.weeks.meets(course.weeks):
                    zh, en = when(interval)
                    name = timetable.places.name(who)
                    reason = one.reason or "unavailable"
                    yield Fault(
                        "H2",
                        f"{name} {zh} 不能上《{course.name}》：{one.reason or '不可用'}。",
                        f"{name} cannot have {course.name}, {en}: {reason}.",
                        (course.id,),
                    )


@rule("H3", "每门课的周课时等于计划", "Each course has as many lessons a week as planned")
def as_many_as_planned(timetable: Timetable) -> Iterator[Fault]:
    for course in timetable.places.week.courses:
        count = len(timetable.of(course))
        if count != course.weekly:
            yield Fault(
                "H3",
                f"《{course.name}》计划每周 {course.weekly} 节，排了 {count} 节。",
                f"{course.name} is planned for {course.weekly} lessons a week and has {count}.",
                (course.id,),
                abs(course.weekly - count),
            )


@rule("H4", "每节课落在每所参加学校的一个课节内", "A lesson lies inside one period of every school taking part")
def inside_periods(timetable: Timetable) -> Iterator[Fault]:
    for course, interval in timetable.lessons():
        for school in timetable.places.schools_of(course):
            if not any(one.interval.contains(interval) for one in school.periods):
                zh, en = when(interval)
                yield Fault(
                    "H4",
                    f"《{course.name}》{zh} 不在{school.name}的任何一节课内。",
                    f"{course.name}, {en}, is inside no period of {school.name}.",
                    (course.id,),
                )


@rule(
    "H5",
    "主讲教室是正常的直录播教室，各段线路和中继带得动",
    "The sending room is a working live-recording room; lines and relays carry it",
)
def lines_carry_it(timetable: Timetable) -> Iterator[Fault]:
    for course in timetable.places.week.courses:
        room = timetable.places.rooms[course.sending_room]
        if not (room.sends and room.healthy) and timetable.of(course):
            state_zh, state_en = (
                ("有故障", "is out of order") if room.sends else ("不是直录播教室", "is no live-recording room")
            )
            yield Fault(
                "H5", f"{room.name}{state_zh}，发不出《{course.name}》。", f"{room.name} {state_en}.", (course.id,)
            )
    for weekday, start, odd, load in _loads(timetable):
        for (kind, who), lessons in load.items():
            most, used = carries(timetable.places, kind, who), sum(kbit for _, kbit in lessons)
            if used > most:
                zh, en = when(Interval(weekday, start, start))
                name = timetable.places.name(who)
                yield Fault(
                    "H5",
                    f"{name}{_LINE_ZH[kind]} {zh.split('–')[0]} 要走 {used} kbit/s，只有 {most} kbit/s（{odd}）。",
                    f"{name}: {_LINE_EN[kind]} carries {most} kbit/s and would need {used}, {en.split('–')[0]}.",
                    tuple(course for course, _ in lessons),
                )


_LINE_ZH = {"up": "上行", "down": "下行", "relay": "中继"}
_LINE_EN = {"up": "the line upwards", "down": "the line downwards", "relay": "the relay"}


def kbits(places: Places, course: Course) -> Iterator[tuple[tuple[str, Id], int]]:
    """What a lesson of the course puts on each line and relay, in kbit/s. A school gets one copy for all its rooms."""
    yield ("up", places.sending_school(course).id), course.layers_kbit
    per_relay: dict[Id, int] = defaultdict(int)
    for school in places.receiving_schools(course):
        yield ("down", school.id), course.layers_kbit
        per_relay[school.relay] += course.layers_kbit
    for relay, kbit in per_relay.items():
        if relay in places.relays:
            yield ("relay", relay), kbit


def carries(places: Places, kind: str, who: Id) -> int:
    if kind == "relay":
        return places.relays[who].most_kbit
    return places.schools[who].uplink_kbit if kind == "up" else places.schools[who].downlink_kbit


Load = dict[tuple[str, Id], list[tuple[Id, int]]]


def _loads(timetable: Timetable) -> Iterator[tuple[int, int, str, Load]]:
    """What every line carries at each moment a lesson begins; odd and even weeks apart."""
    by_day: dict[int, list[tuple[Course, Interval]]] = defaultdict(list)
    for course, at in timetable.lessons():
        by_day[at.weekday].append((course, at))
    for half, zh in ((Weeks.ODD, "单周"), (Weeks.EVEN, "双周")):
        for weekday, start in sorted({(at.weekday, at.start) for day in by_day.values() for _, at in day}):
            load: Load = defaultdict(list)
            for course, at in by_day[weekday]:
                if course.weeks.meets(half) and at.start <= start < at.end:
                    for line, kbit in kbits(timetable.places, course):
                        load[line].append((course.id, kbit))
            yield weekday, start, zh, load


@rule("H6", "每个听课班有辅助教师在场", "Each receiving class has an assistant teacher with it")
def somebody_with_the_pupils(timetable: Timetable) -> Iterator[Fault]:
    for course in timetable.places.week.courses:
        for one in course.receptions:
            if not one.assistant:
                name = timetable.places.name(one.school_class)
                yield Fault(
                    "H6",
                    f"《{course.name}》{name}还没有辅助教师。",
                    f"{course.name}: {name} has no assistant.",
                    (course.id,),
                )


@rule("H8", "锁定的课不动", "Locked lessons stay")
def locked_stay(timetable: Timetable) -> Iterator[Fault]:
    placed = {(one.course, one.interval) for one in timetable.placements}
    for one in timetable.places.week.locked:
        if (one.course, one.interval) not in placed:
            zh, en = when(one.interval)
            name = timetable.places.name(one.course)
            yield Fault(
                "H8", f"《{name}》锁定在{zh}，却被挪走。", f"{name} is locked, {en}, and was moved.", (one.course,)
            )


@rule("H9", "县只排本县的学校，跨县由州里排", "A county uses its own schools; only the prefecture goes across")
def within_authority(timetable: Timetable) -> Iterator[Fault]:
    week = timetable.places.week
    for course in week.courses:
        for school in timetable.places.schools_of(course):
            if course.authority not in (week.prefecture, school.county):
                yield Fault(
                    "H9",
                    f"《{course.name}》用了别县的{school.name}，请由州里安排。",
                    f"{course.name} uses {school.name} of another county; the prefecture must plan it.",
                    (course.id,),
                )


@rule("H10", "一节课最多三个互动教室，一个教室同时只接一路", "At most three interactive rooms a lesson")
def few_interactive(timetable: Timetable) -> Iterator[Fault]:
    for course in timetable.places.week.courses:
        count = sum(one.interactive for one in course.receptions)
        if count > MOST_INTERACTIVE:
            yield Fault(
                "H10",
                f"《{course.name}》有 {count} 个互动教室，最多 {MOST_INTERACTIVE} 个。",
                f"{course.name} has {count} interactive rooms; {MOST_INTERACTIVE} at most.",
                (course.id,),
            )
