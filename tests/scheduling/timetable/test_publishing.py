"""Drafts become versions, versions become lessons of the classroom; nothing is edited, everybody is told."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from classroom.lessons.models import Lesson, LessonTeacher
from core.clock import now
from core.errors import Conflict
from scheduling.timetable.booking import Booking, book
from scheduling.timetable.models import LessonHold, PublishedLesson, Version
from scheduling.timetable.progress import Progress
from tests.admin.cast import Desk, lesson_body
from tests.admin.roster.test_classes import CLASS
from tests.scheduling.calendar.test_calendar_api import QXN
from tests.scheduling.timetable.cast import (
    ASSISTANT,
    FIRST_ROOM,
    LIWENBO,
    TEACHER,
    VILLAGE,
    Planned,
    at,
    first_week,
    next_monday,
    planned,
)

LIVE = text("""
SELECT count(*) FROM lessons CROSS JOIN unnest(places) AS step
JOIN organisations ON organisations.id = step AND tier = 'county'
""")


async def published(desk: Desk) -> tuple[Planned, Any]:
    here = await planned(desk)
    return here, await here.publish(await here.placed())


async def in_force(
    session: AsyncSession, here: Planned, course: str, week: int = 1, number: int = 1
) -> PublishedLesson:
    query = select(PublishedLesson).where(PublishedLesson.course_id == UUID(course), PublishedLesson.until.is_(None))
    query = query.where(PublishedLesson.week == week, PublishedLesson.number == number)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def test_publishing_gives_every_week_its_lessons_in_the_classroom(desk: Desk) -> None:
    _, version = await published(desk)
    assert (version["number"], version["lessons"], version["place"]["name"]) == (1, 16, "黔西南州")
    assert version["counts"] == {
        "new": 16, "moved": 0, "changed": 0, "cancelled": 0, "restored": 0, "people": 3, "rooms": 3,
    }  # fmt: skip
    client = await desk("bureau")
    day = next_monday()
    (lesson,) = (await client.get(f"/api/lessons?day={day}&room={VILLAGE}")).json()["items"]
    assert (lesson["title"], lesson["state"]) == ("三年级英语", "upcoming")
    assert datetime.fromisoformat(lesson["starts_at"]) == datetime.fromisoformat(first_week(1, "08:30"))
    assert (lesson["teacher"]["name"], lesson["sending_room"]["id"]) == ("陈静怡", FIRST_ROOM)
    assert [one["name"] for one in lesson["receiving_rooms"]] == ["三年级教室"]


async def test_what_is_published_is_counted_for_the_dashboards_with_it(desk: Desk, session: AsyncSession) -> None:
    await published(desk)
    stale = await session.scalar(text("SELECT count(*) FROM stale_days"))
    counted = text("SELECT sum(planned) FROM day_counties JOIN counted_days USING (day)")
    assert (stale, await session.scalar(counted)) == (0, await session.scalar(LIVE))


async def test_what_publishing_would_do_is_told_before(desk: Desk) -> None:
    here = await planned(desk)
    revision = await here.placed()
    told = await here.sent("GET", f"timetable-drafts/{here.draft}/changes")
    assert (told["counts"]["new"], told["counts"]["people"], told["hindrances"]) == (16, 3, [])
    first = told["changes"][0]
    assert (first["what"], first["name"], first["week"], first["after"]) == (
        "new", "三年级英语", 1, first_week(1, "08:30"),
    )  # fmt: skip
    names = {"陈静怡", "兴义一小 直录播教室 1", "云头教学点 三年级教室", "云头教学点 三年级", "韦小兰"}
    assert {one["name"] for one in first["who"]} == names
    await here.publish(revision)
    again = await here.sent("GET", f"timetable-drafts/{here.draft}/changes")
    assert [one["zh"] for one in again["hindrances"]] == ["和已发布的课表一样，不用再发布。"]


async def test_a_draft_with_a_hard_fault_is_not_published_and_one_that_moved_on_neither(desk: Desk) -> None:
    here = await planned(desk)
    await here.placed()
    await here.move(at(here.science, 1, 1, "08:30"), revision=2)
    told = await here.publish(3, "refused")
    assert (told["code"], len(told["hindrances"])) == ("not-publishable", 3)
    assert "同时有" in told["zh"]
    assert (await here.publish(2, "refused"))["code"] == "changed-meanwhile"
    address = f"timetable-drafts/{here.draft}/publish"
    assert (await here.sent("POST", address, {"revision": 2}, 409))["code"] == "changed-meanwhile"


async def test_publishing_is_a_job_that_may_come_twice_and_is_asked_for_once(desk: Desk, monkeypatch: Any) -> None:
    here, sent = await planned(desk), list[Any]()

    async def take(job: Any, *arguments: Any) -> None:
        sent.extend([job, *map(str, arguments[:2]), arguments[2], *arguments[3:]])

    said, write = list[tuple[str, int, int]](), Progress.write

    async def heard(own: Any, ground: Any, draft: UUID, run: str, told: Any) -> None:
        said.append((told.state, told.written, told.of))
        await write(own, ground, draft, run, told)

    monkeypatch.setattr("core.jobs.send", take)
    monkeypatch.setattr(Progress, "write", heard)
    address, asked = f"timetable-drafts/{here.draft}/publish", {"revision": await here.placed(), "note": "第一版"}
    assert (await here.sent("POST", address, asked, 202))["state"] == "waiting"
    assert (await here.sent("POST", address, asked, 409))["code"] == "publishing-already"
    for _ in range(2):
        await here.work(*sent)
        told = await here.sent("GET", f"timetable-drafts/{here.draft}/publication")
        assert told["state"] == "done"
    assert said == [("comparing", 0, 0), ("writing", 0, 16), ("writing", 16, 16), ("done", 0, 0), ("done", 0, 0)]
    (version,) = (await here.sent("GET", f"timetable-versions?term={here.term}"))["items"]
    assert (version["id"], version["number"], version["note"]) == (told["version_id"], 1, "第一版")


async def test_a_publishing_that_breaks_off_leaves_nothing(desk: Desk, monkeypatch: Any) -> None:
    here = await planned(desk)

    async def broken(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("scheduling.timetable.editions.book", broken)
    with pytest.raises(OSError, match="full"):
        await here.publish(await here.placed())
    told = await here.sent("GET", f"timetable-drafts/{here.draft}/publication")
    assert (told["state"], told["zh"]) == ("failed", "发布没有做完，课表没有变，请再试一次。")
    assert (await here.sent("GET", f"timetable-versions?term={here.term}"))["total"] == 0
    assert (await here.week())["total"] == 0


async def test_a_lesson_keeps_its_name_through_versions_and_only_changes_are_told(desk: Desk) -> None:
    here, _ = await published(desk)
    before = (await here.week())["cells"]
    await here.move(at(here.english, 1, 5, "10:30"), revision=2)
    second = await here.publish(3, note="英语挪到周五")
    assert (second["number"], second["counts"]["moved"], second["counts"]["people"]) == (2, 4, 2)
    after = (await here.week())["cells"]
    assert {one["lesson_id"] for one in before} == {one["lesson_id"] for one in after}
    moved = next(one for one in after if (one["course_id"], one["number"]) == (here.english, 1))
    assert (moved["weekday"], moved["starts"], moved["day"]) == (5, "10:30", str(next_monday() + timedelta(days=4)))
    changes = await here.sent("GET", f"timetable-versions/{second['id']}/changes?of={TEACHER}")
    assert changes["total"] == 4
    assert (changes["items"][0]["before"], changes["items"][0]["after"]) == (
        first_week(1, "08:30"), first_week(5, "10:30"),
    )  # fmt: skip
    untouched = await here.sent("GET", f"timetable-versions/{second['id']}/changes?of={seed.person('colleague')}")
    assert untouched["total"] == 0
    listed = (await here.sent("GET", f"timetable-versions?term={here.term}"))["items"]
    assert [one["number"] for one in listed] == [2, 1]


async def test_a_published_lesson_says_its_weeks_chapter_and_a_changed_one_is_a_change(desk: Desk) -> None:
    here, _ = await published(desk)
    body = {"version": 1, "textbook": "人教版（PEP）", "chapters": ["", "Unit 1 Hello"]}
    await here.sent("PUT", f"delivery-courses/{here.english}/progress", body)
    counts = (await here.publish(2, note="定了进度"))["counts"]
    assert (counts["changed"], counts["moved"]) == (8, 0)
    (cell, _) = [one for one in (await here.week(2))["cells"] if one["course_id"] == here.english]
    assert cell["chapter"] == "Unit 1 Hello"
    lesson = (await (await desk("bureau")).get(f"/api/lessons/{cell['lesson_id']}")).json()
    assert (lesson["textbook_version"], lesson["chapter"]) == ("人教版（PEP）", "Unit 1 Hello")


async def test_two_lessons_may_change_places(desk: Desk) -> None:
    here, _ = await published(desk)
    await here.move(at(here.english, 1, 2, "09:20"), at(here.science, 1, 1, "08:30"), revision=2)
    assert (await here.publish(3))["counts"]["moved"] == 8


async def test_everybody_touched_gets_a_notice(desk: Desk) -> None:
    await published(desk)
    (told,) = (await (await desk("village")).get("/api/notices")).json()["items"]
    assert told["subject_zh"] == "黔西南州课表第 1 版：您有 16 节课变动"
    assert (await (await desk("colleague")).get("/api/notices/unread")).json() == 1


async def test_a_cancelled_lesson_leaves_the_classroom_and_stays_cancelled_in_the_next_version(
    desk: Desk, session: AsyncSession
) -> None:
    here, _ = await published(desk)
    own = await in_force(session, here, here.english)
    address = f"published-lessons/{own.id}"
    version = await here.sent("POST", f"{address}/cancel", {"reason": "停电"}, 201)
    assert (version["number"], version["lessons"], version["counts"]["cancelled"]) == (2, 15, 1)
    assert await session.get(Lesson, own.lesson_id) is None
    cells = (await here.week())["cells"]
    assert [(one["cancelled"], one["reason"], one["lesson_id"]) for one in cells if one["cancelled"]] == [
        (True, "停电", None)
    ]
    assert (await here.sent("POST", f"{address}/cancel", {"reason": "停电"}, 409))["code"] == "changed-meanwhile"
    await here.move(at(here.science, 1, 5, "10:30"), revision=2)
    assert (await here.publish(3))["counts"] | {"people": 0, "rooms": 0} == {
        "new": 0, "moved": 4, "changed": 0, "cancelled": 0, "restored": 0, "people": 0, "rooms": 0,
    }  # fmt: skip
    gone = await in_force(session, here, here.english)
    assert gone.cancelled
    back = await here.sent("POST", f"published-lessons/{gone.id}/restore", status=201)
    assert (back["counts"]["restored"], back["lessons"]) == (1, 16)
    assert await session.get(Lesson, own.lesson_id) is not None


async def test_a_substitute_teaches_it_and_both_are_told(desk: Desk, session: AsyncSession) -> None:
    here, _ = await published(desk)
    own = await in_force(session, here, here.english)
    body = {"person_id": LIWENBO, "reason": "陈老师外出教研"}
    version = await here.sent("POST", f"published-lessons/{own.id}/substitute", body, 201)
    assert version["counts"]["changed"] == 1
    teacher = await session.scalar(select(LessonTeacher.person_id).where(LessonTeacher.lesson_id == own.lesson_id))
    assert str(teacher) == LIWENBO
    (cell,) = (await here.week(by="teacher", of=LIWENBO))["cells"]
    assert (cell["substitute"]["name"], cell["lead"]["name"]) == ("李文博", "陈静怡")
    told = (await (await desk("teacher")).get("/api/notices")).json()["items"]
    assert told[0]["subject_zh"].endswith("的《三年级英语》由李文博代课")
    after = await in_force(session, here, here.english)
    assert after.sequence == 1
    back = await here.sent("POST", f"published-lessons/{after.id}/restore", status=201)
    assert back["counts"]["changed"] == 1


@pytest.mark.parametrize(("person", "code"), [("colleague-busy", "booked-already"), ("student", "not-a-teacher")])
async def test_a_substitute_who_cannot_is_refused(desk: Desk, session: AsyncSession, person: str, code: str) -> None:
    here, _ = await published(desk)
    await here.move(at(here.science, 1, 3, "10:30"), revision=2)
    await here.publish(3)
    if code == "booked-already":
        start = f"{next_monday()}T08:40:00+08:00"
        end = f"{next_monday()}T09:00:00+08:00"
        other = lesson_body(
            starts_at=start, ends_at=end, teacher_id=LIWENBO, sending_room_id=str(seed.room("XY-04-1")),
            receiving_room_ids=[str(seed.room("ZF-03-1"))],
        )  # fmt: skip
        assert (await (await desk("bureau")).post("/api/lessons", json=other)).status_code == 201
    body = {"person_id": LIWENBO if code == "booked-already" else str(seed.person(person)), "reason": "请假"}
    own = await in_force(session, here, here.english)
    status = 409 if code == "booked-already" else 422
    problem = await here.sent("POST", f"published-lessons/{own.id}/substitute", body, status)
    assert problem["code"] == code


async def test_a_county_may_look_at_the_prefectures_lessons_but_not_cancel_them(
    desk: Desk, session: AsyncSession
) -> None:
    here, _ = await published(desk)
    own = await in_force(session, here, here.english)
    county = "bureau-qinglong"
    assert (await here.sent("POST", f"published-lessons/{own.id}/cancel", {"reason": "停电"}, 404, county))["code"]
    assert (await here.week(by="school", of=str(seed.place("yuntou")), who=county))["total"] == 4


async def test_a_lesson_outside_the_timetable_stands_in_the_way_and_is_named(desk: Desk) -> None:
    here = await planned(desk)
    start, end = f"{next_monday()}T08:40:00+08:00", f"{next_monday()}T09:00:00+08:00"
    other = lesson_body(starts_at=start, ends_at=end, receiving_room_ids=[VILLAGE])
    assert (await (await desk("bureau")).post("/api/lessons", json=other)).status_code == 201
    told = await here.publish(await here.placed(), "refused")
    assert told["code"] == "booked-already"
    assert "直录播教室 1" in " ".join(one["zh"] for one in told["hindrances"])
    assert "08:40–09:00 已有《水的三态》" in told["zh"]
    assert (await here.sent("GET", f"timetable-versions?term={here.term}"))["total"] == 0


async def test_what_is_published_cannot_be_changed_in_the_database_either(desk: Desk) -> None:
    await published(desk)
    for change in (
        update(Version).values(note="anders"),
        update(PublishedLesson).values(reason="anders"),
        text("DELETE FROM published_lessons"),
        text("UPDATE published_settings SET name = 'x'"),
    ):
        with pytest.raises(DBAPIError, match="never changes"):
            async with desk.ground.transaction() as session:
                await session.execute(change)


def booking(number: int, lead: UUID, room: UUID, others: list[UUID]) -> Booking:
    starts = now().replace(microsecond=0) + timedelta(days=40, minutes=number % 30)
    words = {"title": "抢", "subject": "科学", "grade": 3, "kind": "dedicated", "textbook_version": "教科版"}
    words |= {"volume": "上", "chapter": "一"}
    return Booking(
        id=UUID(int=number + 1), words=words, starts_at=starts, ends_at=starts + timedelta(minutes=40), lead=lead,
        substitute=None, rooms=[room], others=others, places=[UUID(QXN)],
    )  # fmt: skip


@pytest.mark.parametrize("shared", ["class", "assistant", "assistant-who-leads", "room", "lead"])
async def test_of_fifty_who_book_the_same_at_once_one_gets_it(desk: Desk, shared: str) -> None:
    rooms = [seed.room(key) for key in ("XY-01-1", "XY-01-2", "XY-02-1", "XY-02-2", "XY-04-1")]
    leads = [seed.person(key) for key in ("liwenbo", "wuxiuying", "zhoumingyuan", "tangruoshi", "lushunhua")]
    whom = {"class": UUID(CLASS), "assistant": UUID(ASSISTANT)}

    def one(number: int) -> Booking:
        lead, room = leads[number % 5], rooms[number % 5]
        others = [UUID(int=1000 + number)]
        if shared == "assistant-who-leads":
            lead, others = (UUID(ASSISTANT), []) if number % 2 else (lead, [UUID(ASSISTANT)])
        elif shared in whom:
            others = [whom[shared]]
        room = rooms[0] if shared == "room" else room
        lead = leads[0] if shared == "lead" else lead
        return booking(number, lead, room, others)

    # as many as the pool has: on a slow machine the others would wait longer than it lets them
    at_once = asyncio.Semaphore(20)

    async def tries(number: int) -> str:
        try:
            async with at_once, desk.ground.transaction() as session:
                await book(session, [one(number)], {}, None)
        except Conflict as refused:
            return refused.code
        return "won"

    said = await asyncio.gather(*(tries(number) for number in range(50)))
    assert sorted(said) == ["booked-already"] * 49 + ["won"]
    async with desk.ground.transaction() as session:
        made = await session.scalar(select(func.count(Lesson.id)).where(Lesson.title == "抢"))
        holds = await session.scalar(select(func.count(LessonHold.who_id)).where(LessonHold.lesson_id < UUID(int=99)))
    assert made == 1
    assert holds == (1 if shared == "assistant-who-leads" and said.index("won") % 2 else 2)
