"""Solving as the worker does it: locked lessons stay, others get a time, two hands do not overwrite each other."""

import asyncio
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from admin import seed
from scheduling.model import Interval, Placement
from scheduling.timetable import progress, solving
from scheduling.timetable.solving import renumbered
from tests.admin.cast import Desk
from tests.elsewhere import somebody
from tests.scheduling.timetable.cast import ASSISTANT, COLLEAGUE, Planned, at, planned
from tests.scheduling.timetable.test_drafts import absent

BUREAU = str(seed.person("bureau"))


async def asked(desk: Desk, here: Planned, monkeypatch: Any, status: int = 202) -> list[Any]:
    """Asks for a solving; what it hands to the queue, which no worker of the house takes in these tests."""
    sent: list[Any] = []

    async def take(job: Any, *arguments: Any) -> None:
        sent.extend(arguments)

    monkeypatch.setattr("core.jobs.send", take)
    await here.sent("POST", f"timetable-drafts/{here.draft}/solve", {"seconds": 5}, status)
    return sent


async def worked(desk: Desk, arguments: list[Any]) -> None:
    async with desk.ground.transaction() as session:
        await solving.solve.work(
            session, desk.ground, *[str(one) if isinstance(one, UUID) else one for one in arguments]
        )


async def test_solving_places_all_lessons_and_locked_ones_stay(desk: Desk, monkeypatch: Any) -> None:
    here = await planned(desk)
    await here.move(at(here.english, 2, 3, "09:20", locked=True), revision=1)
    job = await asked(desk, here, monkeypatch)
    run = f"timetable-drafts/{here.draft}/run"
    assert (await here.sent("GET", run))["state"] == "waiting"
    problem = await here.sent("POST", f"timetable-drafts/{here.draft}/solve", {"seconds": 5}, 409)
    assert problem["code"] == "solving-already"
    await worked(desk, job)
    told = await here.sent("GET", run)
    assert (told["state"], told["wanted"], told["placed"], told["broken"]) == ("done", 4, 4, [])
    assert told["cost"] >= told["bound"] >= 0
    judged = await here.sent("GET", f"timetable-drafts/{here.draft}/judgement")
    assert (judged["hard"], judged["placed"], judged["revision"]) == (0, 4, 3)
    cells = (await here.sent("GET", f"timetable-drafts/{here.draft}/week"))["cells"]
    (locked,) = [one for one in cells if one["locked"]]
    assert (locked["course_id"], locked["number"], locked["weekday"], locked["starts"]) == (here.english, 2, 3, "09:20")
    await worked(desk, job)  # a queue may bring a job twice
    assert (await here.sent("GET", f"timetable-drafts/{here.draft}"))["revision"] == 3


async def test_what_finds_no_place_is_told_and_the_rest_is_kept(desk: Desk, monkeypatch: Any) -> None:
    here = await planned(desk)
    for weekday in range(1, 6):
        await absent(here, COLLEAGUE, weekday)
    await worked(desk, await asked(desk, here, monkeypatch))
    told = await here.sent("GET", f"timetable-drafts/{here.draft}/run")
    assert (told["placed"], [one["zh"] for one in told["broken"]]) == (2, ["《三年级科学》还有 2 节没有排上。"])


async def test_a_draft_that_was_changed_meanwhile_keeps_its_hand_and_the_result_stands_beside_it(
    desk: Desk, monkeypatch: Any
) -> None:
    here = await planned(desk)
    kept = solving._keep

    async def late(*arguments: Any) -> None:
        await here.move(at(here.english, 1, 5, "11:20"), revision=1)
        await kept(*arguments)

    monkeypatch.setattr(solving, "_keep", late)
    await worked(desk, await asked(desk, here, monkeypatch))
    drafts = (await here.sent("GET", f"timetable-drafts?term={here.term}"))["items"]
    assert {one["name"]: one["placed"] for one in drafts} == {"第一稿": 1, "第一稿（求解）": 4}


async def test_a_solving_that_is_stopped_keeps_what_it_has(desk: Desk, monkeypatch: Any) -> None:
    here = await planned(desk)
    job = await asked(desk, here, monkeypatch)
    stopping = await here.sent("POST", f"timetable-drafts/{here.draft}/stop", status=202)
    assert stopping["state"] == "stopping"
    assert (await here.sent("GET", f"timetable-drafts/{here.draft}/run"))["state"] == "stopping"
    async with asyncio.timeout(5):
        await worked(desk, job)
    assert (await here.sent("GET", f"timetable-drafts/{here.draft}"))["placed"] == 4
    assert (await here.sent("POST", f"timetable-drafts/{here.draft}/stop", status=202))["state"] == "done"


async def test_a_solving_that_fails_leaves_the_draft_and_says_so(desk: Desk, monkeypatch: Any) -> None:
    here = await planned(desk)
    job = await asked(desk, here, monkeypatch)
    await here.sent("DELETE", f"timetable-drafts/{here.draft}", status=204)
    try:
        await worked(desk, job)
    except Exception as failure:
        assert type(failure).__name__ == "NoResultFound"  # noqa: PT017
    told = await progress.RUNS.read(desk.ground, UUID(here.draft))
    assert told is not None
    assert (told.state, told.en) == ("failed", "The solving broke off; the draft is as it was. Try again.")


async def test_what_another_place_has_published_is_time_taken(desk: Desk) -> None:
    here = await planned(desk)
    await here.publish(await here.placed())
    county = str(seed.place("qinglong"))
    body = {"term_id": here.term, "place_id": county, "name": "县里的"}
    draft = (await here.sent("POST", "timetable-drafts", body, 201, "bureau-qinglong"))["id"]
    seat = {"class_id": str(seed.id_of("class", "520326")), "room_id": str(seed.room("QL-02-1"))}
    async with desk.ground.transaction() as session:
        lead = str(await somebody(session, "teacher", seed.place("qinglong")))
    course = {
        "term_id": here.term, "authority_id": county, "name": "三年级音乐", "kind": "dedicated", "subject": "音乐",
        "grade": 3, "lead_id": lead, "room_id": str(seed.room("QL-01-1")), "weekly": 1,
        "seats": [seat | {"assistant_id": ASSISTANT}],
    }  # fmt: skip
    music = (await here.sent("POST", "delivery-courses", course, 201, "bureau-qinglong"))["id"]
    slots = await here.sent("GET", f"timetable-drafts/{draft}/slots?course={music}", who="bureau-qinglong")
    (taken,) = [one for one in slots["slots"] if (one["weekday"], one["starts"]) == (1, "08:30")]
    assert not taken["free"]
    assert "黔西南州排了《三年级英语》" in taken["faults"][0]["zh"]
    assert sum(one["free"] for one in slots["slots"]) == 16


Slots = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), unique=True, max_size=6)


@given(Slots, Slots)
def test_lessons_that_stay_keep_their_numbers_and_no_number_comes_twice(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    def placed(slots: list[tuple[int, int]]) -> list[Placement]:
        intervals = [Interval(day, 480 + 50 * slot, 520 + 50 * slot) for day, slot in slots]
        return [Placement("音乐", number, at) for number, at in enumerate(intervals, 1)]

    found = renumbered(placed(before), placed(after))
    was = {one.interval: one.number for one in placed(before)}
    assert {one.interval for one in found} == {one.interval for one in placed(after)}
    assert len({one.number for one in found}) == len(found)
    assert all(one.number == was[one.interval] for one in found if one.interval in was)
