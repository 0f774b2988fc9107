"""The plan of a term as the engine's problem: everything that a weekly delivery timetable is made from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Person, Room, SchoolClass
from admin.paging import one_of
from admin.tree import ancestors
from scheduling import model
from scheduling.calendar.bells import Bells
from scheduling.calendar.models import TermRow
from scheduling.calendar.ringing import bells_of
from scheduling.needs.models import OwnLesson
from scheduling.needs.quotas import WEEKLY
from scheduling.plan.lines import Lines, lines_of, weak_lines
from scheduling.plan.models import CourseRow, Seat

UNKNOWN = Lines({}, {})
TEACHING_DAYS = range(1, 6)
EVENING_FROM = 16 * 60
MAIN, SPORT, DOUBLE = frozenset({"语文", "数学", "英语"}), "体育与健康", frozenset({"美术", "劳动"})
OPTIONAL = "综合与地方校本"


async def week_of(
    session: AsyncSession, term: UUID, day: date | None = None, which: ColumnElement[bool] | None = None
) -> model.Week:
    """The courses of the term, all or those of `which`, with all that takes part in them. Bells are those of `day`, by
    default the term's first. Schools without bells have no periods, so that the engine tells of them instead of
    guessing."""
    row = await session.get_one(TermRow, term)
    wanted = CourseRow.term_id == term
    query = select(CourseRow).where(wanted if which is None else wanted & which).order_by(CourseRow.id)
    courses = (await session.scalars(query)).all()
    by_course = await seats_of(session, [one.id for one in courses])
    seats = [seat for one in courses for seat in by_course[one.id]]
    rooms = await _rooms(session, [*(one.room_id for one in courses), *(seat.room_id for seat in seats)])
    schools = await _places(session, {room.school_id for room in rooms})
    bells = await bells_of(session, [school.id for school in schools], day or row.first)
    classes = await _classes(session, [seat.class_id for seat in seats])
    people = await _people(session, courses, seats)
    home = {room.id: room.school_id for room in rooms}
    weak = await weak_lines(session, home.values())
    lines = await lines_of(session, {one for school in schools for one in (school.id, school.county_id or school.id)})
    return model.Week(
        schools=tuple(school_of(school, bells.get(school.id), school.id in weak, lines) for school in schools),
        rooms=tuple(model.Room(str(r.id), r.name, str(r.school_id), r.kind == "sending") for r in rooms),
        people=tuple(_working(people, courses, seats, home)),
        classes=tuple(
            model.SchoolClass(str(one.id), one.name, str(one.school_id), WEEKLY.get(one.grade, 34)) for one in classes
        ),
        relays=tuple(_relays(schools, lines)),
        courses=tuple(course_of(one, by_course[one.id]) for one in courses),
        unavailable=tuple(await _own_lessons(session, classes, bells)),
        prefecture=await _prefecture(session),
    )


async def seats_of(session: AsyncSession, courses: Sequence[UUID]) -> dict[UUID, list[Seat]]:
    query = select(Seat).where(one_of(Seat.course_id, courses)).order_by(Seat.course_id, Seat.class_id)
    found: dict[UUID, list[Seat]] = defaultdict(list)
    for seat in await session.scalars(query):
        found[seat.course_id].append(seat)
    return found


def school_of(school: Organisation, bells: Bells | None, weak: bool = False, lines: Lines = UNKNOWN) -> model.School:
    periods = [
        model.Period(number, model.Interval(weekday, at.starts, at.ends), at.starts >= EVENING_FROM)
        for weekday in TEACHING_DAYS
        for number, at in enumerate(bells.periods if bells else (), start=1)
    ]
    county = str(school.county_id or school.id)
    point = school.tier == "teaching_point"
    return model.School(
        str(school.id),
        school.name_zh,
        county,
        tuple(periods),
        lines.up(school.id),
        lines.down(school.id),
        county,
        weak_line=weak,
        disadvantaged=point,
    )


def course_of(row: CourseRow, seats: Sequence[Seat]) -> model.Course:
    return model.Course(
        id=str(row.id),
        name=row.name,
        subject=row.subject,
        kind=model.Kind(row.kind),
        authority=str(row.authority_id),
        lead=str(row.lead_id),
        sending_room=str(row.room_id),
        sending_class=str(row.class_id) if row.class_id else None,
        receptions=tuple(_reception(seat) for seat in seats),
        weekly=row.weekly,
        minutes=row.minutes,
        weeks=model.Weeks(row.weeks),
        double=row.subject in DOUBLE and row.weekly > 1,
        main_subject=row.subject in MAIN,
        sport=row.subject == SPORT,
        optional=row.subject == OPTIONAL,
        textbook=row.textbook,
        chapters=tuple(row.chapters),
    )


def _reception(seat: Seat) -> model.Reception:
    assistant = str(seat.assistant_id) if seat.assistant_id else None
    fallback = str(seat.fallback_id) if seat.fallback_id else None
    return model.Reception(str(seat.class_id), str(seat.room_id), seat.interactive, assistant, fallback)


def _relays(schools: Iterable[Organisation], lines: Lines) -> Iterable[model.Relay]:
    """One a county."""
    for county in sorted({school.county_id or school.id for school in schools}):
        yield model.Relay(str(county), str(county), lines.relay(county))


def _working(
    people: Sequence[Person], courses: Sequence[CourseRow], seats: Sequence[Seat], home: dict[UUID, UUID]
) -> Iterable[model.Person]:
    """Everybody works where the plan first needs them."""
    where = {seat.assistant_id: home[seat.room_id] for seat in seats}
    where |= {one.lead_id: home[one.room_id] for one in courses}
    return (model.Person(str(one.id), one.name, str(where[one.id])) for one in people)


async def _own_lessons(
    session: AsyncSession, classes: Sequence[SchoolClass], bells: dict[UUID, Bells]
) -> Iterable[model.Unavailable]:
    """A class is not free while its own timetable has a lesson by a qualified teacher."""
    school = {one.id: one.school_id for one in classes}
    query = select(OwnLesson).where(OwnLesson.class_id.in_(school), OwnLesson.qualified)
    found: dict[UUID, list[model.Unavailable]] = defaultdict(list)
    for row in await session.scalars(query.order_by(OwnLesson.class_id, OwnLesson.weekday, OwnLesson.period)):
        rings = bells.get(school[row.class_id])
        if rings and row.period <= len(rings.periods):
            at = rings.periods[row.period - 1]
            interval = model.Interval(row.weekday, at.starts, at.ends)
            found[row.class_id].append(model.Unavailable(str(row.class_id), interval, row.subject))
    return [one for lessons in found.values() for one in lessons]


async def _rooms(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[Room]:
    return (await session.scalars(select(Room).where(Room.id.in_(set(ids))).order_by(Room.key))).all()


async def _places(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[Organisation]:
    query = select(Organisation).where(Organisation.id.in_(set(ids)))
    return (await session.scalars(query.order_by(Organisation.path))).all()


async def _classes(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[SchoolClass]:
    query = select(SchoolClass).where(SchoolClass.id.in_(set(ids)))
    return (await session.scalars(query.order_by(SchoolClass.id))).all()


async def _people(session: AsyncSession, courses: Sequence[CourseRow], seats: Sequence[Seat]) -> Sequence[Person]:
    ids = {one.lead_id for one in courses} | {seat.assistant_id for seat in seats if seat.assistant_id}
    return (await session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))).all()


async def _prefecture(session: AsyncSession) -> str:
    place = (await session.scalars(select(Organisation).where(Organisation.tier == "prefecture").limit(1))).first()
    return str(ancestors(place.path)[-1]) if place else ""
