"""Who and what cannot at a time of the week: an illness, a broken room, a line under repair."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Assignment, Organisation, Room, SchoolClass
from admin.paging import Order, page
from admin.registry import inside
from admin.schemas import Page
from admin.who import Actor, not_your_place
from core import audit
from core.ids import new_id
from scheduling.calendar.bells import clock, read_clock
from scheduling.calendar.terms import term_of
from scheduling.plan.courses import names_of
from scheduling.timetable.models import Absence
from scheduling.timetable.schemas import AbsenceIn, AbsenceOut

IN_ORDER = Order((Absence.weekday, Absence.start, Absence.id))


async def listed(session: AsyncSession, who: Actor, term: UUID, after: str | None, limit: int) -> Page[AbsenceOut]:
    places = select(Organisation.id).where(inside(who.places("plan.read")))
    query = select(Absence).where(Absence.term_id == term, Absence.place_id.in_(places))
    rows, total, following = await page(session, query, IN_ORDER, after, limit)
    return Page(items=await _out(session, [row[0] for row in rows]), total=total, next=following)


async def add(session: AsyncSession, who: Actor, body: AbsenceIn, request: Request) -> AbsenceOut:
    place = await place_of(session, who, body.who_id)
    await term_of(session, body.term_id, place)
    plain = body.model_dump(include={"term_id", "who_id", "weekday", "weeks", "reason"})
    start, end = read_clock(body.starts), read_clock(body.ends)
    row = Absence(id=new_id(), place_id=place, start=start, end=end, **plain)
    session.add(row)
    await session.flush()
    name, after = f"absence:{row.id}", body.model_dump(mode="json")
    await audit.record(session, who.id, "timetable-absence.create", name, after=after, request=request)
    return (await _out(session, [row]))[0]


async def remove(session: AsyncSession, who: Actor, own: UUID, request: Request) -> None:
    row = await session.get(Absence, own)
    place = await session.get(Organisation, row.place_id) if row else None
    if row is None or place is None or not who.may("plan.change", place.path):
        raise not_your_place()
    await session.delete(row)
    await audit.record(session, who.id, "timetable-absence.remove", f"absence:{own}", request=request)


async def place_of(session: AsyncSession, who: Actor, whom: UUID) -> UUID:
    """Where a person, class, room or school is; of several places one where the asker plans. Raises NotAllowed."""
    homes = [
        select(Organisation.path, Organisation.id).where(Organisation.id == whom),
        select(Organisation.path, Organisation.id).join(Room, Room.school_id == Organisation.id).where(Room.id == whom),
        select(Organisation.path, Organisation.id)
        .join(SchoolClass, SchoolClass.school_id == Organisation.id)
        .where(SchoolClass.id == whom),
        select(Organisation.path, Organisation.id)
        .join(Assignment, Assignment.organisation_id == Organisation.id)
        .where(Assignment.person_id == whom),
    ]
    rows = await session.execute(homes[0].union(*homes[1:]))
    mine = [row.id for row in rows if who.may("plan.change", row.path)]
    if not mine:
        raise not_your_place()
    found: UUID = min(mine)
    return found


async def _out(session: AsyncSession, rows: Iterable[Absence]) -> list[AbsenceOut]:
    found = list(rows)
    names = await names_of(session, [row.who_id for row in found], with_school=True)
    return [
        AbsenceOut(
            id=row.id,
            who=names[row.who_id],
            weekday=row.weekday,
            starts=clock(row.start),
            ends=clock(row.end),
            weeks=row.weeks,
            reason=row.reason,
        )
        for row in found
    ]
