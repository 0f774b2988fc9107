"""Whose timetable somebody may look at: all in one's places, and one's own."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Assignment, Organisation, Room, SchoolClass
from admin.rights import Right
from admin.who import Actor, not_your_place
from scheduling.timetable.published_schemas import By


def _homes(by: By, of: UUID) -> Select[str, UUID]:
    query = select(Organisation.path, Organisation.id)
    if by == "class":
        return query.join(SchoolClass, SchoolClass.school_id == Organisation.id).where(SchoolClass.id == of)
    if by == "room":
        return query.join(Room, Room.school_id == Organisation.id).where(Room.id == of)
    if by == "teacher":
        return query.join(Assignment, Assignment.organisation_id == Organisation.id).where(Assignment.person_id == of)
    return query.where(Organisation.id == of)


async def home_of(session: AsyncSession, who: Actor, right: Right, by: By, of: UUID) -> UUID | None:
    """Where the class, room, teacher, school or county is; None for oneself without an office. Raises NotAllowed, also
    for what there is not. The prefecture's own bureau asks for it as for a county."""
    rows = (await session.execute(_homes(by, of))).all()
    mine = [row.id for row in rows if who.may(right, row.path)]
    if mine:
        found: UUID = mine[0]
        return found
    if by == "teacher" and of == who.id:
        return rows[0].id if rows else None
    raise not_your_place()
