"""What is read and compared afterwards: statement, reconciliation between regions, cards."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.companions.settlement.actions import own_hospital
from admin.companions.settlement.models import Encounter, FeeItem, Hospital, Insured, Settlement, Window
from admin.companions.settlement.registers import RECONCILIATIONS, SETTLEMENTS
from admin.companions.settlement.rules import NOTHING, Line, compare
from admin.companions.settlement.schemas import (
    FeeItemOut,
    ReconciliationIn,
    ReconciliationOut,
    SettlementOut,
    StatementOut,
    StayOut,
    WindowOut,
)
from admin.companions.shape import keeping, reading
from admin.companions.shape.cards import Card, percent
from admin.models import Organisation
from admin.registry import inside
from admin.schemas import Named
from admin.who import Actor, not_your_place
from admin.working_days import local_day
from core import audit
from core.errors import NotFound


async def statement(session: AsyncSession, who: Actor, settlement_id: UUID, request: Request) -> StatementOut:
    """For the bureau within its place and for the window of the hospital; each look goes on record."""
    row = await session.get(Settlement, settlement_id)
    if row is None or not await _may_see(session, who, row):
        raise NotFound("settlement-unknown", zh="没有这笔结算。", en="There is no such settlement.")
    encounter = await session.get_one(Encounter, row.encounter_id)
    insured = await session.get_one(Insured, row.insured_id)
    hospital = await session.get_one(Hospital, encounter.hospital_id)
    query = select(FeeItem).where(FeeItem.encounter_id == encounter.id).order_by(FeeItem.line)
    items = [FeeItemOut.model_validate(item, from_attributes=True) for item in await session.scalars(query)]
    await audit.record(session, who.id, "settlement.statement", f"settlement:{row.id}", request=request)
    return StatementOut(
        settlement=SettlementOut.model_validate(await reading.made(session, SETTLEMENTS, row), from_attributes=True),
        hospital=hospital.name,
        patient_name=insured.name,
        card=insured.card,
        items=items,
        ratio=f"{row.fund * 100 / row.total:.3f}" if row.total else "0.000",
        advanced=NOTHING,
    )


async def _may_see(session: AsyncSession, who: Actor, row: Settlement) -> bool:
    place = await session.get_one(Organisation, row.place_id)
    if who.may("settlement.read", place.path):
        return True
    encounter = await session.get_one(Encounter, row.encounter_id)
    window = await session.get(Window, who.id)
    return window is not None and window.hospital_id == encounter.hospital_id


async def window(session: AsyncSession, who: Actor, unsettled: bool, request: Request) -> WindowOut:
    """The hospital of this window and its newest 100 stays; the look goes on record."""
    hospital = await own_hospital(session, who)
    items = select(func.count()).where(FeeItem.encounter_id == Encounter.id).scalar_subquery()
    standing = select(Settlement.id).where(Settlement.encounter_id == Encounter.id, Settlement.reversed_at.is_(None))
    query = select(Encounter.id, Encounter.admitted, Encounter.discharged, Encounter.state, Insured.card)
    query = query.add_columns(Insured.name.label("patient"), items.label("items"))
    query = query.add_columns(standing.scalar_subquery().label("settlement_id"))
    query = query.join(Insured, Insured.id == Encounter.insured_id).where(Encounter.hospital_id == hospital.id)
    query = query.where(Encounter.state == "open") if unsettled else query
    rows = await session.execute(query.order_by(Encounter.created_at.desc(), Encounter.id).limit(100))
    stays = [StayOut.model_validate(row, from_attributes=True) for row in rows]
    await audit.record(
        session, who.id, "window.look", f"hospital:{hospital.id}", after={"rows": len(stays)}, request=request
    )
    return WindowOut(hospital=Named(id=hospital.id, name=hospital.name), stays=stays)


async def reconcile(session: AsyncSession, who: Actor, body: ReconciliationIn, request: Request) -> ReconciliationOut:
    """Our standing settlements of the month with the region against the lines that the region sent."""
    place = await session.get(Organisation, body.place_id)
    if place is None or not who.may("settlement.reconcile", place.path):
        raise not_your_place()
    first = datetime.fromisoformat(f"{body.month}-01").date()
    query = select(Settlement.number, Settlement.total, Settlement.fund)
    query = query.join(Organisation, Organisation.id == Settlement.place_id).where(inside([place.path]))
    query = query.where(Settlement.region == body.region, Settlement.reversed_at.is_(None))
    query = query.where(func.date_trunc("month", Settlement.day) == func.date_trunc("month", first))
    ours = [Line(*row) for row in (await session.execute(query)).all()]
    theirs = [Line(line.number, line.total, line.fund) for line in body.lines]
    values: dict[str, Any] = {"place_id": body.place_id, "region": body.region, "month": body.month}
    values |= {"ours": len(ours), "ours_fund": _fund(ours), "theirs": len(theirs), "theirs_fund": _fund(theirs)}
    values["differences"] = [_told(asdict(one)) for one in compare(ours, theirs)]
    row = await keeping.create(session, RECONCILIATIONS, who, values, request)
    return ReconciliationOut.model_validate(await reading.made(session, RECONCILIATIONS, row), from_attributes=True)


def _fund(lines: list[Line]) -> Decimal:
    return sum((line.fund for line in lines), NOTHING)


def _told(value: Any) -> Any:
    """Amounts as texts, for a column of JSON."""
    if isinstance(value, dict):
        return {name: _told(part) for name, part in value.items()}
    return f"{value:.2f}" if isinstance(value, Decimal) else value


async def cards(session: AsyncSession, who: Actor, moment: datetime) -> list[Card]:
    year = f"{local_day(moment).year}-01-01"
    query = select(
        func.count(),
        func.coalesce(func.sum(Settlement.fund), NOTHING),
        func.coalesce(func.sum(Settlement.total), NOTHING),
    )
    query = query.select_from(Settlement).join(Organisation, Organisation.id == Settlement.place_id)
    query = query.where(inside(who.places("settlement.read")), Settlement.reversed_at.is_(None))
    count, fund, total = (
        await session.execute(query.where(Settlement.day >= datetime.fromisoformat(year).date()))
    ).one()
    plain: dict[str, Any] = {
        "source": "settlements",
        "at": moment,
        "rows": f"/api/settlement/settlements?where=state:settled&where=day>={year}",
    }
    return [
        Card(
            key="settlement.count",
            zh="本年异地即时结算",
            en="Settled at once this year",
            definition_zh="今年结算而未撤销的笔数",
            definition_en="settlements of this year that stand",
            unit="笔",
            value=str(count),
            **plain,
        ),
        Card(
            key="settlement.ratio",
            zh="报销比例",
            en="Reimbursed",
            definition_zh="基金支付 ÷ 总费用",
            definition_en="the fund's part ÷ total",
            unit="%",
            value=percent(fund, total),
            numerator=f"{fund:.2f}",
            denominator=f"{total:.2f}",
            **plain,
        ),
    ]
