"""到课率 and 专递供给率 of a place and of each place one tier below; the ledger of each course. A constant number of
statements, whatever the number of lessons."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, column, func, literal, or_, select, true
from sqlalchemy import cast as as_type
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from admin.models import Organisation, Person, Room
from admin.paging import Order, one_of, page
from admin.registry import inside, standing_on
from admin.schemas import Named, Page
from admin.today import today
from admin.tree import TEACHING_TIERS, is_inside
from admin.who import Actor
from classroom.ledger.attendance import ENOUGH
from classroom.ledger.models import RoomAttendance
from classroom.lessons.models import Lesson, LessonRoom
from core.clock import now
from core.errors import NotValid
from scheduling.calendar.terms import reach
from scheduling.needs.reading import of_schools
from scheduling.plan.models import CourseRow
from scheduling.release.changes import SHANGHAI
from scheduling.timetable.models import PublishedLesson, Setting
from scheduling.timetable.published_schemas import CourseRate, RatesOut, TierRate
from scheduling.timetable.viewing import term_row

LONGEST = timedelta(days=200)
MOST_SCHOOLS = 1000
COUNTS = ("planned", "due", "given", "attended", "received_well", "cancelled", "missing_lessons", "supplied_lessons")
FIGURES = ("planned", "given", "received", "received_well", "places", "cancelled")
BY_NAME = Order((CourseRow.name, CourseRow.id))
Below = aliased(Organisation)
Counts = dict[UUID, dict[str, int]]


async def rates(session: AsyncSession, who: Actor, place: UUID, begins: date, ends: date) -> RatesOut:
    row = await reach(session, who, "reports.read", place)
    if not timedelta(0) <= ends - begins <= LONGEST:
        zh, en = "请选 200 天以内的一段日子，先后不要颠倒。", "Choose at most 200 days, the first before the last."
        raise NotValid("time-span", zh=zh, en=en)
    moment = now()
    children = await _children(session, row)
    found: Counts = {one.id: dict.fromkeys(COUNTS, 0) for one in children}
    for query in (_received(row, begins, ends, moment), _cancelled(row, begins, ends)):
        for counted in (await session.execute(query)).mappings():
            for name in counted.keys() & set(COUNTS) if counted["id"] in found else ():
                found[counted["id"]][name] += counted[name]
    await _needs(session, row, children, found)
    places = [_rate(one, found[one.id]) for one in children]
    whole = {name: sum(getattr(one, name) for one in places) for name in COUNTS}
    return RatesOut(begins=begins, ends=ends, at=moment, total=_rate(row, whole), places=places)


def _rate(place: Organisation, counts: Mapping[str, int]) -> TierRate:
    return TierRate(id=place.id, name=place.name_zh, name_en=place.name_en, tier=place.tier, **counts)


def _is_child(place: Organisation, one: Any) -> ColumnElement[bool]:
    """One tier below; the place itself counts for its own rooms."""
    return or_(one.parent_id == place.id, one.id == place.id)


async def _children(session: AsyncSession, place: Organisation) -> Sequence[Organisation]:
    query = select(Organisation).where(_is_child(place, Organisation), standing_on(today()))
    query = query.where((Organisation.id != place.id) | Organisation.tier.in_(TEACHING_TIERS))
    return (await session.scalars(query.order_by(Organisation.path))).all()


def _belongs(place: Organisation) -> ColumnElement[bool]:
    """Which child a room's school belongs to: the nearest below the place, or the place itself."""
    below = func.starts_with(Organisation.path, Below.path + literal("."))
    own = Organisation.id == Below.id
    return and_(_is_child(place, Below), case((Below.id == place.id, own), else_=or_(own, below)))


def _span(begins: date, ends: date) -> tuple[datetime, datetime]:
    first = datetime.combine(begins, time(), SHANGHAI)
    return first, datetime.combine(ends + timedelta(days=1), time(), SHANGHAI)


def _received(place: Organisation, begins: date, ends: date, moment: datetime) -> Select[*tuple[Any, ...]]:
    """Receiving places of lessons that are in the classroom's book; the demo's own lesson is none."""
    first, last = _span(begins, ends)
    over, begun = Lesson.over_at <= moment, Lesson.started_at.is_not(None)
    query = select(
        Below.id,
        func.count().label("planned"),
        func.count().filter(over).label("due"),
        func.count().filter(over & begun).label("given"),
        func.count().filter(over & _enough(RoomAttendance.minutes)).label("attended"),
        func.count().filter(over & _well()).label("received_well"),
    ).select_from(LessonRoom)
    query = query.join(Lesson, Lesson.id == LessonRoom.lesson_id).join(Room, Room.id == LessonRoom.room_id)
    query = query.join(Organisation, Organisation.id == Room.school_id).join(Below, _belongs(place))
    here = (RoomAttendance.lesson_id == LessonRoom.lesson_id) & (RoomAttendance.room_id == LessonRoom.room_id)
    query = query.outerjoin(RoomAttendance, here).where(LessonRoom.part == "receiving", Lesson.demo.is_(False))
    query = query.where(Lesson.starts_at >= first, Lesson.starts_at < last, inside([place.path]))
    return query.group_by(Below.id)


def _enough(minutes: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    length = func.extract("epoch", Lesson.ends_at - Lesson.starts_at)
    return func.coalesce(minutes * 60 >= ENOUGH * length, False)


def _well() -> ColumnElement[bool]:
    return _enough(RoomAttendance.minutes) & _enough(RoomAttendance.good_minutes)


def _cancelled(place: Organisation, begins: date, ends: date) -> Select[*tuple[Any, ...]]:
    """A cancelled lesson has left the classroom's book: its places are those it was published with."""
    first, last = _span(begins, ends)
    seat = func.json_array_elements(Setting.seats).table_valued(column("value", Setting.seats.type)).render_derived()
    room = as_type(Room.id, String) == seat.c.value["room"].as_string()
    count = func.count()
    query = select(Below.id, count.label("planned"), count.label("cancelled")).select_from(PublishedLesson)
    query = query.join(Setting, Setting.id == PublishedLesson.setting_id).join(seat, true()).join(Room, room)
    query = query.join(Organisation, Organisation.id == Room.school_id).join(Below, _belongs(place))
    query = query.where(PublishedLesson.until.is_(None), PublishedLesson.cancelled, inside([place.path]))
    query = query.where(PublishedLesson.starts_at >= first, PublishedLesson.starts_at < last)
    return query.group_by(Below.id)


async def _needs(session: AsyncSession, place: Organisation, children: Iterable[Organisation], found: Counts) -> None:
    query = select(Organisation).where(inside([place.path]), standing_on(today()))
    query = query.where(Organisation.tier.in_(TEACHING_TIERS)).order_by(Organisation.path).limit(MOST_SCHOOLS)
    schools = (await session.scalars(query)).all()
    needs = await of_schools(session, schools)
    nearest = sorted(children, key=lambda one: len(one.path), reverse=True)
    for school in schools:
        above = next((one for one in nearest if is_inside(school.path, one.path)), None)
        if above is not None:
            supplied = needs[school.id][2].supplied
            found[above.id]["missing_lessons"] += supplied.all
            found[above.id]["supplied_lessons"] += supplied.of


async def courses(session: AsyncSession, who: Actor, term: UUID, after: str | None, limit: int) -> Page[CourseRate]:
    """Of the courses that the asker's places decide on."""
    await term_row(session, term)
    mine = select(Organisation.id).where(inside(who.places("reports.read")))
    query = select(CourseRow).where(CourseRow.term_id == term, CourseRow.authority_id.in_(mine))
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    found = [row[0] for row in rows]
    counts = {row["course_id"]: row for row in (await session.execute(_ledger(found))).mappings()}
    people = select(Person.id, Person.name).where(one_of(Person.id, {row.lead_id for row in found}))
    names = {id: Named(id=id, name=name) for id, name in await session.execute(people)}
    items = [_course(row, counts.get(row.id, {}), names) for row in found]
    return Page(items=items, total=total, next=following)


def _ledger(rows: Sequence[CourseRow]) -> Select[*tuple[Any, ...]]:
    places = select(func.count()).where(LessonRoom.lesson_id == Lesson.id, LessonRoom.part == "receiving")
    there = select(func.count()).where(RoomAttendance.lesson_id == Lesson.id, _enough(RoomAttendance.minutes))
    well = select(func.count()).where(RoomAttendance.lesson_id == Lesson.id, _well())
    given = Lesson.started_at.is_not(None)
    query = select(
        PublishedLesson.course_id,
        func.count().label("planned"),
        func.count().filter(PublishedLesson.cancelled).label("cancelled"),
        func.count().filter(given).label("given"),
        func.count().filter(given & PublishedLesson.substitute_id.is_(None)).label("credit"),
        func.coalesce(func.sum(places.correlate(Lesson).scalar_subquery()), 0).label("places"),
        func.coalesce(func.sum(there.correlate(Lesson).scalar_subquery()), 0).label("received"),
        func.coalesce(func.sum(well.correlate(Lesson).scalar_subquery()), 0).label("received_well"),
    ).outerjoin(Lesson, Lesson.id == PublishedLesson.lesson_id)
    wanted = one_of(PublishedLesson.course_id, {row.id for row in rows})
    return query.where(PublishedLesson.until.is_(None), wanted).group_by(PublishedLesson.course_id)


def _course(row: CourseRow, counts: Mapping[Any, Any], names: Mapping[UUID, Named]) -> CourseRate:
    figures = {name: int(counts.get(name, 0)) for name in FIGURES}
    credit = int(counts.get("credit", 0))
    return CourseRate(course_id=row.id, name=row.name, lead=names[row.lead_id], credit=credit, **figures)
