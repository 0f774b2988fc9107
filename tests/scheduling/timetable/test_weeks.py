"""Weeks as people see them: by class, room, teacher, school and county, in a constant number of statements."""

from datetime import timedelta

import pytest

from admin import seed, sheets
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import CLASS
from tests.scheduling.calendar.test_calendar_api import QINGLONG, QXN
from tests.scheduling.needs.test_needs_api import take, timetable
from tests.scheduling.timetable.cast import (
    ASSISTANT,
    FIRST_ROOM,
    TEACHER,
    VILLAGE,
    XINGYI,
    YUNTOU,
    at,
    next_monday,
    planned,
)
from tests.scheduling.timetable.test_publishing import published


@pytest.mark.parametrize(
    ("by", "of", "count"),
    [
        ("class", CLASS, 4), ("room", VILLAGE, 4), ("room", FIRST_ROOM, 2), ("teacher", TEACHER, 2),
        ("teacher", ASSISTANT, 4), ("school", YUNTOU, 4), ("school", XINGYI, 4), ("county", QINGLONG, 4),
        ("county", QXN, 4), ("county", str(seed.place("puan")), 0),
    ],
)  # fmt: skip
async def test_a_week_is_seen_from_every_side(desk: Desk, by: str, of: str, count: int) -> None:
    here, _ = await published(desk)
    week = await here.week(2, by, of)
    assert (week["total"], len(week["cells"]), week["week"], week["weeks"]) == (count, count, 2, 4)
    assert [one["day"] for one in week["days"]] == [str(next_monday() + timedelta(days=7 + day)) for day in range(7)]
    assert (week["version"], week["place"] and week["place"]["name"]) == ((1, "黔西南州") if count else (None, None))
    assert len(week["bells"]) == (2 if count else 0)


async def test_a_cell_names_everybody_who_takes_part(desk: Desk) -> None:
    here, _ = await published(desk)
    cell = (await here.week())["cells"][0]
    assert (cell["name"], cell["lead"]["name"], cell["school"]["name"]) == ("三年级英语", "陈静怡", "兴义一小")
    (seat,) = cell["seats"]
    assert {name: seat[name]["name"] for name in ("in_class", "school", "room", "assistant")} == {
        "in_class": "三年级", "school": "云头教学点", "room": "三年级教室", "assistant": "韦小兰",
    }  # fmt: skip
    assert cell["day"] == str(next_monday())


async def test_teachers_see_their_own_and_their_schools_weeks_only(desk: Desk) -> None:
    here, _ = await published(desk)
    assert (await here.week(by="teacher", of=TEACHER, who="teacher"))["total"] == 2
    assert (await here.week(by="school", of=YUNTOU, who="village"))["total"] == 4
    address = f"timetable/week?term={here.term}&week=1&by=school&of={YUNTOU}"
    assert (await here.sent("GET", address, status=403, who="teacher"))["code"] == "not-your-place"


async def test_a_week_is_read_in_the_same_number_of_statements_for_any_number_of_lessons(desk: Desk) -> None:
    here, _ = await published(desk)

    async def statements(by: str, of: str) -> int:
        with desk.counted() as found:
            await here.week(1, by, of)
            return len(found)

    assert await statements("room", FIRST_ROOM) == await statements("school", YUNTOU) < 20


async def test_a_draft_shows_what_has_a_time_and_what_has_none(desk: Desk) -> None:
    here = await planned(desk)
    await here.move(at(here.english, 2, 3, "08:30", locked=True), revision=1)
    week = await here.sent("GET", f"timetable-drafts/{here.draft}/week")
    (cell,) = week["cells"]
    assert (cell["number"], cell["weekday"], cell["starts"], cell["ends"], cell["locked"], cell["id"]) == (
        2, 3, "08:30", "09:10", True, None,
    )  # fmt: skip
    assert [(one["name"], one["number"]) for one in week["unplaced"]] == [
        ("三年级科学", 1), ("三年级科学", 2), ("三年级英语", 1),
    ]  # fmt: skip
    assert [len(one["periods"]) for one in week["bells"]] == [4, 4]
    await take(desk, timetable())
    yuntou = (await here.sent("GET", f"timetable-drafts/{here.draft}/week"))["own"][0]
    assert yuntou == {
        "school_id": YUNTOU, "weekday": 1, "starts": "08:30", "ends": "09:10", "lessons": ["三年级 语文"],
        "classes": [CLASS],
    }  # fmt: skip
    mine = await here.sent("GET", f"timetable-drafts/{here.draft}/week?by=teacher&of={TEACHER}")
    assert (len(mine["cells"]), len(mine["unplaced"]), mine["total"]) == (1, 1, 1)
    county = await here.sent("GET", f"timetable-drafts/{here.draft}/week?by=county&of={QINGLONG}")
    assert (len(county["cells"]), len(county["unplaced"])) == (1, 3)


async def test_a_week_goes_out_as_a_sheet(desk: Desk) -> None:
    here, _ = await published(desk)
    answer = await (await desk("bureau")).get(f"/api/timetable/week/sheet?term={here.term}&week=1&by=class&of={CLASS}")
    head, *rows = sheets.read(answer.content)
    assert (head[:5], len(rows)) == (["日期", "星期", "开始", "结束", "课程"], 4)
    assert rows[0] == [
        str(next_monday()), "一", "08:30", "09:10", "三年级英语", "英语", "3", "陈静怡", "兴义一小 直录播教室 1",
        "云头教学点三年级", "韦小兰",
    ]  # fmt: skip
