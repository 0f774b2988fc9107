"""The published week of a class, room, teacher, school or county: one query for lessons, one for all names."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Room
from admin.paging import one_of
from admin.schemas import NamedPlace
from admin.who import Actor
from core.errors import NotFound
from scheduling.calendar.bells import clock
from scheduling.calendar.days import Day, Term
from scheduling.calendar.models import TermRow
from scheduling.calendar.ringing import bells_of
from scheduling.calendar.terms import days_of
from scheduling.plan.courses import names_of
from scheduling.release.changes import SHANGHAI
from scheduling.timetable import settings
from scheduling.timetable.models import PublishedLesson, Setting, Version
from scheduling.timetable.own import own_here
from scheduling.timetable.published_schemas import (
    BellsHere,
    By,
    CellOut,
    DayHere,
    PeriodHere,
    SeatHere,
    WeekOut,
)
from scheduling.timetable.seeing import home_of

MOST_BELLS = 60
Names = Mapping[UUID, NamedPlace]


async def published(session: AsyncSession, who: Actor, term: UUID, week: int, by: By, of: UUID, limit: int) -> WeekOut:
    row = await term_row(session, term)
    home = await home_of(session, who, "calendar.read", by, of)
    days = [day for day in await days_of(session, row, home or row.place_id) if day.week == week]
    wanted = (PublishedLesson.term_id == term, PublishedLesson.week == week, PublishedLesson.until.is_(None))
    mine = (*wanted, PublishedLesson.parties.contains([of]))
    query = select(PublishedLesson, Setting).join(Setting, Setting.id == PublishedLesson.setting_id).where(*mine)
    query = query.order_by(PublishedLesson.starts_at, PublishedLesson.id).limit(limit)
    rows = [(lesson, setting) for lesson, setting in await session.execute(query)]
    version = await _version(session, term, {lesson.place_id for lesson, _ in rows})
    schools = await schools_of(session, (room for _, setting in rows for room in settings.rooms_of(setting)))
    substitutes = {lesson.substitute_id for lesson, _ in rows if lesson.substitute_id}
    names = await names_for(session, [setting for _, setting in rows], schools, substitutes, version)
    runs = {day.day: day.runs for day in days}
    bells = await bells_here(session, schools, names, _monday(days, row))
    return WeekOut(
        term_id=term,
        place=names[version.place_id] if version else None,
        version=version.number if version else None,
        week=week,
        weeks=Term(row.first, row.last).weeks,
        days=[DayHere(day=day.day, standing=day.standing, runs=day.runs) for day in days],
        bells=bells,
        own=await own_here(session, [setting for _, setting in rows], bells),
        cells=[_cell(lesson, setting, schools, names, runs) for lesson, setting in rows],
        unplaced=[],
        total=await session.scalar(select(func.count(PublishedLesson.id)).where(*mine)) or 0,
    )


async def term_row(session: AsyncSession, term: UUID) -> TermRow:
    row = await session.get(TermRow, term)
    if row is None:
        raise NotFound("term-unknown", zh="没有这个学期。", en="There is no such term.")
    return row


async def schools_of(session: AsyncSession, rooms: Iterable[UUID]) -> dict[UUID, UUID]:
    """Room → its school."""
    query = select(Room.id, Room.school_id).where(one_of(Room.id, set(rooms)))
    return {row.id: row.school_id for row in await session.execute(query)}


async def names_for(
    session: AsyncSession,
    found: Sequence[Setting],
    schools: Mapping[UUID, UUID],
    more: Iterable[UUID],
    version: Version | None = None,
) -> Names:
    ids = {one for setting in found for one in settings.ids_of(setting)} | set(schools.values()) | set(more)
    return await names_of(session, [*ids, version.place_id if version else None])


async def bells_here(session: AsyncSession, schools: Mapping[UUID, UUID], names: Names, day: date) -> list[BellsHere]:
    wanted = sorted(set(schools.values()), key=lambda one: names[one].name)[:MOST_BELLS]
    bells = await bells_of(session, wanted, day)
    return [
        BellsHere(
            school=names[school],
            periods=[
                PeriodHere(number=number, starts=clock(at.starts), ends=clock(at.ends))
                for number, at in enumerate(bells[school].periods, start=1)
            ],
        )
        for school in wanted
        if school in bells
    ]


def seats_here(setting: Setting, schools: Mapping[UUID, UUID], names: Names) -> list[SeatHere]:
    return [
        SeatHere(
            in_class=named(names, UUID(seat["class"])),
            school=named(names, schools.get(UUID(seat["room"]))),
            room=named(names, UUID(seat["room"])),
            interactive=seat["interactive"],
            assistant=named(names, UUID(seat["assistant"])) if seat["assistant"] else None,
        )
        for seat in setting.seats
    ]


def shown(setting: Setting, schools: Mapping[UUID, UUID], names: Names) -> dict[str, Any]:
    """What a cell and a lesson without a time have in common."""
    plain = {name: getattr(setting, name) for name in ("course_id", "name", "subject", "grade")}
    return plain | {
        "lead": named(names, setting.lead_id),
        "room": named(names, setting.room_id),
        "school": named(names, schools.get(setting.room_id)),
        "sending_class": named(names, setting.class_id) if setting.class_id else None,
        "seats": seats_here(setting, schools, names),
        "kind": setting.kind,
        "weeks": setting.weeks,
    }


def named(names: Names, own: UUID | None) -> NamedPlace:
    """What has left the registry since keeps its place in the timetable, without a name."""
    found = names.get(own) if own else None
    return found or NamedPlace(id=own or UUID(int=0), name="—", name_en="")


def _cell(
    lesson: PublishedLesson,
    setting: Setting,
    schools: Mapping[UUID, UUID],
    names: Names,
    runs: Mapping[date, int | None],
) -> CellOut:
    starts, ends = lesson.starts_at.astimezone(SHANGHAI), lesson.ends_at.astimezone(SHANGHAI)
    own = {
        "id": lesson.id,
        "lesson_id": None if lesson.cancelled else lesson.lesson_id,
        "number": lesson.number,
        "weekday": runs.get(starts.date()) or starts.isoweekday(),
        "day": starts.date(),
        "starts": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "substitute": named(names, lesson.substitute_id) if lesson.substitute_id else None,
        "locked": False,
        "cancelled": lesson.cancelled,
        "reason": lesson.reason,
        "chapter": settings.chapter_of(setting, lesson.week),
    }
    return CellOut.model_validate(own | shown(setting, schools, names))


async def _version(session: AsyncSession, term: UUID, places: set[UUID]) -> Version | None:
    """The newest of those that the lessons come from."""
    query = select(Version).where(Version.term_id == term, one_of(Version.place_id, places))
    return (await session.scalars(query.order_by(Version.published_at.desc()).limit(1))).first()


def _monday(days: Sequence[Day], row: TermRow) -> date:
    return days[0].day if days else row.first
