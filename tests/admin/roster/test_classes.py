"""Classes and pupils: made, moved, leaving; who may, and what is on record."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Assignment, Pupil
from admin.today import today
from core.audit import AuditEntry
from tests.admin.cast import Desk

CENTRE, YUNTOU, XINGYI = (str(seed.place(key)) for key in ("changping-c", "yuntou", "xyyx"))
CLASS = str(seed.id_of("class", "520326"))
ZHAOYANG = str(seed.person("student"))
TODAY = today()


async def sent(desk: Desk, who: str, method: str, address: str, body: Any = None, status: int = 200) -> Any:
    answer = await (await desk(who)).request(method, f"/api/{address}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def new_class(desk: Desk, who: str = "bureau-qinglong", status: int = 201, **changes: Any) -> Any:
    return await sent(
        desk, who, "POST", "classes", {"school_id": CENTRE, "name": "四年级", "grade": 4} | changes, status
    )


async def test_a_class_has_a_code_and_pupils_sign_in_with_it(desk: Desk) -> None:
    made = await new_class(desk)
    assert len(made["code"]) == 6
    pupil = await sent(
        desk, "bureau-qinglong", "POST", "pupils", {"class_id": made["id"], "name": "韦小龙", "pin": "1357"}, 201
    )
    assert pupil["signs_in"]
    entry = {"class_code": made["code"], "name": "韦小龙", "pin": "1357"}
    assert (await sent(desk, "", "POST", "sessions", entry, 201))["person"]["name"] == "韦小龙"
    listed = await sent(desk, "bureau-qinglong", "GET", f"classes?school={CENTRE}")
    assert [(one["name"], one["pupils"], one["school"]["county"]) for one in listed["items"]] == [
        ("四年级", 1, "晴隆县")
    ]


async def test_two_pupils_of_one_name_are_told_apart(desk: Desk) -> None:
    again = await sent(desk, "bureau", "POST", "pupils", {"class_id": CLASS, "name": "韦朝阳"}, 201)
    assert again["name"] == "韦朝阳2"


@pytest.mark.parametrize(
    ("changes", "who", "status", "code"),
    [
        ({"school_id": XINGYI}, "bureau-qinglong", 403, "not-your-place"),
        ({"school_id": YUNTOU, "name": "三年级"}, "bureau", 409, "class-name-taken"),
        ({"room_id": str(seed.room("XY-01-1"))}, "bureau", 422, "not-own-room"),
        ({"grade": 13}, "bureau", 422, "not-valid"),
        ({"school_id": str(seed.place("changping"))}, "bureau", 422, "not-a-school"),
    ],
)
async def test_what_no_class_can_be_is_refused(
    desk: Desk, changes: dict[str, Any], who: str, status: int, code: str
) -> None:
    assert (await new_class(desk, who, status, **changes))["code"] == code


async def test_a_moved_pupil_keeps_her_years_and_belongs_to_the_new_school(desk: Desk, session: AsyncSession) -> None:
    into = (await new_class(desk, grade=3, name="三年级"))["id"]
    body = {"class_id": into, "on": str(TODAY), "note": "随父母"}
    moved = await sent(desk, "bureau-qinglong", "POST", f"pupils/{ZHAOYANG}/move", body)
    years = [(year["school"]["name"], year["until"], year["leaving"]) for year in moved["years"]]
    assert years == [("长坪镇中心校", None, None), ("云头教学点", str(TODAY), "transferred")]
    held = select(Assignment.organisation_id).where(Assignment.person_id == seed.person("student"))
    assert [str(place) for place in await session.scalars(held)] == [CENTRE]


async def test_between_two_counties_only_who_keeps_both_moves_a_pupil(desk: Desk) -> None:
    into = (await new_class(desk, "bureau", school_id=XINGYI))["id"]
    body = {"class_id": into, "on": str(TODAY)}
    await sent(desk, "bureau-qinglong", "POST", f"pupils/{ZHAOYANG}/move", body, 403)
    assert (await sent(desk, "bureau", "POST", f"pupils/{ZHAOYANG}/move", body))["school"]["name"] == "兴义一小"


async def test_who_has_left_signs_in_no_more_and_stays_on_record(desk: Desk, session: AsyncSession) -> None:
    await desk("student")
    left = await sent(desk, "bureau", "POST", f"pupils/{ZHAOYANG}/leave", {"on": str(TODAY), "note": "转往外省"})
    assert (left["in_class"], left["signs_in"], left["years"][0]["leaving"]) == (None, False, "left")
    entry = {"class_code": "520326", "name": "韦朝阳", "pin": "2580"}
    await sent(desk, "", "POST", "sessions", entry, 401)
    assert (await (await desk("student")).get("/api/sessions/current")).status_code == 401
    assert (await sent(desk, "bureau-qinglong", "GET", f"pupils/{ZHAOYANG}"))["years"][0]["note"] == "转往外省"


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), date(2001, 1, 1)])
async def test_a_day_to_come_or_long_gone_is_refused(desk: Desk, on: date) -> None:
    problem = await sent(desk, "bureau", "POST", f"pupils/{ZHAOYANG}/leave", {"on": str(on)}, 422)
    assert problem["code"] == "day-out-of-range"


async def test_numbers_are_checked_sealed_and_shown_masked(desk: Desk) -> None:
    right = {"class_id": CLASS, "name": "蓝小山", "identity": "52232420170101001X"}
    wrong = right | {"identity": "522324201701010011"}
    assert (await sent(desk, "bureau", "POST", "pupils", wrong, 422))["code"] == "number-wrong"
    made = await sent(desk, "bureau", "POST", "pupils", right, 201)
    assert made["numbers"] == {"identity": "5223************1X"}
    assert (await sent(desk, "bureau", "POST", "pupils", right, 409))["code"] == "number-taken"


async def test_looks_at_children_are_on_record(desk: Desk, session: AsyncSession) -> None:
    await sent(desk, "teacher", "GET", "pupils")
    await sent(desk, "bureau", "GET", f"pupils/{ZHAOYANG}")
    actions = set(await session.scalars(select(AuditEntry.action)))
    assert {"pupils.look", "pupil.look"} <= actions


async def test_a_class_with_pupils_cannot_end(desk: Desk, session: AsyncSession) -> None:
    problem = await sent(desk, "bureau", "POST", f"classes/{CLASS}/end", {"version": 1}, 409)
    assert (problem["code"], problem["pupils"]) == ("class-not-empty", 3)
    empty = await new_class(desk)
    await sent(desk, "bureau", "POST", f"classes/{empty['id']}/end", {"version": 1}, 204)
    assert await session.scalar(select(Pupil).where(Pupil.class_id.is_(None))) is None


async def test_of_two_editors_the_second_is_shown_both(desk: Desk) -> None:
    await sent(desk, "bureau", "PATCH", f"classes/{CLASS}", {"version": 1, "name": "三（1）班"})
    problem = await sent(desk, "bureau", "PATCH", f"classes/{CLASS}", {"version": 1, "name": "三年级甲"}, 409)
    assert (problem["yours"]["name"], problem["theirs"]["name"]) == ("三年级甲", "三（1）班")
