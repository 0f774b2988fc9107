"""The film that the plan names for a class is told to its room and its assistant, and its playing is on record."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from classroom.lessons.models import Lesson
from core.clock import now
from resources.models import Resource
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import CLASS
from tests.scheduling.plan.test_plan_api import film
from tests.scheduling.timetable.cast import ASSISTANT, VILLAGE, Planned
from tests.scheduling.timetable.test_publishing import in_force, published
from tests.scheduling.timetable.test_rates import over


async def named(desk: Desk) -> tuple[Planned, UUID, Resource]:
    """A published lesson, and the film that the plan named for its class after it was published."""
    here, _ = await published(desk)
    own = film("")
    async with desk.ground.transaction() as session:
        lesson = (await in_force(session, here, here.english)).lesson_id
        session.add(own)
    seats = [{"class_id": CLASS, "assistant_id": ASSISTANT, "fallback_id": str(own.id)}]
    await here.sent("PUT", f"delivery-courses/{here.english}/seating", {"version": 1, "seats": seats})
    return here, lesson, own


async def begins(desk: Desk, lesson: UUID, minutes: int) -> None:
    starts = now() + timedelta(minutes=minutes)
    times = {"starts_at": starts, "ends_at": starts + timedelta(minutes=40), "over_at": starts + timedelta(hours=1)}
    async with desk.ground.transaction() as session:
        await session.execute(update(Lesson).where(Lesson.id == lesson).values(times))


async def test_the_assistant_is_told_which_film_stands_in_and_others_are_not(desk: Desk) -> None:
    here, lesson, own = await named(desk)
    address = f"lessons/{lesson}/fallbacks"
    (told,) = await here.sent("GET", address, who="village")
    assert (told["room"]["id"], told["film"], told["played_at"]) == (VILLAGE, {"id": str(own.id), "name": "备用"}, None)
    await here.sent("GET", f"resources/{told['film']['id']}", who="village")
    assert (await here.sent("GET", address, status=403, who="teacher"))["code"] == "not-allowed"
    assert (await here.sent("GET", f"lessons/{CLASS}/fallbacks", status=404, who="village"))["code"] == "lesson-unknown"
    async with desk.ground.transaction() as session:
        (await session.get_one(Resource, own.id)).review = "withdrawn"
    assert await here.sent("GET", address, who="village") == []


async def test_a_film_is_played_while_the_lesson_is_open_by_its_own_room(desk: Desk) -> None:
    here, lesson, _ = await named(desk)
    address, body = f"lessons/{lesson}/fallbacks", {"room_id": VILLAGE}
    assert (await here.sent("PUT", address, body, 409, "village"))["code"] == "lesson-not-open"
    await begins(desk, lesson, -5)
    (first,) = await here.sent("PUT", address, body, 200, "village")
    assert first["played_at"] is not None
    assert await here.sent("PUT", address, body, 200, "village") == [first]
    assert (await here.sent("PUT", address, {"room_id": CLASS}, 403, "village"))["code"] == "not-your-place"
    seats = [{"class_id": CLASS, "assistant_id": ASSISTANT, "fallback_id": None}]
    await here.sent("PUT", f"delivery-courses/{here.english}/seating", {"version": 2, "seats": seats})
    assert (await here.sent("PUT", address, body, 404, "village"))["code"] == "fallback-none"


async def test_the_ledger_says_that_a_class_was_taught_from_a_recording(desk: Desk) -> None:
    here, untaught, _ = await named(desk)
    async with desk.ground.transaction() as session:
        well = (await in_force(session, here, here.english, 1, 2)).lesson_id
    for lesson in (untaught, well):
        await begins(desk, lesson, -5)
        await here.sent("PUT", f"lessons/{lesson}/fallbacks", {"room_id": VILLAGE}, 200, "village")
        await begins(desk, lesson, 600)
    await over(desk, untaught, None)
    await over(desk, well, 40, 40)
    told: Any = await here.sent("GET", f"timetable-rates/courses/{here.english}/lessons")
    places = [one["places"][0] for one in told["items"]][:2]
    assert {(one["received"], one["zh"], one["en"]) for one in places} == {
        (
            "from-recording",
            "主讲没有开课。放了备用录像《备用》。",
            "The lead teacher did not begin it. Its fallback recording was played: 备用.",
        ),
        ("received-well", "", ""),
    }
