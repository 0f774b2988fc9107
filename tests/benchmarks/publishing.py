"""A prefecture's draft at the desk, at a tenth, a third and full size, with a term of 18 weeks: how long "why not",
judging, the preview and publishing take. Each size runs in a process of its own, on a database of its own, by the
functions that routes and worker call."""

import asyncio
import multiprocessing
import os
import resource
import time
from collections.abc import Awaitable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Person, Room, SchoolClass
from admin.tree import path_of
from core import migrate
from core.clock import now
from core.connections import Connections, open_connections
from core.embedded import postgres
from core.embedded.services import plan, prepare
from scheduling.calendar.models import BellRow, TermRow
from scheduling.delivery import generate
from scheduling.delivery.greedy import greedy
from scheduling.delivery.model import DeliveryModel
from scheduling.delivery.slots import Places
from scheduling.model import Placement, School, Week
from scheduling.plan.models import CourseRow, Seat
from scheduling.timetable import drafts, judging, publishing
from scheduling.timetable.models import Draft, Version

SIZES = (0.1, 1 / 3, 1.0)
WEEKS = 18
NAMES = UUID("5a5d0d3e-5c77-4a52-9d1b-522300000001")
PREFECTURE, TERM, DRAFT = (uuid5(NAMES, name) for name in ("prefecture", "term", "draft"))


@dataclass(frozen=True)
class Row:
    size: float
    weekly: int
    lessons: int
    why_not: float
    judged: float
    preview: float
    published: float
    mib: int


def show() -> None:
    print("| size | weekly | lessons | why not s | judged s | preview s | published s | peak MiB |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    context = multiprocessing.get_context("spawn")
    for size in SIZES:
        with context.Pool(1) as pool:
            one = pool.apply(measure, (size,))
        seconds = " | ".join(f"{each:.2f}" for each in (one.why_not, one.judged, one.preview, one.published))
        print(f"| {one.size:.2f} | {one.weekly} | {one.lessons} | {seconds} | {one.mib} |", flush=True)


def measure(size: float) -> Row:
    with TemporaryDirectory(prefix="songjiao-bench-") as folder, ExitStack() as stack:
        data = Path(folder)
        planned = plan(data)
        prepare(planned)
        for program in planned.programs:
            process = program.start(data / f"{program.name}.log")
            stack.callback(process.wait, 20)
            stack.callback(process.send_signal, program.stop)
            program.wait(process, data / f"{program.name}.log")
        postgres.make_database(data / "postgres", "bench")
        url = postgres.url(data / "postgres", "bench")
        migrate.upgrade(url)
        secret = {"SONGJIAO_DATABASE_URL": url, "SONGJIAO_SECRET_KEY": "a secret for benchmarks"}
        os.environ.update(planned.environment | secret)
        return asyncio.run(_measured(size))


async def _measured(size: float) -> Row:
    async with open_connections() as ground:
        week = generate.prefecture(size)
        placed = greedy(DeliveryModel(Places(week), week.courses))
        async with ground.transaction() as session:
            await _load(session, week, placed)
        async with ground.transaction() as session:
            draft, course = await session.get_one(Draft, DRAFT), own(placed[0].course)
            why_not = await _timed(judging.where(session, draft, course, placed[0].number))
            judged = await _timed(judging.judgement(session, draft))
            preview = await _timed(publishing.preview(session, draft))
        issue = publishing.Issue(None, "量一量")
        published = await _timed(_publish(ground, issue))
        async with ground.transaction() as session:
            lessons = (await session.get_one(Version, issue.version)).lessons
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return Row(size, len(placed), lessons, why_not, judged, preview, published, mib)


async def _publish(ground: Connections, issue: publishing.Issue) -> None:
    async with ground.transaction() as session:
        await publishing.issue_draft(session, await session.get_one(Draft, DRAFT, with_for_update=True), issue)


async def _timed(work: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def own(name: str) -> UUID:
    return uuid5(NAMES, name)


async def _load(session: AsyncSession, week: Week, placed: Iterable[Placement]) -> None:
    first = now().date() + timedelta(days=14 - now().date().weekday())
    last = first + timedelta(weeks=WEEKS, days=-3)
    places = [Organisation(id=PREFECTURE, tier="prefecture", name_zh="州", name_en="Prefecture", path=PREFECTURE.hex)]
    places += [_county(one) for one in sorted({school.county for school in week.schools})]
    places += [_school(one) for one in week.schools]
    term = TermRow(id=TERM, place_id=PREFECTURE, school_year=first.year, number=1, first=first, last=last)
    draft = Draft(id=DRAFT, term_id=TERM, place_id=PREFECTURE, name="草稿", revision=1, changed_at=now())
    people = [Person(id=own(one.id), name=one.name) for one in week.people]
    for rows in (
        places,
        [*people, term],
        [*_rooms(week), *_bells(week, first)],
        _classes(week),
        [*_courses(week), draft],
    ):
        session.add_all(rows)
        await session.flush()
    session.add_all(_seats(week))
    lessons = [(own(one.course), one.number, one.interval.weekday, one.interval.start, False) for one in placed]
    await drafts.put(session, draft, lessons)


def _county(name: str) -> Organisation:
    path = path_of(own(name), PREFECTURE.hex)
    row = Organisation(id=own(name), tier="county", name_zh=name, name_en=name, path=path)
    row.parent_id, row.county_id = PREFECTURE, own(name)
    return row


def _school(one: School) -> Organisation:
    path = path_of(own(one.id), path_of(own(one.county), PREFECTURE.hex))
    row = Organisation(id=own(one.id), tier="school", name_zh=one.name, name_en=one.name, path=path)
    row.parent_id, row.county_id, row.first_grade, row.last_grade = own(one.county), own(one.county), 1, 6
    return row


def _rooms(week: Week) -> Iterable[Room]:
    for number, one in enumerate(week.rooms):
        kind = "sending" if one.sends else "listening"
        yield Room(id=own(one.id), school_id=own(one.school), name=one.name, kind=kind, key=f"B-{number}")


def _bells(week: Week, first: date) -> Iterable[BellRow]:
    for one in week.schools:
        periods = [[at.interval.start, at.interval.end] for at in one.periods if at.interval.weekday == 1]
        yield BellRow(place_id=own(one.id), stage="primary", name="作息", first=first, periods=periods)


def _classes(week: Week) -> Iterable[SchoolClass]:
    for number, one in enumerate(week.classes):
        yield SchoolClass(id=own(one.id), school_id=own(one.school), name=one.name, grade=3, code=f"{number:06d}")


def _courses(week: Week) -> Iterable[CourseRow]:
    for one in week.courses:
        yield CourseRow(
            id=own(one.id), term_id=TERM, authority_id=PREFECTURE, name=one.name, kind=one.kind.value,
            subject=one.subject, grade=3, lead_id=own(one.lead), room_id=own(one.sending_room), weekly=one.weekly,
            minutes=one.minutes, weeks=one.weeks.value, textbook="", chapters=[],
        )  # fmt: skip


def _seats(week: Week) -> Iterable[Seat]:
    for course in week.courses:
        for one in course.receptions:
            seat = Seat(course_id=own(course.id), class_id=own(one.school_class), room_id=own(one.room))
            seat.interactive, seat.assistant_id = False, own(one.assistant or "")
            yield seat
