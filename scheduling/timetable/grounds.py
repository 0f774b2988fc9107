"""What the registry and the calendar say about a draft's schools on the days of the term, beyond the weekly problem:
their own days off, the seasons of their bells, who may send to other counties, which rooms are interactive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room
from admin.paging import one_of
from admin.tree import ancestors
from classroom.lessons.rules import Sender
from scheduling.calendar import state_table
from scheduling.calendar.days import Day, Declared, Term, days
from scheduling.calendar.models import BellRow, CalendarDay, TermRow
from scheduling.calendar.ringing import bells_of
from scheduling.model import Id, School, Week
from scheduling.plan.week import school_of


@dataclass(frozen=True)
class Grounds:
    own_days: Mapping[Id, Mapping[date, Day]]
    """Of schools whose calendar is not that of the draft's place: the days on which it differs."""
    seasons: Sequence[tuple[date, Mapping[Id, School]]]
    """From which day on schools ring otherwise than on the term's first, and how."""
    senders: Mapping[Id, Sender]
    interactive: frozenset[Id]
    """Rooms that may speak in a lesson."""


async def grounds_of(session: AsyncSession, week: Week, term: TermRow, place: UUID, usual: Sequence[Day]) -> Grounds:
    """`usual`: the days of the draft's place. A constant number of statements, and two for each season."""
    ids = [UUID(one.id) for one in week.schools]
    schools = (await session.scalars(select(Organisation).where(one_of(Organisation.id, ids)))).all()
    kinds = select(Room.id).where(one_of(Room.id, [UUID(one.id) for one in week.rooms]), Room.kind == "interactive")
    return Grounds(
        own_days=await _own_days(session, schools, term, place, usual),
        seasons=await _seasons(session, schools, term),
        senders={
            str(one.id): Sender(str(one.county_id) if one.county_id else None, one.model_from, one.model_to)
            for one in schools
        },
        interactive=frozenset(map(str, await session.scalars(kinds))),
    )


async def _own_days(
    session: AsyncSession, schools: Sequence[Organisation], term: TermRow, place: UUID, usual: Sequence[Day]
) -> dict[Id, dict[date, Day]]:
    below = {one.id: [at for at in ancestors(one.path) if at != place] for one in schools}
    wanted = {at for way in below.values() for at in way} - set(await _above(session, place))
    query = select(CalendarDay).where(one_of(CalendarDay.place_id, wanted))
    declared: dict[UUID, list[CalendarDay]] = {}
    for row in await session.scalars(query.where(CalendarDay.day.between(term.first, term.last))):
        declared.setdefault(row.place_id, []).append(row)
    ways = {school: tuple(at for at in way if at in declared) for school, way in below.items()}
    differing = {
        way: _differing(term, [row for at in way for row in declared[at]], usual) for way in set(ways.values())
    }
    return {str(school): differing[way] for school, way in ways.items() if differing[way]}


def _differing(term: TermRow, rows: Iterable[CalendarDay], usual: Sequence[Day]) -> dict[date, Day]:
    """`rows`: what is declared on the way down to a school, the nearest last."""
    own = {row.day: Declared(row.taught, row.runs, row.note) for row in rows}
    runs = {day.day: day.runs for day in usual}
    told = (one for one in days(Term(term.first, term.last), own, state_table.worked) if one.day in own)
    return {one.day: one for one in told if one.runs != runs[one.day]}


async def _above(session: AsyncSession, place: UUID) -> Iterable[UUID]:
    path = await session.scalar(select(Organisation.path).where(Organisation.id == place))
    return ancestors(path or "")


async def _seasons(
    session: AsyncSession, schools: Sequence[Organisation], term: TermRow
) -> list[tuple[date, dict[Id, School]]]:
    places = {at for one in schools for at in ancestors(one.path)}
    begins = select(BellRow.first).where(one_of(BellRow.place_id, places), BellRow.first > term.first)
    found = sorted(set(await session.scalars(begins.where(BellRow.first <= term.last))))
    ids = [one.id for one in schools]
    bells = [(day, await bells_of(session, ids, day)) for day in found]
    return [(day, {str(one.id): school_of(one, ringing.get(one.id)) for one in schools}) for day, ringing in bells]
