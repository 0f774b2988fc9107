"""Bell schedules of places and seasons, and the slots that schools share on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import take_turn
from admin.models import Organisation
from admin.roster.grades import grades_of
from admin.tree import ancestors
from admin.who import Actor, not_your_place
from core import audit
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id
from scheduling.calendar.bells import Bells, Interval, Stage, clock, faults, read_clock, shared_slots
from scheduling.calendar.models import BellRow
from scheduling.calendar.schemas import BellsChange, BellsNew, BellsOut, PeriodIn, PeriodOut, SlotOut
from scheduling.calendar.terms import reach

MOST_SCHOOLS = 60
LAST_PRIMARY = 6


async def listed(session: AsyncSession, who: Actor, place: UUID) -> list[BellsOut]:
    """Of the place and of all above it: what its schools ring by."""
    row = await reach(session, who, "calendar.read", place)
    query = BELLS.where(BellRow.place_id.in_(ancestors(row.path))).order_by(BellRow.first.desc(), BellRow.stage)
    return [_out(found) for found in await session.execute(query)]


async def create(session: AsyncSession, who: Actor, body: BellsNew, request: Request) -> BellsOut:
    await reach(session, who, "calendar.change", body.place_id)
    row = BellRow(id=new_id(), place_id=body.place_id, stage=body.stage, version=1)
    await _fill(session, row, body)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "bells.create", f"bells:{row.id}", after=after, request=request)
    return await _one(session, row.id)


async def change(session: AsyncSession, who: Actor, bells: UUID, body: BellsChange, request: Request) -> BellsOut:
    row = await _mine(session, who, bells)
    take_turn(row, body, await _one(session, row.id))
    await _fill(session, row, body)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "bells.change", f"bells:{row.id}", after=after, request=request)
    return await _one(session, row.id)


async def remove(session: AsyncSession, who: Actor, bells: UUID, request: Request) -> None:
    row = await _mine(session, who, bells)
    await session.delete(row)
    await audit.record(session, who.id, "bells.remove", f"bells:{row.id}", request=request)


async def shared(session: AsyncSession, who: Actor, schools: Sequence[UUID], day: date, minutes: int) -> list[SlotOut]:
    """Raises NotFound for a school without bells on the day."""
    found = await bells_of(session, schools, day)
    for school in schools:
        if school not in found:
            name = await session.scalar(select(Organisation.name_zh).where(Organisation.id == school))
            if name is None:
                raise not_your_place()
            zh, en = f"{name}在 {day} 没有作息时间，请先录入。", f"{name} has no bells on {day}; enter them first."
            raise NotFound("no-bells", zh=zh, en=en, school=str(school))
    return [_slot(slot, found) for slot in shared_slots(list(found.values()), minutes)]


async def bells_of(session: AsyncSession, schools: Sequence[UUID], day: date) -> dict[UUID, Bells]:
    """Each school's bells on the day: its own, else the nearest place's above it. Two statements for any number."""
    query = select(Organisation).where(Organisation.id.in_(schools))
    rows = (await session.scalars(query)).all()
    wanted = {place for row in rows for place in ancestors(row.path)}
    valid = (BellRow.first <= day, or_(BellRow.last.is_(None), BellRow.last >= day))
    known: dict[tuple[UUID, Stage], BellRow] = {
        (bells.place_id, bells.stage): bells
        for bells in await session.scalars(select(BellRow).where(BellRow.place_id.in_(wanted), *valid))
    }
    found = {row.id: _nearest(row, known) for row in rows}
    return {school: bells for school, bells in found.items() if bells}


def _nearest(school: Organisation, known: Mapping[tuple[UUID, Stage], BellRow]) -> Bells | None:
    stage = stage_of(school)
    for place in reversed(ancestors(school.path)):
        if row := known.get((place, stage)):
            return Bells(stage, tuple(Interval(starts, ends) for starts, ends in row.periods))
    return None


def stage_of(school: Organisation) -> Stage:
    """By its grades: a school of both stages rings as a primary school unless it begins above grade six."""
    grades = grades_of(school.tier, school.identification, school.first_grade, school.last_grade)
    return "primary" if grades.first <= LAST_PRIMARY else "lower_secondary"


def _slot(slot: Interval, found: Mapping[UUID, Bells]) -> SlotOut:
    numbers = {school: number for school, bells in found.items() if (number := bells.number_at(slot))}
    return SlotOut(starts=clock(slot.starts), ends=clock(slot.ends), minutes=slot.minutes, numbers=numbers)


async def _fill(session: AsyncSession, row: BellRow, body: BellsNew | BellsChange) -> None:
    """Raises NotValid with every row that is wrong, Conflict when another schedule holds on one of the days."""
    bells = Bells(row.stage, tuple(_interval(period) for period in body.periods))
    found = faults(bells)
    if body.last is not None and body.last < body.first:
        raise NotValid("bells-days", zh="最后一天不能早于第一天。", en="The last day is before the first.")
    if found:
        told = [{"period": one.period, "code": one.code, "zh": one.zh, "en": one.en} for one in found]
        raise NotValid("bells-wrong", zh=found[0].zh, en=found[0].en, faults=told)
    row.name, row.first, row.last = body.name, body.first, body.last
    row.periods = [[period.starts, period.ends] for period in bells.periods]
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        zh = "这些日子已有另一份作息，请先改它的起止日期。"
        raise Conflict("bells-overlap", zh=zh, en="Another schedule holds on some of these days.") from None


def _interval(period: PeriodIn) -> Interval:
    return Interval(read_clock(period.starts), read_clock(period.ends))


async def _mine(session: AsyncSession, who: Actor, bells: UUID) -> BellRow:
    row = await session.get(BellRow, bells, with_for_update=True)
    if row is None:
        raise NotFound("bells-unknown", zh="没有这份作息。", en="There is no such schedule.")
    await reach(session, who, "calendar.change", row.place_id)
    return row


async def _one(session: AsyncSession, bells: UUID) -> BellsOut:
    return _out((await session.execute(BELLS.where(BellRow.id == bells))).one())


def _out(row: Row[Any]) -> BellsOut:
    bells: BellRow = row.BellRow
    plain = {name: getattr(bells, name) for name in ("id", "stage", "name", "first", "last", "version")}
    periods = [PeriodOut(starts=clock(starts), ends=clock(ends)) for starts, ends in bells.periods]
    place = {"id": bells.place_id, "name": row.place, "name_en": row.place_en}
    return BellsOut.model_validate(plain | {"place": place, "periods": periods})


BELLS: Select[*tuple[Any, ...]] = select(
    BellRow, Organisation.name_zh.label("place"), Organisation.name_en.label("place_en")
).join(Organisation, Organisation.id == BellRow.place_id)
