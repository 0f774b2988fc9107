"""Making, renaming, moving and closing places, by whoever administers the place above."""

from datetime import date
from uuid import UUID

from sqlalchemy import Text, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import take_turn, write
from admin.models import Organisation, Pupil, Region, SchoolClass
from admin.rights import Right
from admin.roster import standing
from admin.roster.models import PlaceState
from admin.roster.schemas import PlaceChange, PlaceEnd, PlaceNew, PlaceOut
from admin.roster.valid_time import Outcome, Period, State, change, correct, take_effect
from admin.tree import TEACHING_TIERS, is_inside, may_hang_under, path_of
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id


async def create(session: AsyncSession, who: Actor, body: PlaceNew, request: Request) -> PlaceOut:
    above = await _reach(session, who, "organisations.create", body.parent_id)
    row = Organisation(id=new_id(), tier=body.tier, name_zh=body.name, name_en=body.name_en or body.name, version=1)
    row.identification, row.since = body.identification, body.since
    row.region_code = body.region_code or above.region_code
    await _must_be_known(session, row.region_code)
    _hang(row, above)
    await write(session, row)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "organisation.create", f"organisation:{row.id}", after=after, request=request)
    return await standing.one(session, who, row)


async def alter(
    session: AsyncSession, who: Actor, place: UUID, body: PlaceChange, today: date, request: Request
) -> PlaceOut:
    """A change on a day, or a correction when no day is named."""
    row = await _managed(session, who, place)
    take_turn(row, body, await standing.one(session, who, row))
    wanted = _wanted(row, body)
    await _must_be_known(session, wanted.region_code)
    if wanted.parent_id != row.parent_id:
        await _may_move(session, who, row, wanted.parent_id)
    present = _present(row)
    planned = await _planned(session, row.id)
    outcome = (
        correct(present, wanted)
        if body.on is None
        else change(present, wanted, body.on, today, planned.valid_from if planned else None)
    )
    before = {"name": row.name_zh, "parent_id": row.parent_id, "region_code": row.region_code, "since": row.since}
    await _settle(session, row, outcome, body.reason, who.id)
    _grades(row, body)
    await write(session, row)
    after = body.model_dump(mode="json", exclude_unset=True)
    await audit.record(
        session, who.id, "organisation.change", f"organisation:{row.id}", before=before, after=after, request=request
    )
    return await standing.one(session, who, row)


async def take_back(session: AsyncSession, who: Actor, place: UUID, request: Request) -> PlaceOut:
    """Withdraws the change that waits for its day."""
    row = await _managed(session, who, place)
    planned = await _planned(session, row.id)
    if planned is None:
        raise NotFound("no-change-planned", zh="没有待生效的变更。", en="No change waits for its day.")
    before = {"name": planned.name_zh, "on": planned.valid_from}
    await session.delete(planned)
    await session.flush()
    await audit.record(
        session, who.id, "organisation.take-back", f"organisation:{row.id}", before=before, request=request
    )
    return await standing.one(session, who, row)


async def close(session: AsyncSession, who: Actor, place: UUID, body: PlaceEnd, request: Request) -> PlaceOut:
    """The place is no more; its history stays. Raises Conflict while anything is still in it."""
    row = await _managed(session, who, place)
    take_turn(row, body, await standing.one(session, who, row))
    if row.since is not None and body.on <= row.since:
        zh, en = "撤销日期要晚于设立或最近变更的日期。", "A place ends after the day of its last change."
        raise NotValid("end-before-present", zh=zh, en=en)
    await _must_be_empty(session, row, body.on)
    if body.successor_id is not None:
        await _reach(session, who, "organisations.read", body.successor_id)
    row.ended, row.successor_id = body.on, body.successor_id
    await write(session, row)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "organisation.close", f"organisation:{row.id}", after=after, request=request)
    return await standing.one(session, who, row)


async def let_take_effect(session: AsyncSession, today: date) -> int:
    """Planned changes whose day has come; how many there were. Asking again changes nothing."""
    due = select(PlaceState).where(PlaceState.valid_to.is_(None), PlaceState.valid_from <= today)
    states = (await session.scalars(due.order_by(PlaceState.valid_from).with_for_update())).all()
    for state in states:
        row = await session.get_one(Organisation, state.organisation_id, with_for_update=True)
        outcome = take_effect(_present(row), Period(_state_of(state), state.valid_from, None))
        reason, by = state.reason, state.by
        await session.delete(state)
        await session.flush()
        await _settle(session, row, outcome, reason, by)
        row.version += 1
        after = {"name": row.name_zh, "since": row.since}
        await audit.record(session, None, "organisation.take-effect", f"organisation:{row.id}", after=after)
    return len(states)


async def _settle(session: AsyncSession, row: Organisation, outcome: Outcome, reason: str, by: UUID | None) -> None:
    """Writes the row and its history; a new parent moves all below."""
    old_parent = row.parent_id
    for name, value in vars(outcome.now.state).items():
        setattr(row, name, value)
    row.since = outcome.now.since
    for period in (outcome.past, outcome.planned):
        if period is not None:
            values = vars(period.state) | {"valid_from": period.since, "valid_to": period.until}
            session.add(PlaceState(id=new_id(), organisation_id=row.id, reason=reason, by=by, at=now(), **values))
    if row.parent_id != old_parent:
        await _move(session, row)
    await session.flush()


async def _move(session: AsyncSession, row: Organisation) -> None:
    """All paths below begin with the place's own: one statement."""
    above = await session.get_one(Organisation, row.parent_id)
    old = row.path
    _hang(row, above)
    below = Organisation.path.like(f"{old}.%")
    moved = {"path": row.path + func.substr(Organisation.path, len(old) + 1, type_=Text)}
    county = {} if row.tier in ("prefecture",) else {"county_id": row.county_id}
    await session.execute(
        update(Organisation).where(below).values(**moved, **county).execution_options(synchronize_session=False)
    )


def _hang(row: Organisation, above: Organisation) -> None:
    _must_suit(row, above)
    if above.ended is not None:
        zh, en = f"{above.name_zh}已经撤销，请选它的承接单位。", f"{above.name_en} is closed; choose its successor."
        raise Conflict("parent-closed", zh=zh, en=en)
    if row.tier == "teaching_point" and row.identification:
        zh, en = "教学点没有自己的标识码，它用中心校的。", "A teaching point has no code of its own; leave it empty."
        raise NotValid("point-has-no-code", zh=zh, en=en)
    row.parent_id, row.path = above.id, path_of(row.id, above.path)
    row.county_id = row.id if row.tier == "county" else above.county_id


async def _may_move(session: AsyncSession, who: Actor, row: Organisation, parent: UUID | None) -> None:
    above = await _reach(session, who, "organisations.change", parent)
    if is_inside(above.path, row.path):
        zh, en = "不能移到自己的下级。", "A place cannot move below itself."
        raise NotValid("own-below", zh=zh, en=en)
    _must_suit(row, above)


def _must_suit(row: Organisation, above: Organisation) -> None:
    if not may_hang_under(row.tier, above.tier):
        zh = f"{above.name_zh}下面不能挂这一类，请选它的上级。"
        raise NotValid("wrong-parent", zh=zh, en=f"This cannot hang under {above.name_en}; choose a higher place.")


async def _must_be_empty(session: AsyncSession, row: Organisation, on: date) -> None:
    below = select(func.count(Organisation.id)).where(Organisation.parent_id == row.id)
    below = below.where(func.coalesce(Organisation.ended > on, True))
    pupils = select(func.count(Pupil.person_id)).join(SchoolClass, SchoolClass.id == Pupil.class_id)
    counts = (await session.scalar(below), await session.scalar(pupils.where(SchoolClass.school_id == row.id)))
    if any(counts):
        zh = f"还有 {counts[0]} 个下级单位和 {counts[1]} 名学生，请先安置。"
        en = f"{counts[0]} places and {counts[1]} pupils are still there; place them first."
        raise Conflict("place-not-empty", zh=zh, en=en, places=counts[0], pupils=counts[1])


async def _must_be_known(session: AsyncSession, code: str | None) -> None:
    if code is not None and await session.get(Region, code) is None:
        raise NotValid("region-unknown", zh=f"没有区划代码 {code}。", en=f"There is no region {code}.")


async def _managed(session: AsyncSession, who: Actor, place: UUID) -> Organisation:
    row = (await session.scalars(select(Organisation).where(Organisation.id == place).with_for_update())).first()
    if row is None or not standing.manages(who, row.path):
        raise not_your_place()
    if row.ended is not None:
        raise Conflict("place-closed", zh=f"{row.name_zh}已经撤销。", en=f"{row.name_en} is closed.")
    return row


async def _reach(session: AsyncSession, who: Actor, right: Right, place: UUID | None) -> Organisation:
    """A place outside one's reach is refused like one that does not exist."""
    row = await session.get(Organisation, place) if place else None
    if row is None or not who.may(right, row.path):
        raise not_your_place()
    return row


async def _planned(session: AsyncSession, place: UUID) -> PlaceState | None:
    query = select(PlaceState).where(PlaceState.organisation_id == place, PlaceState.valid_to.is_(None))
    return (await session.scalars(query)).first()


def _wanted(row: Organisation, body: PlaceChange) -> State:
    """The present state with what was sent."""
    sent = body.model_dump(exclude_unset=True)
    present = _present(row).state
    return State(
        name_zh=sent.get("name") or present.name_zh,
        name_en=sent.get("name_en") or present.name_en,
        parent_id=sent.get("parent_id") or present.parent_id,
        region_code=sent.get("region_code") or present.region_code,
        identification=sent.get("identification", present.identification),
    )


def _grades(row: Organisation, body: PlaceChange) -> None:
    for name in ("first_grade", "last_grade"):
        if name in body.model_fields_set:
            setattr(row, name, getattr(body, name))
    if row.tier not in TEACHING_TIERS and (row.first_grade or row.last_grade):
        zh, en = "只有学校和教学点有年级。", "Only schools have grades."
        raise NotValid("not-a-school", zh=zh, en=en)
    if row.first_grade and row.last_grade and row.first_grade > row.last_grade:
        zh, en = "起始年级不能高于最高年级。", "The first grade cannot be above the last."
        raise NotValid("grades-order", zh=zh, en=en)


def _present(row: Organisation) -> Period:
    return Period(_state_of(row), row.since, row.ended)


def _state_of(row: Organisation | PlaceState) -> State:
    return State(row.name_zh, row.name_en, row.parent_id, row.region_code, row.identification)
