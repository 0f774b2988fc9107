"""Terms and the bureau's own days. What a place has not entered itself it has from the nearest place above."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import take_turn
from admin.models import Organisation
from admin.registry import inside
from admin.rights import Right
from admin.tree import ancestors
from admin.who import Actor, not_your_place
from core import audit
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id
from scheduling.calendar import state_table
from scheduling.calendar.days import Day, Declared, Term, days, taught_weeks, term_faults, warnings
from scheduling.calendar.models import CalendarDay, TermRow
from scheduling.calendar.schemas import CalendarOut, DayOut, Declaring, TermChange, TermNew, TermOut, WarningOut

MOST_TERMS = 100


async def listed(session: AsyncSession, who: Actor, place: UUID | None) -> list[TermOut]:
    """Of the asker's places and all above them, or of one place and all above it; the newest first."""
    wanted = await _places(session, who, place)
    query = TERMS.where(TermRow.place_id.in_(wanted) if place else inside(_own(who)) | TermRow.place_id.in_(wanted))
    rows = await session.execute(query.order_by(TermRow.first.desc()).limit(MOST_TERMS))
    return [_out(row) for row in rows]


async def create(session: AsyncSession, who: Actor, body: TermNew, request: Request) -> TermOut:
    await reach(session, who, "calendar.change", body.place_id)
    _must_be_a_term(body.first, body.last)
    row = TermRow(id=new_id(), version=1, **body.model_dump())
    await _write(session, row)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "term.create", f"term:{row.id}", after=after, request=request)
    return await _one(session, row.id)


async def change(session: AsyncSession, who: Actor, term: UUID, body: TermChange, request: Request) -> TermOut:
    row = await _term(session, who, "calendar.change", term)
    take_turn(row, body, await _one(session, row.id))
    _must_be_a_term(body.first, body.last)
    before = {"first": row.first, "last": row.last}
    row.first, row.last = body.first, body.last
    await _write(session, row)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "term.change", f"term:{row.id}", before=before, after=after, request=request)
    return await _one(session, row.id)


async def calendar(session: AsyncSession, who: Actor, term: UUID) -> CalendarOut:
    row = await _term(session, who, "calendar.read", term)
    found = await days_of(session, row, row.place_id)
    told = [WarningOut(code=one.code, day=one.day, zh=one.zh, en=one.en) for one in warnings(found)]
    return CalendarOut(
        term=await _one(session, term),
        weeks=Term(row.first, row.last).weeks,
        taught_weeks=taught_weeks(found),
        taught_days=sum(day.standing == "taught" for day in found),
        days=[DayOut.model_validate(vars(day)) for day in found],
        warnings=told,
    )


async def days_of(session: AsyncSession, term: TermRow, place: UUID) -> list[Day]:
    """Of a school or any place in the term: the nearest place's own days prevail."""
    found = await declared(session, place, term.first, term.last)
    return list(days(Term(term.first, term.last), found, state_table.worked))


async def declared(session: AsyncSession, place: UUID, first: date, last: date) -> Mapping[date, Declared]:
    way = await way_to(session, place)
    query = select(CalendarDay).where(CalendarDay.place_id.in_(way), CalendarDay.day.between(first, last))
    rows = sorted((await session.scalars(query)).all(), key=lambda row: way.index(row.place_id))
    return {row.day: Declared(row.taught, row.runs, row.note) for row in rows}


async def declare(session: AsyncSession, who: Actor, day: date, body: Declaring, request: Request) -> None:
    await reach(session, who, "calendar.change", body.place_id)
    row = CalendarDay(day=day, **body.model_dump())
    row.runs = row.runs if row.taught else None
    await session.merge(row)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "calendar.declare", f"calendar-day:{day}", after=after, request=request)


async def take_back(session: AsyncSession, who: Actor, day: date, place: UUID, request: Request) -> None:
    """The day follows the place above, or the state's table, again."""
    await reach(session, who, "calendar.change", place)
    if row := await session.get(CalendarDay, (place, day)):
        await session.delete(row)
        await audit.record(session, who.id, "calendar.take-back", f"calendar-day:{day}", request=request)


async def reach(session: AsyncSession, who: Actor, right: Right, place: UUID) -> Organisation:
    row = await session.get(Organisation, place)
    if row is None or not who.may(right, row.path):
        raise not_your_place()
    return row


async def term_of(session: AsyncSession, term: UUID, place: UUID) -> TermRow:
    """A term that counts at this place: its own, or one of a place above it. Raises NotFound, also for another's."""
    row = await session.get(TermRow, term)
    if row is None or row.place_id not in await way_to(session, place):
        raise NotFound("term-unknown", zh="没有这个学期。", en="There is no such term.")
    return row


async def way_to(session: AsyncSession, place: UUID) -> list[UUID]:
    """The ids from the root down to the place; empty for an unknown one."""
    path = await session.scalar(select(Organisation.path).where(Organisation.id == place))
    return ancestors(path) if path else []


async def _places(session: AsyncSession, who: Actor, place: UUID | None) -> Sequence[UUID]:
    if place is None:
        return [one for path in _own(who) for one in ancestors(path)]
    row = await session.get(Organisation, place)
    if row is None or not who.may("calendar.read", row.path):
        raise not_your_place()
    return ancestors(row.path)


def _own(who: Actor) -> Sequence[str]:
    return who.places("calendar.read")


async def _term(session: AsyncSession, who: Actor, right: Right, term: UUID) -> TermRow:
    """To be read by all below the place as well, for it is theirs too."""
    row = await session.get(TermRow, term)
    path = await session.scalar(select(Organisation.path).where(Organisation.id == row.place_id)) if row else None
    theirs = right == "calendar.read" and any(path and one.startswith(path) for one in _own(who))
    if row is None or path is None or not (who.may(right, path) or theirs):
        raise NotFound("term-unknown", zh="没有这个学期。", en="There is no such term.")
    return row


def _must_be_a_term(first: date, last: date) -> None:
    for code, zh, en in term_faults(first, last):
        raise NotValid(code, zh=zh, en=en)


async def _write(session: AsyncSession, row: TermRow) -> None:
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        zh = "和同一地方的另一个学期重叠，或者这个学期已经有了。"
        en = "It overlaps another term of the place, or the term is there already."
        raise Conflict("term-overlaps", zh=zh, en=en) from None


async def _one(session: AsyncSession, term: UUID) -> TermOut:
    return _out((await session.execute(TERMS.where(TermRow.id == term))).one())


def _out(row: Row[Any]) -> TermOut:
    term: TermRow = row.TermRow
    names = ("id", "school_year", "number", "first", "last", "version")
    plain = {name: getattr(term, name) for name in names}
    return TermOut.model_validate(plain | {"place": {"id": term.place_id, "name": row.place, "name_en": row.place_en}})


TERMS: Select[*tuple[Any, ...]] = select(
    TermRow, Organisation.name_zh.label("place"), Organisation.name_en.label("place_en")
).join(Organisation, Organisation.id == TermRow.place_id)
