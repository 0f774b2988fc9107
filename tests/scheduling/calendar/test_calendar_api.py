"""Terms, the bureau's days and bells over the API: nearer places prevail, mistakes are told row by row."""

from typing import Any

import pytest

from admin import seed
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import sent

QXN, QINGLONG, CENTRE, YUNTOU, XINGYI = (
    str(seed.place(key)) for key in ("qxn", "qinglong", "changping-c", "yuntou", "xyyx")
)
SPRING = {"school_year": 2025, "number": 2, "first": "2026-03-02", "last": "2026-07-10"}
DAY = [("8:30", "9:10"), ("9:20", "10:00"), ("10:30", "11:10"), ("11:20", "12:00")]


async def term(desk: Desk, who: str = "bureau", status: int = 201, **changes: Any) -> Any:
    return await sent(desk, who, "POST", "terms", {"place_id": QXN} | SPRING | changes, status)


async def bells(desk: Desk, who: str = "bureau", status: int = 201, shift: int = 0, **changes: Any) -> Any:
    periods = [{"starts": moved(starts, shift), "ends": moved(ends, shift)} for starts, ends in DAY]
    body = {"place_id": QXN, "stage": "primary", "name": "夏季", "first": "2026-03-01", "periods": periods}
    return await sent(desk, who, "POST", "bells", body | changes, status)


def moved(clock: str, minutes: int) -> str:
    hours, rest = divmod(int(clock.split(":")[0]) * 60 + int(clock.split(":")[1]) + minutes, 60)
    return f"{hours}:{rest:02d}"


async def test_a_make_up_day_waits_for_the_bureau_and_then_runs_what_it_says(desk: Desk) -> None:
    own = (await term(desk))["id"]
    waiting = (await sent(desk, "bureau", "GET", f"terms/{own}/days"))["warnings"]
    assert [(one["code"], one["day"]) for one in waiting] == [("make-up-undecided", "2026-05-09")]
    declared = {"place_id": QXN, "taught": True, "runs": 2}
    await sent(desk, "bureau", "PUT", "calendar-days/2026-05-09", declared, 204)
    found = await sent(desk, "teacher", "GET", f"terms/{own}/days")
    assert found["warnings"] == []
    assert [(day["standing"], day["runs"]) for day in found["days"] if day["day"] == "2026-05-09"] == [("taught", 2)]
    assert (found["weeks"], found["taught_weeks"]) == (19, 19)
    await sent(desk, "bureau", "DELETE", f"calendar-days/2026-05-09?place={QXN}", status=204)
    assert (await sent(desk, "bureau", "GET", f"terms/{own}/days"))["warnings"] == waiting


async def test_a_year_that_nobody_has_entered_warns(desk: Desk) -> None:
    own = await term(desk, school_year=2026, first="2027-03-01", last="2027-07-09")
    found = await sent(desk, "bureau", "GET", f"terms/{own['id']}/days")
    assert [one["code"] for one in found["warnings"]] == ["year-unknown"]


@pytest.mark.parametrize(
    ("who", "changes", "status", "code"),
    [
        ("bureau-qinglong", {}, 403, "not-your-place"),
        ("bureau", {"last": "2026-03-01"}, 422, "term-order"),
        ("bureau", {"last": "2027-03-01"}, 422, "term-too-long"),
        ("bureau", {"number": 3}, 422, "not-valid"),
        ("bureau", {"school_year": 2024, "first": "2026-07-01", "last": "2026-07-20"}, 409, "term-overlaps"),
    ],
)
async def test_a_term_that_cannot_be_is_refused(
    desk: Desk, who: str, changes: dict[str, Any], status: int, code: str
) -> None:
    await term(desk)
    assert (await term(desk, who, status, **({"number": 1} | changes)))["code"] == code


async def test_a_sheet_of_days_is_all_or_nothing(desk: Desk) -> None:
    client, own = await desk("bureau"), (await term(desk))["id"]
    form = {"place_id": QXN, "dry_run": "false"}
    wrong = "日期,上课,上星期几,说明\n2026-05-09,是,星期二,\n2026-13-01,是,,\n2026-05-10,也许,,\n2026-05-09,否,,\n"
    answer = await client.post("/api/calendar-days/sheet", data=form, files={"file": ("a.csv", wrong.encode("gbk"))})
    assert (answer.status_code, [one["row"] for one in answer.json()["mistakes"]]) == (422, [3, 4, 5])
    right = "日期,上课,上星期几,说明\n2026-05-09,是,星期二,\n2026/04/20,否,,三月三\n"
    answer = await client.post("/api/calendar-days/sheet", data=form, files={"file": ("a.csv", right.encode())})
    assert answer.json() == {"rows": 2, "mistakes": [], "written": True}
    found = {day["day"]: day for day in (await sent(desk, "bureau", "GET", f"terms/{own}/days"))["days"]}
    assert (found["2026-05-09"]["runs"], found["2026-04-20"]["note"]) == (2, "三月三")


async def test_wrong_bells_are_told_row_by_row(desk: Desk) -> None:
    wrong = [{"starts": "8:00", "ends": "8:40"}, {"starts": "8:30", "ends": "9:10"}]
    problem = await bells(desk, status=422, periods=wrong)
    assert [(one["period"], one["code"]) for one in problem["faults"]] == [(2, "overlap"), (1, "too-early")]
    assert (await bells(desk, status=422, periods=[]))["code"] == "bells-wrong"
    await bells(desk)
    assert (await bells(desk, status=409))["code"] == "bells-overlap"


async def test_a_schools_own_bells_prevail_and_slots_lie_inside_all(desk: Desk) -> None:
    await bells(desk)
    await bells(desk, "bureau-qinglong", shift=10, place_id=CENTRE)
    address = f"bells/shared?school={XINGYI}&school={CENTRE}&school={YUNTOU}&day=2026-04-01"
    found = await sent(desk, "bureau", "GET", f"{address}&minutes=30")
    assert [(slot["starts"], slot["ends"], slot["minutes"]) for slot in found][:2] == [
        ("08:40", "09:10", 30), ("09:30", "10:00", 30),
    ]  # fmt: skip
    assert found[0]["numbers"] == dict.fromkeys((XINGYI, CENTRE, YUNTOU), 1)
    assert await sent(desk, "bureau", "GET", f"{address}&minutes=31") == []
    problem = await sent(desk, "bureau", "GET", f"bells/shared?school={CENTRE}&day=2025-04-01", status=404)
    assert (problem["code"], problem["school"]) == ("no-bells", CENTRE)


async def test_of_two_editors_of_a_term_the_second_is_shown_both(desk: Desk) -> None:
    own = (await term(desk))["id"]
    body = {"version": 1, "first": "2026-03-02", "last": "2026-07-03"}
    await sent(desk, "bureau", "PATCH", f"terms/{own}", body)
    problem = await sent(desk, "bureau", "PATCH", f"terms/{own}", body | {"last": "2026-07-17"}, 409)
    assert (problem["yours"]["last"], problem["theirs"]["last"]) == ("2026-07-17", "2026-07-03")
