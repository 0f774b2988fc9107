"""What stands in the way of publishing, and who is away on a day: days off, seasons, model schools, speaking rooms."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from classroom.lessons.models import LessonRoom
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import CENTRE, CLASS, new_class
from tests.scheduling.calendar.test_calendar_api import QXN
from tests.scheduling.timetable.cast import (
    FIRST_ROOM,
    TEACHER,
    VILLAGE,
    XINGYI,
    YUNTOU,
    Planned,
    next_monday,
    planned,
)
from tests.scheduling.timetable.test_publishing import in_force


async def test_a_schools_own_day_off_is_told_and_a_lesson_nobody_else_receives_is_not_held(desk: Desk) -> None:
    here = await planned(desk)
    await here.placed()
    body = {"place_id": YUNTOU, "taught": False, "note": "赶集日"}
    await here.sent("PUT", f"calendar-days/{next_monday()}", body, 204)
    told = await here.sent("GET", f"timetable-drafts/{here.draft}/changes")
    assert (told["counts"]["new"], told["hindrances"]) == (15, [])
    (note,) = told["notes"]
    assert note["zh"].startswith("云头教学点 ")
    assert note["zh"].endswith("自己放假，那天 1 节课不排。")


async def test_bells_of_a_later_season_hinder_what_they_no_longer_hold(desk: Desk) -> None:
    here = await planned(desk)
    revision = await here.placed()
    begins = next_monday() + timedelta(days=14)
    late: dict[str, Any] = {"place_id": YUNTOU, "stage": "primary", "name": "冬季", "first": str(begins), "last": None}
    late["periods"] = [{"starts": "09:00", "ends": "09:40"}, {"starts": "09:50", "ends": "10:30"}]
    await here.sent("POST", "bells", late, 201)
    told = await here.publish(revision, "refused")
    assert told["zh"].startswith(
        f"从 {begins.month} 月 {begins.day} 日起作息变了：《三年级英语》周一 8:30–9:10 不在云头"
    )


async def test_a_school_that_is_no_model_school_any_more_does_not_send_beyond_its_county(
    desk: Desk, session: AsyncSession
) -> None:
    here = await planned(desk)
    revision = await here.placed()
    async with desk.ground.transaction() as writing:
        ends = next_monday() + timedelta(days=10)
        await writing.execute(update(Organisation).where(Organisation.id == UUID(XINGYI)).values(model_to=ends))
    told = await here.publish(revision, "refused")
    assert "不是示范校，《三年级英语》不能送到外县" in told["zh"]


async def with_centre(here: Planned, count: int = 1) -> list[str]:
    """English is also received by so many interactive rooms of 长坪中心校, without assistants; their ids."""
    without = {"place_id": QXN, "rules": [{"id": "H6", "on": False}]}
    await here.sent("PUT", "timetable-rules", without)
    seats: list[dict[str, Any]] = [{"class_id": CLASS, "room_id": VILLAGE, "interactive": False}]
    rooms = []
    for number in range(count):
        room = {"school_id": CENTRE, "name": f"互动室 {number}", "kind": "interactive"}
        rooms.append((await here.sent("POST", "rooms", room, 201))["id"])
        made = await new_class(here.desk, name=f"三年级 {number} 班", grade=3)
        seats.append({"class_id": made["id"], "room_id": rooms[-1], "interactive": False})
    body = {"version": 1, "name": "三年级英语", "kind": "dedicated", "subject": "英语", "grade": 3, "lead_id": TEACHER}
    body |= {"room_id": FIRST_ROOM, "weekly": 2, "seats": seats}
    await here.sent("PUT", f"delivery-courses/{here.english}", body)
    return rooms


async def test_a_school_that_is_off_is_not_expected_in_a_lesson_that_goes_on_without_it(
    desk: Desk, session: AsyncSession
) -> None:
    here = await planned(desk)
    (centre,) = await with_centre(here)
    revision = await here.placed()
    day_off = {"place_id": YUNTOU, "taught": False, "note": "赶集日"}
    await here.sent("PUT", f"calendar-days/{next_monday()}", day_off, 204)
    await here.publish(revision)
    first, second = [await in_force(session, here, here.english, week) for week in (1, 2)]

    async def rooms(lesson: UUID) -> set[str]:
        query = select(LessonRoom.room_id).where(LessonRoom.lesson_id == lesson, LessonRoom.part == "receiving")
        return set(map(str, await session.scalars(query)))

    assert await rooms(first.lesson_id) == {centre}
    assert await rooms(second.lesson_id) == {centre, VILLAGE}
    places = (await here.sent("GET", f"timetable-rates/courses/{here.english}/lessons"))["items"][0]["places"]
    assert {one["school"]["name"]: one["received"] for one in places}["云头教学点"] == "away"
    await here.sent("DELETE", f"calendar-days/{next_monday()}?place={YUNTOU}", status=204)
    again = await here.publish(revision)
    assert again["counts"]["changed"] == 1
    assert await rooms(first.lesson_id) == {centre, VILLAGE}


async def test_more_than_three_rooms_that_may_speak_are_not_published(desk: Desk) -> None:
    here = await planned(desk)
    await with_centre(here, 3)
    told = await here.publish(await here.placed(), "refused")
    assert told["zh"] == "《三年级英语》有 4 间互动教室，最多 3 间，其余请换成收看教室。"
