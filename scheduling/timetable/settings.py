"""Who takes part in a published course and where: kept as ids with each version that changes something of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room
from admin.paging import one_of
from admin.tree import ancestors
from core.ids import new_id
from scheduling.model import Course, Id, chapter
from scheduling.plan.models import CourseRow
from scheduling.timetable.models import Setting


async def made(
    session: AsyncSession, version: UUID, courses: Mapping[Id, Course], wanted: Iterable[Id]
) -> list[Setting]:
    """Of these courses, as they are planned now; not yet written."""
    grades = select(CourseRow.id, CourseRow.grade).where(one_of(CourseRow.id, set(wanted)))
    return [of(courses[str(row.id)], row.grade, version) for row in await session.execute(grades)]


def of(course: Course, grade: int, version: UUID) -> Setting:
    return Setting(
        id=new_id(),
        version_id=version,
        course_id=UUID(course.id),
        name=course.name,
        kind=course.kind.value,
        subject=course.subject,
        grade=grade,
        weeks=course.weeks.value,
        lead_id=UUID(course.lead),
        room_id=UUID(course.sending_room),
        class_id=UUID(course.sending_class) if course.sending_class else None,
        seats=[
            {"class": one.school_class, "room": one.room, "interactive": one.interactive, "assistant": one.assistant}
            for one in course.receptions
        ],
        textbook=course.textbook,
        chapters=list(course.chapters),
    )


def chapter_of(setting: Setting, week: int) -> str:
    return chapter(setting.chapters, week)


def people_and_classes(setting: Setting) -> list[UUID]:
    """Who is there in person but for the lead teacher: classes and assistants."""
    found = [setting.class_id, *(_id(seat[part]) for part in ("class", "assistant") for seat in setting.seats)]
    return list(dict.fromkeys(one for one in found if one))


def rooms_of(setting: Setting) -> list[UUID]:
    """The sending room first."""
    return list(dict.fromkeys([setting.room_id, *(UUID(seat["room"]) for seat in setting.seats)]))


def who(setting: Setting) -> tuple[Id, ...]:
    """As scheduling.delivery.slots.taking tells it of a course: the lead teacher first."""
    parts = (setting.lead_id, *rooms_of(setting), *people_and_classes(setting))
    return tuple(dict.fromkeys(str(one) for one in parts))


def ids_of(setting: Setting) -> set[UUID]:
    return {UUID(one) for one in who(setting)}


@dataclass(frozen=True)
class Party:
    """Who and what is in a course, worked out once for all its lessons: a term has dozens of each."""

    rooms: Sequence[UUID]
    """The sending one first."""
    others: Sequence[UUID]
    """Classes and assistants."""
    places: Sequence[UUID]
    """Every place above a room."""
    everybody: frozenset[UUID]
    """All of these and the lead teacher."""


async def parties(session: AsyncSession, settings: Iterable[Setting]) -> dict[UUID, Party]:
    """By the setting's id."""
    found = {setting.id: (setting, rooms_of(setting)) for setting in settings}
    rooms = {room for _, taken in found.values() for room in taken}
    query = select(Room.id, Organisation.path).join(Organisation, Organisation.id == Room.school_id)
    above = {row.id: ancestors(row.path) for row in await session.execute(query.where(one_of(Room.id, rooms)))}
    return {own: _party(setting, taken, above) for own, (setting, taken) in found.items()}


def without(party: Party, setting: Setting, away: Collection[Id]) -> Party:
    """Who is there when these classes are not: rooms and assistants too, unless another class sits there."""
    if not away:
        return party
    kept = Setting(room_id=setting.room_id, class_id=setting.class_id)
    kept.seats = [seat for seat in setting.seats if seat["class"] not in away]
    return replace(party, rooms=rooms_of(kept), others=people_and_classes(kept))


def _party(setting: Setting, rooms: Sequence[UUID], above: Mapping[UUID, Sequence[UUID]]) -> Party:
    places = {place for room in rooms for place in above.get(room, ())}
    return Party(rooms, people_and_classes(setting), sorted(places), frozenset(ids_of(setting) | places))


def _id(text: Any) -> UUID | None:
    return UUID(text) if text else None
