"""From a village school's missing lessons to a course that closes them, and to the engine's problem."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Device, Organisation
from core.clock import now
from core.ids import new_id
from resources.models import Resource
from scheduling.model import Kind
from scheduling.plan.week import week_of
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import CLASS, YUNTOU, new_class, sent
from tests.scheduling.calendar.test_calendar_api import QXN, bells, term
from tests.scheduling.needs.test_needs_api import take, timetable

XINGYI = str(seed.place("xyyx"))
QINGLONG = str(seed.place("qinglong"))
SENDING, VILLAGE = str(seed.room("XY-03-1")), str(seed.room("QL-02-1"))
TEACHER, ASSISTANT = str(seed.person("teacher")), str(seed.person("village"))


async def offered(desk: Desk, status: int = 201, **changes: Any) -> Any:
    body = {
        "teacher_id": TEACHER,
        "room_id": SENDING,
        "subject": "英语",
        "first_grade": 3,
        "last_grade": 6,
        "lessons": 4,
    }
    return await sent(desk, "bureau", "POST", "delivery-offers", body | changes, status)


async def course(desk: Desk, term_id: str, who: str = "bureau", status: int = 201, **changes: Any) -> Any:
    seat = {"class_id": CLASS, "room_id": VILLAGE, "interactive": True, "assistant_id": ASSISTANT}
    body = {
        "term_id": term_id, "authority_id": QXN, "name": "三年级英语", "kind": "dedicated", "subject": "英语",
        "grade": 3, "lead_id": TEACHER, "room_id": SENDING, "weekly": 2, "seats": [seat],
    }  # fmt: skip
    return await sent(desk, who, "POST", "delivery-courses", body | changes, status)


async def test_a_need_meets_an_offer_becomes_a_course_and_is_closed(desk: Desk, session: AsyncSession) -> None:
    own = (await term(desk))["id"]
    await bells(desk)
    await take(desk, timetable())
    await offered(desk)
    address = f"delivery-suggestions?term={own}&place={QXN}"
    (told,) = await sent(desk, "bureau", "GET", address)
    assert (told["subject"], told["weekly"], told["closes"], told["across"]) == ("英语", 2, 2, True)
    assert [(one["school"]["name"], one["room"]["name"]) for one in told["seats"]] == [("云头教学点", "三年级教室")]
    made = await course(desk, own)
    assert made["warnings"] == ["no-progress", "no-fallback"]
    assert await sent(desk, "bureau", "GET", address) == []
    needs = await sent(desk, "bureau", "GET", f"needs/{YUNTOU}")
    assert (needs["full"]["of"], needs["supplied"]) == (18, {"of": 2, "all": 14})
    left = (await sent(desk, "bureau", "GET", "delivery-offers"))["items"][0]["left"]
    assert left == 2
    seen = await sent(desk, "village", "GET", f"terms/{own}/days")
    assert seen["taught_weeks"] == 19


async def test_the_plan_is_the_engines_problem(desk: Desk, session: AsyncSession) -> None:
    own = (await term(desk))["id"]
    await bells(desk)
    await take(desk, timetable())
    made = await course(desk, own, class_id=None)
    week = await week_of(session, own)
    (one,) = week.courses
    assert (one.id, one.kind, one.weekly, one.main_subject) == (made["id"], Kind.DEDICATED, 2, True)
    assert (one.receptions[0].school_class, one.receptions[0].assistant) == (CLASS, ASSISTANT)
    assert {school.name for school in week.schools} == {"兴义一小", "云头教学点"}
    assert [len(school.periods) for school in week.schools] == [20, 20]
    # the class's own sixteen lessons, but for those in periods that the bells do not have
    assert {(busy.who, busy.reason) for busy in week.unavailable} == {
        (CLASS, name) for name in ("语文", "数学", "体育与健康", "劳动")
    }
    assert week.prefecture == QXN


@pytest.mark.parametrize(
    ("who", "changes", "status", "code"),
    [
        ("bureau-qinglong", {}, 403, "not-your-place"),
        ("bureau-qinglong", {"authority_id": QINGLONG}, 422, "outside-authority"),
        ("bureau", {"authority_id": QINGLONG}, 422, "outside-authority"),
        ("bureau", {"room_id": VILLAGE}, 422, "not-sending"),
        ("bureau", {"seats": []}, 422, "not-valid"),
        ("bureau", {"seats": [{"class_id": CLASS, "room_id": SENDING}]}, 422, "class-not-there"),
        ("bureau", {"seats": [{"class_id": CLASS, "room_id": VILLAGE}] * 2}, 422, "not-valid"),
        ("bureau", {"lead_id": str(seed.person("nobody"))}, 422, "person-unknown"),
        ("bureau", {"weekly": 60}, 422, "not-valid"),
    ],
)
async def test_a_course_that_cannot_be_is_refused(
    desk: Desk, who: str, changes: dict[str, Any], status: int, code: str
) -> None:
    own = (await term(desk))["id"]
    assert (await course(desk, own, who, status, **changes))["code"] == code


async def test_at_most_three_rooms_are_interactive(desk: Desk) -> None:
    own = (await term(desk))["id"]
    seats = [{"class_id": CLASS, "room_id": VILLAGE, "interactive": True}]
    for number in range(3):
        made = await new_class(desk, "bureau", name=f"四年级{number} 班")
        seats.append({"class_id": made["id"], "room_id": str(seed.room("QL-01-1")), "interactive": True})
    problem = await course(desk, own, status=422, seats=seats)
    assert "最多 3 间互动教室" in str(problem)


async def test_of_two_editors_of_a_course_the_second_is_shown_both(desk: Desk) -> None:
    made = await course(desk, (await term(desk))["id"])
    seat = {"class_id": CLASS, "room_id": VILLAGE}
    body = {name: made[name] for name in ("kind", "subject", "grade", "minutes", "weeks", "version")}
    body |= {"name": "英语", "weekly": 1, "lead_id": TEACHER, "room_id": SENDING, "seats": [seat]}
    assert (await sent(desk, "bureau", "PUT", f"delivery-courses/{made['id']}", body))["weekly"] == 1
    problem = await sent(desk, "bureau", "PUT", f"delivery-courses/{made['id']}", body, 409)
    assert (problem["yours"]["name"], problem["theirs"]["version"]) == ("英语", 2)
    await sent(desk, "bureau", "DELETE", f"delivery-courses/{made['id']}", status=204)


async def test_offers_are_made_once_for_a_subject_from_a_sending_room(desk: Desk) -> None:
    await offered(desk)
    assert (await offered(desk, 409))["code"] == "offer-there"
    assert (await offered(desk, 422, subject="音乐", room_id=VILLAGE))["code"] == "not-sending"


async def test_a_courses_progress_is_planned_by_week(desk: Desk) -> None:
    made = await course(desk, (await term(desk))["id"])
    assert "no-progress" in made["warnings"]
    address = f"delivery-courses/{made['id']}/progress"
    body = {"version": 1, "textbook": "人教版（PEP）", "chapters": ["Unit 1 Hello", "", "Unit 2 Colours"]}
    told = await sent(desk, "bureau", "PUT", address, body)
    assert (told["chapters"], told["version"], "no-progress" in told["warnings"]) == (body["chapters"], 2, False)
    problem = await sent(desk, "bureau", "PUT", address, body, 409)
    assert problem["theirs"]["textbook"] == "人教版（PEP）"
    assert (await sent(desk, "bureau-qinglong", "PUT", address, body | {"version": 2}, 403))["code"] == "not-your-place"


async def test_a_teacher_who_is_asked_for_too_many_lessons_is_named_with_what_is_left(desk: Desk) -> None:
    own = (await term(desk))["id"]
    for number in (1, 2):
        await course(desk, own, name=f"英语 {number}", weekly=10)
    problem = await course(desk, own, status=422, weekly=10)
    assert (problem["code"], problem["left"]) == ("teacher-too-many", 6)
    assert problem["detail_zh"].startswith(
        "陈静怡这学期的送教课已有每周 20 节，加上这门 10 节超过 26 节；请减到 6 节以内"
    )


def film(path: str, **changes: Any) -> Resource:
    told = {"kind": "lesson", "review": "published", "reach": path, "scope": "county", "stage": "playable"} | changes
    plain = {
        "title": "备用",
        "grade": 3,
        "subject": "英语",
        "unit": "Unit 3",
        "phase": "primary",
        "volume": "上",
    }
    owned = {"provider_id": UUID(XINGYI), "provider_path": path, "licence": "house", "textbook_version": "人教版"}
    sent = {"filename": "unit3.mp4", "content_type": "video/mp4", "created_at": now(), "changed_at": now()}
    return Resource(id=new_id(), words="", grams=[], **sent | plain | owned | told)


async def test_assistants_and_fallbacks_are_seated_without_the_rest_of_a_course(
    desk: Desk, session: AsyncSession
) -> None:
    own = (await term(desk))["id"]
    made = await course(desk, own)
    xingyi = (await session.get_one(Organisation, UUID(XINGYI))).path
    near, far, waiting = film(""), film(xingyi), film("", review="waiting")
    async with desk.ground.transaction() as writing:
        writing.add_all([near, far, waiting])
    address = f"delivery-courses/{made['id']}/seating"

    async def seat(status: int = 200, version: int = 1, **one: Any) -> Any:
        body = {"version": version, "seats": [{"class_id": CLASS} | one]}
        return await sent(desk, "bureau", "PUT", address, body, status)

    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"fallback_id": str(far.id)}, "fallback-out-of-reach"),
        ({"fallback_id": str(waiting.id)}, "fallback-unknown"),
        ({"class_id": QXN}, "class-not-in-course"),
        ({"assistant_id": QXN}, "person-unknown"),
    )
    for wrong, code in refused:
        assert (await seat(status=422, version=1, **wrong))["code"] == code
    told = await seat(assistant_id=None, fallback_id=str(near.id))
    assert told["seats"][0]["fallback"] == {"id": str(near.id), "name": "备用"}
    assert (told["warnings"], told["version"], told["weekly"]) == (["no-progress", "no-assistant"], 2, 2)
    assert (await seat(409))["theirs"]["version"] == 2
    async with desk.ground.transaction() as writing:
        (await writing.get_one(Resource, near.id)).review = "withdrawn"
    (listed,) = (await sent(desk, "bureau", "GET", f"delivery-courses?term={own}"))["items"]
    assert "no-fallback" in listed["warnings"]


async def test_an_assistant_is_looked_for_at_the_receiving_school(desk: Desk) -> None:
    found = (await sent(desk, "bureau", "GET", f"people?school={YUNTOU}"))["items"]
    assert ASSISTANT in {one["id"] for one in found}
    assert all(YUNTOU in {role["organisation"]["id"] for role in one["roles"]} for one in found)


async def capacity(desk: Desk, place: str) -> Any:
    (told,) = [one for one in (await listed_capacities(desk))["items"] if one["place"]["id"] == place]
    return told


async def listed_capacities(desk: Desk) -> Any:
    return await sent(desk, "bureau", "GET", f"line-capacities?place={QINGLONG}&limit=100")


async def test_a_line_carries_what_is_declared_else_what_a_box_measured_else_the_usual(
    desk: Desk, session: AsyncSession
) -> None:
    own = (await term(desk))["id"]
    await course(desk, own)
    told = await capacity(desk, YUNTOU)
    assert (told["uplink_kbit"], told["source"]) == (100_000, "usual")
    checks = [{"name": "up", "verdict": "ok", "value": 3_000.0}, {"name": "down", "verdict": "ok", "value": 9_000.0}]
    async with desk.ground.transaction() as writing:
        box = Device(room_id=UUID(VILLAGE), person_id=UUID(ASSISTANT), paired_by=UUID(ASSISTANT), paired_at=now())
        box.key, box.told, box.told_at = b"a key", {"software": "1", "checks": checks}, now()
        writing.add(box)
    told = await capacity(desk, YUNTOU)
    assert (told["uplink_kbit"], told["downlink_kbit"], told["source"]) == (3_000, 9_000, "measured")
    told = await sent(desk, "bureau-qinglong", "PUT", f"line-capacities/{YUNTOU}", {"uplink_kbit": 800})
    assert (told["uplink_kbit"], told["downlink_kbit"], told["source"]) == (800, 9_000, "declared")
    await sent(desk, "bureau", "PUT", f"line-capacities/{QINGLONG}", {"relay_kbit": 5_000})
    week = await week_of(session, own)
    (village,) = [one for one in week.schools if one.id == YUNTOU]
    assert (village.uplink_kbit, village.downlink_kbit) == (800, 9_000)
    assert {one.id: one.most_kbit for one in week.relays}[QINGLONG] == 5_000


@pytest.mark.parametrize(("place", "body"), [(QINGLONG, {"uplink_kbit": 800}), (YUNTOU, {"relay_kbit": 800})])
async def test_schools_have_lines_and_counties_relays(desk: Desk, place: str, body: Any) -> None:
    refused = await sent(desk, "bureau", "PUT", f"line-capacities/{place}", body, 422)
    assert refused["code"] == "capacity-not-there"
