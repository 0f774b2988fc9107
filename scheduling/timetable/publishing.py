"""From a draft to a version: dates by the calendar, what changes, what stands in the way; notices and the audit."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from admin.notices.outbox import tell
from core import audit
from core.clock import now
from core.errors import Conflict
from core.ids import new_id
from scheduling.calendar.days import Day
from scheduling.calendar.models import TermRow
from scheduling.calendar.terms import days_of
from scheduling.model import Id
from scheduling.plan.courses import names_of
from scheduling.release.changes import (
    Change,
    Dated,
    concerned,
    dated,
    keeping_exceptions,
    next_version,
)
from scheduling.timetable import hindering, settings
from scheduling.timetable.editions import (
    Edition,
    Standing,
    alone,
    counted,
    issue,
    newest_version,
    next_one,
    people_among,
    rooms_among,
    standing_of,
)
from scheduling.timetable.grounds import Grounds, grounds_of
from scheduling.timetable.judging import rules_of
from scheduling.timetable.models import Draft, Setting, Version
from scheduling.timetable.problem import Problem, problem
from scheduling.timetable.published_schemas import (
    ChangeOut,
    CountsOut,
    HindranceOut,
    PreviewOut,
    VersionOut,
    What,
)

MOST_TOLD = 100
NOTHING = HindranceOut(
    zh="和已发布的课表一样，不用再发布。", en="It is the same as what is published; there is nothing to publish."
)
PAGE = "/timetable"
"""The desk's page that a notice opens."""


@dataclass
class Coming:
    """What publishing a draft would do. `lessons` are all that would be in force, cancelled ones too."""

    whole: Problem
    standing: Standing
    lessons: list[Dated]
    changes: list[Change]
    hindrances: list[HindranceOut]
    notes: list[HindranceOut]


async def preview(session: AsyncSession, draft: Draft) -> PreviewOut:
    coming, moment = await _coming(session, draft, now()), now()
    edition = await _edition(session, draft, coming, Issue(None, ""), moment)
    touched = concerned(coming.changes)
    people = await people_among(session, touched)
    counts = counted(coming.changes) | {"people": len(people), "rooms": rooms_among(edition, touched)}
    first = sorted(coming.changes, key=lambda one: one.after.starts)[:MOST_TOLD]
    return PreviewOut(
        counts=CountsOut.model_validate(counts),
        changes=await _told(session, edition, first),
        hindrances=coming.hindrances[:MOST_TOLD],
        notes=coming.notes[:MOST_TOLD],
    )


@dataclass(frozen=True)
class Issue:
    """Who has a draft published, with what note, as which version, and who hears how many lessons are written of how
    many."""

    by: UUID | None
    note: str
    version: UUID = field(default_factory=new_id)
    told: Callable[[int, int], Awaitable[None]] | None = None

    async def tell(self, written: int, of: int) -> None:
        if self.told:
            await self.told(written, of)


async def issue_draft(session: AsyncSession, row: Draft, asked: Issue) -> None:
    """Raises Conflict `not-publishable` or `booked-already`, with hindrances."""
    moment = now()
    await alone(session, row.term_id, row.place_id)
    coming = await _coming(session, row, moment)
    if coming.hindrances:
        hindrances = [one.model_dump() for one in coming.hindrances[:MOST_TOLD]]
        zh, en = coming.hindrances[0].zh, coming.hindrances[0].en
        raise Conflict("not-publishable", zh=zh, en=en, hindrances=hindrances)
    edition = await _edition(session, row, coming, asked, moment)
    of = sum(not one.after.cancelled for one in coming.changes)
    await asked.tell(0, of)
    touched = await issue(session, edition, lambda written: asked.tell(written, of))
    await _tell(session, edition.version, touched, moment)
    after = {"number": edition.version.number, "draft": str(row.id), "note": asked.note, **edition.version.counts}
    await audit.record(session, asked.by, "timetable.publish", f"timetable-version:{edition.version.id}", after=after)


async def versions_out(session: AsyncSession, rows: Sequence[Version]) -> list[VersionOut]:
    names = await names_of(session, [one for row in rows for one in (row.place_id, row.published_by)])
    plain = ("id", "term_id", "number", "note", "published_at", "lessons")
    return [
        VersionOut.model_validate(
            {name: getattr(row, name) for name in plain}
            | {"place": names[row.place_id], "counts": row.counts}
            | {"published_by": names.get(row.published_by) if row.published_by else None}
        )
        for row in rows
    ]


async def _coming(session: AsyncSession, draft: Draft, moment: datetime) -> Coming:
    whole, term = await problem(session, draft), await session.get_one(TermRow, draft.term_id)
    standing = await standing_of(session, draft.term_id, draft.place_id)
    days = await days_of(session, term, draft.place_id)
    grounds = await grounds_of(session, whole.week, term, draft.place_id, days)
    off = (await rules_of(session, draft)).off
    # in a thread: of a prefecture's term these are seconds, in which the web serves others
    return await asyncio.to_thread(_compared, whole, standing, days, grounds, off, moment)


def _compared(
    whole: Problem, standing: Standing, days: Iterable[Day], grounds: Grounds, off: frozenset[str], moment: datetime
) -> Coming:
    courses = {course.id: course for course in whole.week.courses}
    before = standing.lessons
    kept, notes = hindering.held(whole, grounds, dated(courses, whole.placements, days))
    lessons, changes = next_version(before, keeping_exceptions(before, kept), moment)
    names = {str(one.course_id): one.name for one in standing.settings.values()}
    names |= {course.id: course.name for course in whole.week.courses}
    found = hindering.first([
        hindering.broken(whole, off),
        hindering.without_right(whole, grounds, [one.after for one in changes]),
        hindering.rung_otherwise(whole, grounds, off),
        hindering.twice(whole, names, lessons, moment),
        () if changes else [NOTHING],
    ])  # fmt: skip
    return Coming(whole, standing, lessons, changes, found, notes)


async def _edition(session: AsyncSession, draft: Draft, coming: Coming, asked: Issue, moment: datetime) -> Edition:
    last = await newest_version(session, draft.term_id, draft.place_id)
    version = next_one(last, draft.term_id, draft.place_id, asked.note, asked.by, moment)
    version.id = asked.version
    version.lessons = sum(not one.cancelled for one in coming.lessons)
    locked = {(one.course, one.number) for one in coming.whole.week.locked}
    version.placements = [
        [one.course, one.number, one.interval.weekday, one.interval.start, (one.course, one.number) in locked]
        for one in coming.whole.placements
    ]
    courses = {course.id: course for course in coming.whole.week.courses}
    changed = {one.after.course for one in coming.changes} & courses.keys()
    made = await settings.made(session, version.id, courses, changed)
    term = await session.get_one(TermRow, draft.term_id)
    by_course: Mapping[Id, Setting] = {str(one.course_id): one for one in made}
    return Edition(version, term, coming.changes, coming.standing, by_course)


async def _told(session: AsyncSession, edition: Edition, changes: Sequence[Change]) -> list[ChangeOut]:
    touched = {one: list(concerned([one])) for one in changes}
    names = await names_of(session, [UUID(who) for found in touched.values() for who in found], with_school=True)
    courses = {str(one.course_id): one.name for one in edition.standing.settings.values()}
    courses |= {course: setting.name for course, setting in edition.made.items()}
    return [_change(one, courses[one.after.course], touched[one], names) for one in changes]


def _change(one: Change, name: str, touched: Sequence[Id], names: Mapping[UUID, object]) -> ChangeOut:
    what: What = one.what.value
    return ChangeOut.model_validate(
        {"what": what, "course_id": one.after.course, "week": one.after.week, "number": one.after.number}
        | {"name": name, "before": one.before.starts.astimezone(UTC) if one.before else None}
        | {
            "after": one.after.starts.astimezone(UTC),
            "ends": one.after.ends.astimezone(UTC),
            "reason": "",
            "who": [names[UUID(who)] for who in touched if UUID(who) in names],
        }
    )


async def _tell(session: AsyncSession, version: Version, touched: Mapping[UUID, int], moment: datetime) -> None:
    """Everybody with as many changes hears the same words: a statement for each number, not for each person."""
    place = await session.get_one(Organisation, version.place_id)
    by_count: dict[int, list[UUID]] = {}
    for person, count in touched.items():
        by_count.setdefault(count, []).append(person)
    for count, people in by_count.items():
        values = {"place": place.name_zh, "place_en": place.name_en, "number": version.number, "count": count}
        await tell(session, people, "timetable.published", values, PAGE, moment)
