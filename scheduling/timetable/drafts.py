"""Drafts: made empty, from another draft or from the version in force; renamed, removed, listed with their numbers."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation, Person
from admin.paging import Order, one_of, page
from admin.registry import inside
from admin.schemas import Page
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id
from scheduling.calendar.terms import reach, term_of
from scheduling.plan.courses import names_of
from scheduling.plan.models import CourseRow
from scheduling.timetable.models import Draft, DraftLesson, Version
from scheduling.timetable.progress import RUNS
from scheduling.timetable.schemas import DraftChange, DraftNew, DraftOut, RunState

NEWEST = Order((Draft.changed_at, Draft.id), descending=True)
MOST = 50
"""Of one place and term; who wants more removes some."""
WEEKLY = (DraftLesson.course_id, DraftLesson.number, DraftLesson.weekday, DraftLesson.start, DraftLesson.locked)


async def listed(
    session: AsyncSession,
    ground: Connections,
    who: Actor,
    term: UUID,
    place: UUID | None,
    after: str | None,
    limit: int,
) -> Page[DraftOut]:
    query = select(Draft).where(Draft.term_id == term)
    if place is not None:
        query = query.where(Draft.place_id == (await reach(session, who, "plan.read", place)).id)
    else:
        query = query.where(Draft.place_id.in_(select(Organisation.id).where(inside(who.places("plan.read")))))
    rows, total, following = await page(session, query, NEWEST, after, limit)
    found = [row[0] for row in rows]
    runs = await RUNS.states(ground, [row.id for row in found])
    return Page(items=await told(session, found, runs), total=total, next=following)


async def create(session: AsyncSession, who: Actor, body: DraftNew, request: Request) -> DraftOut:
    place = await reach(session, who, "plan.change", body.place_id)
    if place.tier not in ("prefecture", "county"):
        zh, en = "课表由县（市）或州里排，请选县或州。", "A county or the prefecture makes timetables; choose one."
        raise NotValid("place-plans-nothing", zh=zh, en=en)
    await term_of(session, body.term_id, place.id)
    here = (Draft.term_id == body.term_id, Draft.place_id == body.place_id)
    if (await session.scalar(select(func.count(Draft.id)).where(*here)) or 0) >= MOST:
        zh, en = f"这个学期已有 {MOST} 份草稿，请先删几份。", f"The term has {MOST} drafts already; remove some first."
        raise Conflict("too-many-drafts", zh=zh, en=en)
    lessons = await _copied(session, body)
    row = Draft(id=new_id(), term_id=body.term_id, place_id=body.place_id, name=body.name, revision=1)
    row.changed_at, row.changed_by = now(), who.id
    session.add(row)
    await session.flush()
    await put(session, row, lessons)
    name, after = f"timetable-draft:{row.id}", body.model_dump(mode="json")
    await audit.record(session, who.id, "timetable-draft.create", name, after=after, request=request)
    return await one(session, row)


async def rename(session: AsyncSession, who: Actor, draft: UUID, body: DraftChange, request: Request) -> DraftOut:
    row = await reached(session, who, "plan.change", draft, lock=True)
    await must_be_present(session, row, body.revision)
    before, row.name = {"name": row.name}, body.name
    touch(row, who.id)
    after, name = {"name": body.name}, f"timetable-draft:{draft}"
    await audit.record(session, who.id, "timetable-draft.change", name, before=before, after=after, request=request)
    return await one(session, row)


async def remove(session: AsyncSession, who: Actor, draft: UUID, request: Request) -> None:
    row = await reached(session, who, "plan.change", draft, lock=True)
    before = {"name": row.name, "place": str(row.place_id), "term": str(row.term_id)}
    await session.delete(row)
    await audit.record(
        session, who.id, "timetable-draft.remove", f"timetable-draft:{draft}", before=before, request=request
    )


async def reached(
    session: AsyncSession, who: Actor, right: Literal["plan.read", "plan.change"], draft: UUID, lock: bool = False
) -> Draft:
    """Raises NotFound also for a draft of a place that the asker does not see."""
    row = await session.get(Draft, draft, with_for_update=lock)
    place = await session.get(Organisation, row.place_id) if row else None
    if row is None or place is None or not who.may("plan.read", place.path):
        raise NotFound("draft-unknown", zh="没有这份草稿，可能已被删除。", en="There is no such draft; it may be gone.")
    if not who.may(right, place.path):
        raise not_your_place()
    return row


async def must_be_present(session: AsyncSession, row: Draft, revision: int) -> None:
    """Raises Conflict with the lessons that others changed since that revision, as moves."""
    if revision == row.revision:
        return
    query = select(*WEEKLY).where(DraftLesson.draft_id == row.id, DraftLesson.revision > revision)
    since = (await session.execute(query.order_by(DraftLesson.revision, DraftLesson.course_id).limit(500))).all()
    by = await session.scalar(select(Person.name).where(Person.id == row.changed_by)) or "—"
    zh = f"您打开以后，{by}改过这份草稿，动了 {len(since)} 节课。请看过再改一次。"
    en = f"{by} changed this draft after you opened it: {len(since)} lessons. Look at them and change it again."
    changed = [as_move(*lesson) for lesson in since]
    at = row.changed_at.isoformat()
    raise Conflict("changed-meanwhile", zh=zh, en=en, revision=row.revision, by=by, at=at, changed=changed)


def as_move(course: UUID, number: int, weekday: int | None, start: int | None, locked: bool) -> dict[str, Any]:
    starts = None if start is None else f"{start // 60:02d}:{start % 60:02d}"
    return {"course_id": str(course), "number": number, "weekday": weekday, "starts": starts, "locked": locked}


def touch(row: Draft, by: UUID | None) -> None:
    row.revision += 1
    row.changed_at, row.changed_by = now(), by


async def put(session: AsyncSession, row: Draft, lessons: Iterable[Sequence[Any]]) -> None:
    """Writes weekly lessons (course, number, weekday, start, locked) into a draft that has none."""
    names = [column.key for column in WEEKLY]
    more = {"draft_id": row.id, "revision": row.revision}
    if rows := [dict(zip(names, lesson, strict=True)) | more for lesson in lessons]:
        await session.execute(insert(DraftLesson), rows)


async def one(session: AsyncSession, row: Draft, run: RunState = "none") -> DraftOut:
    await session.flush()
    return (await told(session, [row], {row.id: run}))[0]


async def told(session: AsyncSession, rows: Sequence[Draft], runs: dict[UUID, RunState]) -> list[DraftOut]:
    """Three statements for any number."""
    ids = [row.id for row in rows]
    locked = func.count().filter(DraftLesson.locked)
    query = select(DraftLesson.draft_id, func.count(), locked).where(one_of(DraftLesson.draft_id, ids))
    query = query.where(DraftLesson.weekday.is_not(None)).group_by(DraftLesson.draft_id)
    placed = {draft: (count, kept) for draft, count, kept in await session.execute(query)}
    wanted = {(term, place): count for term, place, count in await session.execute(_wanted(rows))}
    names = await names_of(session, [one for row in rows for one in (row.place_id, row.changed_by)])
    return [
        DraftOut(
            id=row.id,
            term_id=row.term_id,
            place=names[row.place_id],
            name=row.name,
            revision=row.revision,
            wanted=wanted.get((row.term_id, row.place_id), 0),
            placed=placed.get(row.id, (0, 0))[0],
            locked=placed.get(row.id, (0, 0))[1],
            changed_at=row.changed_at,
            changed_by=names.get(row.changed_by) if row.changed_by else None,
            run=runs.get(row.id, "none"),
        )
        for row in rows
    ]


def _wanted(rows: Sequence[Draft]) -> Select[UUID, UUID, int]:
    of = (CourseRow.term_id, CourseRow.authority_id)
    query = select(*of, func.sum(CourseRow.weekly)).group_by(*of)
    return query.where(
        one_of(CourseRow.term_id, {row.term_id for row in rows}),
        one_of(CourseRow.authority_id, {row.place_id for row in rows}),
    )


async def _copied(session: AsyncSession, body: DraftNew) -> list[Sequence[Any]]:
    """The lessons to begin with, of courses that are still planned."""
    if body.copy_of is None:
        return []
    here = (CourseRow.term_id == body.term_id, CourseRow.authority_id == body.place_id)
    known = {str(id) for id in await session.scalars(select(CourseRow.id).where(*here))}
    if body.copy_of == "published":
        query = select(Version.placements).where(Version.term_id == body.term_id, Version.place_id == body.place_id)
        rows = await session.scalar(query.order_by(Version.number.desc()).limit(1)) or []
        return [(UUID(course), *rest) for course, *rest in rows if course in known]
    source = await session.get(Draft, body.copy_of)
    if source is None or (source.term_id, source.place_id) != (body.term_id, body.place_id):
        zh, en = "要抄的草稿不在这个学期、这个地方。", "The draft to copy is not of this term and place."
        raise NotValid("draft-elsewhere", zh=zh, en=en)
    query_ = select(*WEEKLY).where(DraftLesson.draft_id == source.id, DraftLesson.weekday.is_not(None))
    return [row for row in await session.execute(query_) if str(row.course_id) in known]
