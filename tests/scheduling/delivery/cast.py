"""A model school and two villages behind other bells, invented: 兴义示范校 sends, 木陇 and 纳灰 receive."""

from dataclasses import replace
from typing import Any

from scheduling.delivery.rules import Timetable
from scheduling.delivery.slots import Places
from scheduling.model import (
    Course,
    Interval,
    Kind,
    Period,
    Person,
    Placement,
    Reception,
    Relay,
    Room,
    School,
    SchoolClass,
    Week,
)

STARTS = (510, 560, 630, 680, 840, 890)


def periods(shift: int = 0, weekdays: tuple[int, ...] = (1, 2)) -> tuple[Period, ...]:
    return tuple(
        Period(number, Interval(day, start + shift, start + shift + 40), evening=False)
        for day in weekdays
        for number, start in enumerate(STARTS, 1)
    )


def school(id: str, shift: int = 0, **more: Any) -> School:
    fields: dict[str, Any] = {"county": "兴义", "uplink_kbit": 10_000, "downlink_kbit": 10_000, "relay": "relay"}
    return School(id, id, periods=periods(shift), **{**fields, **more})


SENDER, VILLAGE, POINT = school("示范校"), school("木陇", 5), school("纳灰", weak_line=True, disadvantaged=True)
ROOMS = (
    Room("录播一", "录播一", "示范校", sends=True),
    Room("录播二", "录播二", "示范校", sends=True),
    Room("木陇教室", "木陇教室", "木陇", sends=False),
    Room("纳灰教室", "纳灰教室", "纳灰", sends=False),
)
PEOPLE = tuple(
    Person(name, name, at) for name, at in (("韦", "示范校"), ("罗", "示范校"), ("岑", "木陇"), ("陆", "纳灰"))
)
CLASSES = (SchoolClass("木陇班", "木陇班", "木陇", 30), SchoolClass("纳灰班", "纳灰班", "纳灰", 30))


def reception(where: str = "木陇", assistant: str | None = "岑", **more: Any) -> Reception:
    return Reception(f"{where}班", f"{where}教室", more.pop("interactive", True), assistant, **more)


def course(id: str = "音乐", **more: Any) -> Course:
    fields: dict[str, Any] = {
        "subject": id,
        "kind": Kind.DEDICATED,
        "authority": "兴义",
        "lead": "韦",
        "sending_room": "录播一",
        "sending_class": None,
        "receptions": (reception(),),
        "weekly": 1,
        "minutes": 35,
    }
    return Course(id, id, **{**fields, **more})


def week(*courses: Course, **more: Any) -> Week:
    made = Week((SENDER, VILLAGE, POINT), ROOMS, PEOPLE, CLASSES, (Relay("relay", "县中继", 50_000),), courses)
    return replace(made, prefecture="州", **more)


def at(weekday: int = 1, number: int = 1, shift: int = 5, minutes: int = 35) -> Interval:
    start = STARTS[number - 1] + shift
    return Interval(weekday, start, start + minutes)


def timetable(made: Week, *placed: tuple[str, Interval]) -> Timetable:
    return Timetable(Places(made), tuple(Placement(id, number, when) for number, (id, when) in enumerate(placed, 1)))
