"""The hospital's window: who is entitled, a stay, its items, settling and reversing. One settlement of a person at a
time: the insured's row is locked, so that two windows cannot both use what is left below the cap."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, extract, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.companions.settlement import rules
from admin.companions.settlement.models import (
    CatalogueItem,
    Connection,
    Encounter,
    FeeItem,
    Filing,
    Hospital,
    Insured,
    Policy,
    Settlement,
    Window,
)
from admin.companions.settlement.registers import ENCOUNTERS, HOSPITALS, SETTLEMENTS
from admin.companions.settlement.schemas import Admission, EncounterOut, FeeItemsIn, PartsOut, SettlementOut
from admin.companions.shape import reading
from admin.models import Organisation, Person
from admin.tree import ancestors
from admin.who import Actor, not_your_place
from admin.working_days import local_day
from core import audit
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id


async def put_at_window(
    session: AsyncSession, who: Actor, hospital_id: UUID, person_id: UUID, request: Request
) -> None:
    """The account stands at this hospital's window from now on, and at no other."""
    hospital, _ = await reading.reachable(session, HOSPITALS, who, hospital_id)
    place = await session.get_one(Organisation, hospital.place_id)
    if not who.may("settlement.keep", place.path) or await session.get(Person, person_id) is None:
        raise not_your_place()
    await session.merge(Window(person_id=person_id, hospital_id=hospital.id))
    after = {"person": person_id}
    await audit.record(session, who.id, "hospital.window", f"hospital:{hospital.id}", after=after, request=request)


async def admit(session: AsyncSession, who: Actor, body: Admission, moment: datetime, request: Request) -> EncounterOut:
    """Name and card must both fit. What cannot be settled at once is refused with the reason."""
    hospital = await own_hospital(session, who)
    if hospital.id != body.hospital_id:
        raise not_your_place()
    if body.discharged < body.admitted:
        raise NotValid("ends-before-it-begins", zh="出院早于入院。", en="Discharged before admitted.")
    named = select(Insured).where(Insured.card == body.card, Insured.name == body.name)
    insured = (await session.scalars(named)).first()
    if insured is None:
        raise NotFound("insured-unknown", zh="姓名和医保卡号对不上。", en="Name and card do not fit.")
    filing = await _entitled(session, insured, hospital, body.admitted)
    row = Encounter(id=new_id(), place_id=insured.place_id, version=1, created_by=who.id, created_at=moment)
    row.insured_id, row.hospital_id, row.filing_id = insured.id, hospital.id, filing.id
    row.admitted, row.discharged, row.state = body.admitted, body.discharged, "open"
    session.add(row)
    await session.flush()
    after = {"hospital": hospital.code, "admitted": body.admitted}
    await audit.record(session, who.id, "encounter.create", f"encounter:{row.id}", after=after, request=request)
    return EncounterOut.model_validate(await reading.made(session, ENCOUNTERS, row), from_attributes=True)


async def _entitled(session: AsyncSession, insured: Insured, hospital: Hospital, day: date) -> Filing:
    above = ancestors((await session.get_one(Organisation, insured.place_id)).path)
    pair = select(Connection.id).where(Connection.region == hospital.region, Connection.place_id.in_(above))
    connected = await session.scalar(pair.where(_valid(Connection, day)).limit(1)) is not None
    filed = select(Filing).where(Filing.insured_id == insured.id, Filing.region == hospital.region)
    filed = filed.where(Filing.starts <= day, Filing.ends >= day, Filing.state == "valid").limit(1)
    filing = (await session.scalars(filed)).first()
    valid = rules.in_time(insured.valid_from, insured.valid_to, day)
    problem = rules.ineligible(hospital.connected and connected, valid, filing is not None)
    if problem or filing is None:
        raise problem or not_your_place()
    return filing


def _valid(table: type[Connection | CatalogueItem | Policy], day: date) -> ColumnElement[bool]:
    return (table.valid_from <= day) & or_(table.valid_to.is_(None), table.valid_to > day)


async def put_items(session: AsyncSession, who: Actor, encounter_id: UUID, body: FeeItemsIn, request: Request) -> int:
    """These items replace those that were there. Their classes are looked up, never taken from the hospital."""
    encounter, hospital = await _own_encounter(session, who, encounter_id)
    _must_be(encounter, "open")
    if any(not encounter.admitted <= item.day <= encounter.discharged for item in body.items):
        zh, en = "有费用不在住院期间内。", "An item lies outside the stay."
        raise NotValid("outside-the-stay", zh=zh, en=en)
    listed = select(CatalogueItem).where(CatalogueItem.region == hospital.region)
    found = (await session.scalars(listed.where(CatalogueItem.code.in_({item.code for item in body.items})))).all()
    await session.execute(delete(FeeItem).where(FeeItem.encounter_id == encounter.id))
    for line, item in enumerate(body.items, start=1):
        row = FeeItem(encounter_id=encounter.id, line=line, **item.model_dump())
        row.fee_class, row.amount = _class(found, item.code, item.day), rules.cents(item.quantity * item.price)
        session.add(row)
    encounter.version += 1
    await session.flush()
    after = {"items": len(body.items)}
    await audit.record(session, who.id, "encounter.items", f"encounter:{encounter.id}", after=after, request=request)
    return len(body.items)


def _class(catalogue: Sequence[CatalogueItem], code: str, day: date) -> str:
    for item in catalogue:
        if item.code == code and rules.in_time(item.valid_from, item.valid_to, day):
            return item.fee_class
    return rules.NOT_LISTED


async def preview(session: AsyncSession, who: Actor, encounter_id: UUID) -> PartsOut:
    encounter, _ = await _own_encounter(session, who, encounter_id)
    parts, _ = await _computed(session, encounter)
    return PartsOut.model_validate(asdict(parts))


async def settle(
    session: AsyncSession, who: Actor, encounter_id: UUID, moment: datetime, request: Request
) -> SettlementOut:
    encounter, hospital = await _own_encounter(session, who, encounter_id)
    _must_be(encounter, "open")
    insured = await session.get_one(Insured, encounter.insured_id, with_for_update=True)
    await _entitled(session, insured, hospital, encounter.admitted)
    parts, policy = await _computed(session, encounter)
    row = Settlement(id=new_id(), place_id=encounter.place_id, version=1, created_by=who.id, created_at=moment)
    row.day, row.region, row.state, row.reason = local_day(moment), hospital.region, "settled", ""
    row.number = f"{row.day:%Y%m%d}-{row.id.hex[-12:].upper()}"
    row.encounter_id, row.insured_id, row.policy_id = encounter.id, insured.id, policy.id
    for name, value in asdict(parts).items():
        setattr(row, name, value)
    encounter.state = "settled"
    session.add(row)
    await session.flush()
    after = {name: str(value) for name, value in asdict(parts).items()}
    await audit.record(session, who.id, "encounter.settle", f"settlement:{row.id}", after=after, request=request)
    return SettlementOut.model_validate(await reading.made(session, SETTLEMENTS, row), from_attributes=True)


async def _computed(session: AsyncSession, encounter: Encounter) -> tuple[rules.Parts, Policy]:
    items = (await session.scalars(select(FeeItem).where(FeeItem.encounter_id == encounter.id))).all()
    if not items:
        raise Conflict("no-items", zh="还没有上传费用明细。", en="No fee items have been uploaded.")
    policy = await _policy(session, encounter)
    this_year = extract("year", Settlement.day) == encounter.discharged.year
    paid = select(func.coalesce(func.sum(Settlement.fund), 0)).where(Settlement.insured_id == encounter.insured_id)
    used = await session.scalar(paid.where(this_year, Settlement.reversed_at.is_(None)))
    fees = [rules.Fee(item.fee_class, item.amount) for item in items]
    return rules.settle(fees, terms(policy), Decimal(used or 0)), policy


async def _policy(session: AsyncSession, encounter: Encounter) -> Policy:
    """Of the insured's scheme on the day of discharge, from the nearest place above that has one."""
    insured = await session.get_one(Insured, encounter.insured_id)
    above = ancestors((await session.get_one(Organisation, insured.place_id)).path)
    query = select(Policy).join(Organisation, Organisation.id == Policy.place_id)
    query = query.where(Policy.place_id.in_(above), Policy.scheme == insured.scheme)
    query = query.where(_valid(Policy, encounter.discharged)).order_by(func.length(Organisation.path).desc()).limit(1)
    found = (await session.scalars(query)).first()
    if found is None:
        raise Conflict(
            "no-policy", zh="参保地在出院日没有适用的政策。", en="No policy of the insured's place fits the day."
        )
    return found


def terms(policy: Policy) -> rules.Terms:
    tiers = [
        rules.Tier(None if tier["up_to"] is None else Decimal(tier["up_to"]), Decimal(tier["share"]))
        for tier in policy.tiers
    ]
    shares = {name: Decimal(share) for name, share in policy.class_shares.items()}
    return rules.Terms(policy.deductible, policy.cap, shares, tiers)


async def reverse(
    session: AsyncSession, who: Actor, encounter_id: UUID, reason: str, moment: datetime, request: Request
) -> SettlementOut:
    """The stay is open again and what the fund paid counts no more towards the cap."""
    encounter, _ = await _own_encounter(session, who, encounter_id)
    _must_be(encounter, "settled")
    await session.get_one(Insured, encounter.insured_id, with_for_update=True)
    standing = select(Settlement).where(Settlement.encounter_id == encounter.id, Settlement.reversed_at.is_(None))
    row = (await session.scalars(standing)).one()
    row.state, row.reversed_at, row.reversed_by, row.reason = "reversed", moment, who.id, reason
    row.version += 1
    encounter.state = "open"
    await session.flush()
    after = {"reason": reason, "number": row.number}
    await audit.record(session, who.id, "settlement.reverse", f"settlement:{row.id}", after=after, request=request)
    return SettlementOut.model_validate(await reading.made(session, SETTLEMENTS, row), from_attributes=True)


async def own_hospital(session: AsyncSession, who: Actor) -> Hospital:
    query = select(Hospital).join(Window, Window.hospital_id == Hospital.id).where(Window.person_id == who.id)
    found = (await session.scalars(query)).first()
    if found is None:
        raise not_your_place()
    return found


async def _own_encounter(session: AsyncSession, who: Actor, encounter_id: UUID) -> tuple[Encounter, Hospital]:
    """Another hospital's stay is not found, like one that is not there."""
    hospital = await own_hospital(session, who)
    query = select(Encounter).where(Encounter.id == encounter_id, Encounter.hospital_id == hospital.id)
    found = (await session.scalars(query.with_for_update())).first()
    if found is None:
        raise NotFound("encounter-unknown", zh="本院没有这次住院。", en="This hospital has no such stay.")
    return found, hospital


def _must_be(encounter: Encounter, state: str) -> None:
    if encounter.state != state:
        zh, en = "这次住院现在的状态不能这样办。", "The stay's state does not allow this."
        raise Conflict("wrong-state", zh=zh, en=en, state=encounter.state)
