"""The module's registers and what is checked before a row is written."""

from typing import Any

from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.settlement import schemas, words
from admin.companions.settlement.models import (
    CatalogueItem,
    Connection,
    Encounter,
    Filing,
    Hospital,
    Insured,
    Policy,
    Reconciliation,
    Settlement,
)
from admin.companions.shape.register import Register
from admin.companions.shape.steps import Machine, Step
from admin.models import Organisation
from admin.who import Actor, not_your_place
from core.errors import Conflict, NotValid


async def check_times(session: AsyncSession, who: Actor, row: Any) -> None:
    if row.valid_to and row.valid_to <= row.valid_from:
        raise NotValid("ends-before-it-begins", zh="结束日期要晚于开始日期。", en="It ends before it begins.")


async def check_policy(session: AsyncSession, who: Actor, row: Policy) -> None:
    """No day may have two policies for one scheme at one place."""
    await check_times(session, who, row)
    row.class_shares = {name: str(share) for name, share in row.class_shares.items()}
    row.tiers = [{name: None if value is None else str(value) for name, value in tier.items()} for tier in row.tiers]
    same = (Policy.place_id == row.place_id) & (Policy.scheme == row.scheme) & (Policy.id != row.id)
    begins_before = true() if row.valid_to is None else Policy.valid_from < row.valid_to
    ends_after = or_(Policy.valid_to.is_(None), Policy.valid_to > row.valid_from)
    with session.no_autoflush:
        place = await session.get_one(Organisation, row.place_id, with_for_update=True)
        if await session.scalar(select(Policy.id).where(same, begins_before, ends_after).limit(1)):
            zh, en = f"{place.name_zh}在这段时间已有政策。", "There is a policy for this time already."
            raise Conflict("policy-overlaps", zh=zh, en=en)


async def check_filing(session: AsyncSession, who: Actor, row: Filing) -> None:
    row.state = row.state or FILING.first
    if row.ends < row.starts:
        raise NotValid("ends-before-it-begins", zh="结束日期早于开始日期。", en="It ends before it begins.")
    insured = await session.get(Insured, row.insured_id)
    if insured is None or insured.place_id != row.place_id:
        raise not_your_place()


FILING = Machine(
    first="valid",
    states={"valid": ("有效", "Valid"), "withdrawn": ("已撤销", "Withdrawn")},
    steps=(Step("withdraw", "撤销备案", "Withdraw", ("valid",), "withdrawn", "settlement.keep", reason=True),),
)

INSURED = Register(
    noun="insured",
    path="insured",
    row=Insured,
    out=schemas.InsuredOut,
    columns=words.INSURED,
    read="settlement.read",
    write="settlement.keep",
    new=schemas.InsuredNew,
    change=schemas.InsuredChange,
    check=check_times,
    taken=("card-taken", "这个医保卡号已经登记。", "This card is registered already."),
    sensitive=True,
)
CONNECTIONS = Register(
    noun="connection",
    path="connections",
    row=Connection,
    out=schemas.ConnectionOut,
    columns=words.CONNECTIONS,
    read="settlement.read",
    write="settlement.keep",
    new=schemas.ConnectionNew,
    change=schemas.ConnectionChange,
    check=check_times,
)
HOSPITALS = Register(
    noun="hospital",
    path="hospitals",
    row=Hospital,
    out=schemas.HospitalOut,
    columns=words.HOSPITALS,
    read="settlement.read",
    write="settlement.keep",
    new=schemas.HospitalNew,
    change=schemas.HospitalChange,
    scope=None,
)
FILINGS = Register(
    noun="filing",
    path="filings",
    row=Filing,
    out=schemas.FilingOut,
    columns=words.FILINGS,
    read="settlement.read",
    write="settlement.keep",
    new=schemas.FilingNew,
    check=check_filing,
    sensitive=True,
    machine=FILING,
)
CATALOGUE = Register(
    noun="catalogue-item",
    path="catalogue",
    row=CatalogueItem,
    out=schemas.CatalogueOut,
    columns=words.CATALOGUE,
    read="settlement.read",
    write="settlement.keep",
    new=schemas.CatalogueNew,
    check=check_times,
    scope=None,
)
POLICIES = Register(
    noun="policy",
    path="policies",
    row=Policy,
    out=schemas.PolicyOut,
    columns=words.POLICIES,
    read="settlement.read",
    write="settlement.keep",
    new=schemas.PolicyNew,
    change=schemas.PolicyChange,
    check=check_policy,
)
ENCOUNTERS = Register(
    noun="encounter",
    path="encounters",
    row=Encounter,
    out=schemas.EncounterOut,
    columns=words.ENCOUNTERS,
    read="settlement.read",
    write="settlement.charge",
    sensitive=True,
    states=words.STAYS,
)
SETTLEMENTS = Register(
    noun="settlement",
    path="settlements",
    row=Settlement,
    out=schemas.SettlementOut,
    columns=words.SETTLEMENTS,
    read="settlement.read",
    write="settlement.charge",
    sensitive=True,
    states=words.SETTLED,
)
RECONCILIATIONS = Register(
    noun="reconciliation",
    path="reconciliations",
    row=Reconciliation,
    out=schemas.ReconciliationOut,
    columns=words.RECONCILIATIONS,
    read="settlement.read",
    write="settlement.reconcile",
)
ALL = (INSURED, CONNECTIONS, HOSPITALS, FILINGS, CATALOGUE, POLICIES, ENCOUNTERS, SETTLEMENTS, RECONCILIATIONS)
