"""Drafts over the API: moved, locked, judged, edited by two people, laid side by side."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import AuditEntry
from tests.admin.cast import Desk
from tests.scheduling.calendar.test_calendar_api import QINGLONG, QXN
from tests.scheduling.timetable.cast import ASSISTANT, COLLEAGUE, FIRST_ROOM, Planned, at, planned


async def test_a_draft_counts_what_is_wanted_placed_and_locked(desk: Desk) -> None:
    here = await planned(desk)
    moved = await here.move(at(here.english, 1, 1, "08:30", locked=True), revision=1)
    assert {name: moved["draft"][name] for name in ("revision", "wanted", "placed", "locked")} == {
        "revision": 2, "wanted": 4, "placed": 1, "locked": 1,
    }  # fmt: skip
    assert moved["draft"]["changed_by"]["name"] == "杨立群"
    assert [one["rule"] for one in moved["faults"]] == ["H3", "days"]
    (listed,) = (await here.sent("GET", f"timetable-drafts?term={here.term}"))["items"]
    assert listed == moved["draft"]
    taken_out = await here.move(at(here.english, 1, None, None), revision=2)
    assert (taken_out["draft"]["placed"], taken_out["draft"]["locked"]) == (0, 0)


async def test_a_move_that_breaks_a_rule_is_made_and_told_in_a_sentence(desk: Desk) -> None:
    here = await planned(desk)
    await here.placed()
    told = await here.move(at(here.science, 1, 1, "08:30"), revision=2)
    assert {one["zh"] for one in told["faults"] if one["rule"] == "H1"} == {
        f"{who} 周一 8:30–9:10 同时有《三年级英语》和《三年级科学》。"
        for who in ("云头教学点 三年级", "云头教学点 三年级教室", "韦小兰")
    }
    judged = await here.sent("GET", f"timetable-drafts/{here.draft}/judgement")
    assert (judged["wanted"], judged["placed"], judged["hard"]) == (4, 4, 3)
    assert judged["rules"][0] | {"zh": "", "en": ""} == {
        "rule": "H1", "hard": True, "zh": "", "en": "", "count": 3, "cost": 0,
    }  # fmt: skip


async def test_where_a_lesson_may_go_is_told_slot_by_slot(desk: Desk) -> None:
    here = await planned(desk)
    await here.placed()
    told = await here.sent("GET", f"timetable-drafts/{here.draft}/slots?course={here.science}&number=1")
    by_time = {(one["weekday"], one["starts"]): one for one in told["slots"]}
    assert len(by_time) == 20
    assert by_time[2, "09:20"]["here"]
    assert by_time[2, "09:20"]["free"]
    assert by_time[5, "10:30"]["free"]
    taken = by_time[1, "08:30"]
    assert not taken["free"]
    assert {one["rule"] for one in taken["faults"] if one["hard"]} == {"H1"}
    assert "三年级 周一 8:30–9:10 同时有" in taken["faults"][0]["zh"]
    assert "spread" in {one["rule"] for one in by_time[4, "08:30"]["faults"]}


async def test_of_two_editors_the_second_is_told_what_the_first_moved_and_can_merge(desk: Desk) -> None:
    here = await planned(desk)
    await here.move(at(here.english, 1, 1, "08:30"), revision=1)
    mine = at(here.science, 1, 2, "09:20")
    problem = await here.move(mine, revision=1, status=409)
    assert (problem["code"], problem["revision"], problem["by"]) == ("changed-meanwhile", 2, "杨立群")
    assert problem["changed"] == [at(here.english, 1, 1, "08:30", locked=False)]
    assert "1 节课" in problem["detail_zh"]
    merged = await here.move(mine, revision=problem["revision"])
    assert merged["draft"]["placed"] == 2


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"number": 3}, 404, "lesson-unknown"),
        ({"course_id": QXN}, 404, "course-unknown"),
        ({"weekday": 1, "starts": "23:40"}, 422, "lesson-over-midnight"),
        ({"weekday": 1, "starts": None}, 422, "not-valid"),
        ({"weekday": None, "starts": None, "locked": True}, 422, "lock-needs-time"),
        ({"weekday": 8}, 422, "not-valid"),
    ],
)
async def test_a_move_that_cannot_be_is_refused_and_nothing_is_moved(
    desk: Desk, change: dict[str, Any], status: int, code: str
) -> None:
    here = await planned(desk)
    right = at(here.science, 1, 2, "09:20")
    wrong = at(here.english, 1, 1, "08:30") | change
    assert (await here.move(right, wrong, revision=1, status=status))["code"] == code
    assert (await here.sent("GET", f"timetable-drafts/{here.draft}"))["placed"] == 0


async def test_a_county_sees_and_makes_its_own_drafts_only(desk: Desk) -> None:
    here = await planned(desk)
    county = "bureau-qinglong"
    assert (await here.sent("GET", f"timetable-drafts/{here.draft}", status=404, who=county))["code"] == "draft-unknown"
    assert (await here.move(at(here.english, 1, 1, "08:30"), revision=1, status=404, who=county))["code"]
    assert (await here.sent("GET", f"timetable-drafts?term={here.term}", who=county))["items"] == []
    body = {"term_id": here.term, "place_id": QXN, "name": "县里的"}
    assert (await here.sent("POST", "timetable-drafts", body, 403, county))["code"] == "not-your-place"
    own = await here.sent("POST", "timetable-drafts", body | {"place_id": QINGLONG}, 201, county)
    assert (own["place"]["name"], own["wanted"]) == ("晴隆县", 0)
    assert (await here.sent("PATCH", f"timetable-drafts/{own['id']}", {"revision": 1, "name": "二稿"}))[
        "name"
    ] == "二稿"
    await here.sent("DELETE", f"timetable-drafts/{own['id']}", status=204, who=county)


async def test_a_copy_holds_what_its_source_held(desk: Desk) -> None:
    here = await planned(desk)
    await here.move(at(here.english, 1, 1, "08:30", locked=True), revision=1)
    body = {"term_id": here.term, "place_id": QXN, "name": "第二稿", "copy_of": here.draft}
    copy = await here.sent("POST", "timetable-drafts", body, 201)
    assert (copy["placed"], copy["locked"], copy["revision"]) == (1, 1, 1)
    assert (await here.sent("POST", "timetable-drafts", body | {"place_id": QINGLONG}, 422))[
        "code"
    ] == "draft-elsewhere"


async def test_a_rule_that_is_switched_off_finds_nothing_and_one_weighed_anew_costs_more(desk: Desk) -> None:
    here = await planned(desk)
    await here.move(at(here.english, 1, 1, "08:30"), at(here.english, 2, 1, "09:20"), revision=1)

    async def costs() -> dict[str, int]:
        judged = await here.sent("GET", f"timetable-drafts/{here.draft}/judgement")
        return {one["rule"]: one["cost"] for one in judged["rules"]}

    assert (await costs())["spread"] == 8
    chosen = await here.sent(
        "PUT",
        "timetable-rules",
        {"place_id": QXN, "rules": [{"id": "spread", "on": True, "weight": 20}, {"id": "H3", "on": False}]},
    )
    (spread,) = [one for one in chosen if one["id"] == "spread"]
    assert (spread["weight"], spread["usual_weight"], spread["chosen_by"]["name"]) == (20, 8, "黔西南州")
    after = await costs()
    assert (after["spread"], "H3" in after) == (20, False)
    below = await here.sent("GET", f"timetable-rules?place={QINGLONG}", who="bureau-qinglong")
    assert [one["on"] for one in below if one["id"] == "H3"] == [False]


@pytest.mark.parametrize(
    ("choice", "status", "code"),
    [
        ({"id": "H1", "on": False}, 422, "rule-always"),
        ({"id": "H99", "on": True}, 404, "rule-unknown"),
        ({"id": "H2", "on": True, "weight": 5}, 422, "rule-hard"),
    ],
)
async def test_a_rule_that_cannot_be_chosen_so_is_refused(
    desk: Desk, choice: dict[str, Any], status: int, code: str
) -> None:
    body = {"place_id": QXN, "rules": [choice]}
    answer = await (await desk("bureau")).put("/api/timetable-rules", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def absent(here: Planned, who: str, weekday: int, **more: Any) -> Any:
    body = {"term_id": here.term, "who_id": who, "weekday": weekday, "starts": "08:00", "ends": "12:00"}
    return await here.sent("POST", "timetable-absences", body | {"reason": "请假"} | more, 201)


async def test_an_absent_teacher_breaks_the_draft_and_repairs_move_the_least(desk: Desk) -> None:
    here = await planned(desk)
    await here.placed()
    assert await here.sent("POST", f"timetable-drafts/{here.draft}/repairs") == []
    made = await absent(here, COLLEAGUE, 2)
    assert (made["who"]["name"], made["starts"]) == ("黄秀兰", "08:00")
    judged = await here.sent("GET", f"timetable-drafts/{here.draft}/judgement")
    assert [one["zh"] for one in judged["faults"] if one["hard"]] == [
        "黄秀兰 周二 9:20–10:00 不能上《三年级科学》：请假。"
    ]
    best, *_ = await here.sent("POST", f"timetable-drafts/{here.draft}/repairs")
    assert [(one["course_id"], one["before"]) for one in best["moved"]] == [(here.science, "周二 9:20–10:00")]
    assert best["disturbance"] in (1, 2)
    applied = await here.move(*best["moves"], revision=2)
    assert [one for one in applied["faults"] if one["hard"]] == []
    await here.sent("DELETE", f"timetable-absences/{made['id']}", status=204)
    assert (await here.sent("GET", f"timetable-absences?term={here.term}"))["total"] == 0


async def test_what_cannot_fit_is_explained_with_ways_out(desk: Desk) -> None:
    here = await planned(desk)
    for weekday in range(1, 6):
        await absent(here, ASSISTANT, weekday, starts="08:00", ends="11:15")
    for weekday in range(1, 4):
        await absent(here, FIRST_ROOM, weekday, starts="11:15", ends="12:00")
    told = await here.sent("GET", f"timetable-drafts/{here.draft}/clash?course={here.english}")
    assert told["fits"]
    await absent(here, FIRST_ROOM, 4, starts="11:15", ends="12:00")
    told = await here.sent("GET", f"timetable-drafts/{here.draft}/clash?course={here.english}")
    assert (told["fits"], told["course_ids"]) == (False, [here.english])
    assert told["zh"] == "《三年级英语》每周要 2 节，参加的学校凑不出这么多共同的空闲课节。"
    assert "《三年级英语》每周减一节。" in [one["zh"] for one in told["ways_out"]]


async def test_each_write_is_on_record(desk: Desk, session: AsyncSession) -> None:
    here = await planned(desk)
    await here.placed()
    await absent(here, COLLEAGUE, 2)
    actions = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.number))).all()
    assert [one for one in actions if one.startswith("timetable")] == [
        "timetable-draft.create", "timetable-draft.move", "timetable-absence.create",
    ]  # fmt: skip
