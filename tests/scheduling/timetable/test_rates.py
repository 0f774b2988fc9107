"""到课率 and 专递供给率 of places, and each course's ledger, from what was published, taught and attended."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from admin import seed
from classroom.ledger.models import RoomAttendance
from classroom.lessons.models import Lesson
from core.clock import now
from tests.admin.cast import Desk
from tests.scheduling.calendar.test_calendar_api import QINGLONG, QXN
from tests.scheduling.needs.test_needs_api import take, timetable
from tests.scheduling.timetable.cast import VILLAGE, Planned, next_monday
from tests.scheduling.timetable.test_publishing import in_force, published


async def over(desk: Desk, lesson: UUID, minutes: int | None, good: int = 0) -> None:
    """The lesson was yesterday, and the room was there so long; None: nobody taught it."""
    starts = now() - timedelta(days=1)
    times = {"starts_at": starts, "ends_at": starts + timedelta(minutes=40), "over_at": starts + timedelta(hours=1)}
    async with desk.ground.transaction() as session:
        begun = {"started_at": starts if minutes is not None else None}
        await session.execute(update(Lesson).where(Lesson.id == lesson).values(**times, **begun))
        if minutes:
            row = RoomAttendance(lesson_id=lesson, room_id=UUID(VILLAGE), minutes=minutes, last_at=starts)
            row.good_minutes = good
            session.add(row)


async def rates(here: Planned, place: str, who: str = "bureau", status: int = 200) -> Any:
    begins, ends = now().date() - timedelta(days=3), next_monday() + timedelta(days=30)
    address = f"timetable-rates?place={place}&begins={begins}&ends={ends}"
    return await here.sent("GET", address, status=status, who=who)


async def test_rates_tell_numerator_and_denominator_of_each_place_below(desk: Desk) -> None:
    here, _ = await published(desk)
    await take(desk, timetable())
    async with desk.ground.transaction() as session:
        found = [await in_force(session, here, here.english, week) for week in (1, 2, 3, 4)]
    for row, minutes, good in zip(found[:3], (32, 31, None), (32, 31, 0), strict=True):
        await over(desk, row.lesson_id, minutes, good)
    await here.sent("POST", f"published-lessons/{found[3].id}/cancel", {"reason": "停电"}, 201)
    told = await rates(here, QXN)
    (county,) = [one for one in told["places"] if one["id"] == QINGLONG]
    # with three places of the demo's own lessons, two of them yesterday, that nobody taught
    wanted = {"planned": 19, "due": 5, "given": 2, "attended": 1, "received_well": 1, "cancelled": 1}
    assert {name: county[name] for name in wanted} == wanted
    assert (county["missing_lessons"], county["supplied_lessons"]) == (14, 4)
    assert told["total"]["planned"] == sum(one["planned"] for one in told["places"]) > 19
    school = await rates(here, str(seed.place("yuntou")), "bureau-qinglong")
    assert (school["total"]["planned"], [one["name"] for one in school["places"]]) == (17, ["云头教学点"])


async def test_rates_are_for_ones_own_places_and_for_a_sound_span(desk: Desk) -> None:
    here, _ = await published(desk)
    assert (await rates(here, QXN, "bureau-qinglong", 403))["code"] == "not-your-place"
    address = f"timetable-rates?place={QXN}&begins=2026-02-01&ends=2026-01-01"
    assert (await here.sent("GET", address, status=422))["code"] == "time-span"


async def test_a_courses_ledger_counts_planned_given_and_received_and_credits_its_teacher(desk: Desk) -> None:
    here, _ = await published(desk)
    async with desk.ground.transaction() as session:
        first, second = [await in_force(session, here, here.english, week) for week in (1, 2)]
    substitute = {"person_id": str(seed.person("liwenbo")), "reason": "外出"}
    await here.sent("POST", f"published-lessons/{second.id}/substitute", substitute, 201)
    await over(desk, first.lesson_id, 40, 20)
    await over(desk, second.lesson_id, 10)
    told = await here.sent("GET", f"timetable-rates/courses?term={here.term}")
    (english,) = [one for one in told["items"] if one["name"] == "三年级英语"]
    assert english | {"course_id": "", "lead": ""} == {
        "course_id": "", "name": "三年级英语", "lead": "", "planned": 8, "given": 2, "received": 1, "received_well": 0,
        "places": 8, "cancelled": 0, "credit": 1,
    }  # fmt: skip


async def test_the_ledger_tells_of_each_lesson_how_it_was_received_and_why_not(desk: Desk) -> None:
    here, _ = await published(desk)
    async with desk.ground.transaction() as session:
        found = [await in_force(session, here, here.english, week, number) for week in (1, 2, 3) for number in (1, 2)]
    for row, minutes, good in zip(found[:5], (40, 40, 10, 0, None), (40, 20, 10, 0, 0), strict=True):
        await over(desk, row.lesson_id, minutes, good)
    await here.sent("POST", f"published-lessons/{found[5].id}/cancel", {"reason": "停电"}, 201)
    told = await here.sent("GET", f"timetable-rates/courses/{here.english}/lessons")
    places = [one["places"][0] for one in told["items"]]
    assert [(one["received"], one["zh"]) for one in places] == [
        ("received-well", ""),
        ("received", "线路弱：40 分钟里只有 20 分钟声画正常。"),
        ("not-received", "教室只接通了 10 分钟，全课 40 分钟。"),
        ("not-received", "教室没有接通。"),
        ("not-given", "主讲没有开课。"),
        ("cancelled", "停电"),
        ("to-come", ""),
        ("to-come", ""),
    ]
    assert (places[0]["in_class"]["name"], places[0]["school"]["name"]) == ("三年级", "云头教学点")
    address = f"timetable-rates/courses/{here.english}/lessons"
    assert (await here.sent("GET", address, status=403, who="bureau-qinglong"))["code"] == "not-your-place"


async def test_a_school_whose_line_was_weak_lately_wants_a_fallback_recording(desk: Desk) -> None:
    here, _ = await published(desk)
    address = f"timetable-drafts/{here.draft}/judgement"
    assert "fallback" not in {one["rule"] for one in (await here.sent("GET", address))["rules"]}
    async with desk.ground.transaction() as session:
        first = await in_force(session, here, here.english)
    await over(desk, first.lesson_id, 40, 10)
    told = await here.sent("GET", address)
    (fallback, *_) = [one for one in told["faults"] if one["rule"] == "fallback"]
    assert "在云头教学点没有备用录像，它的线路弱。" in fallback["zh"]
