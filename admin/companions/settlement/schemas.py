from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer, StringConstraints

from admin.change_schemas import Version
from admin.companions.settlement.rules import Tier, tiers_wrong
from admin.companions.shape.schemas import Day, KeptOut, Line, Money, MoneyOut, Prose
from admin.schemas import Given, Named

RegionCode = Annotated[str, StringConstraints(pattern=r"^[1-8][0-9]0000$")]
"""A province, by GB/T 2260."""
Card = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Z]{8,20}$")]
ItemCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9.-]{1,30}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,30}$")]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Scheme = Literal["resident", "employee"]
FeeClass = Literal["A", "B", "C"]
Fraction = Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4)]
FractionOut = Annotated[Decimal, PlainSerializer(str, return_type=str)]


def _masked(card: str) -> str:
    return f"{card[:4]}{'*' * (len(card) - 8)}{card[-4:]}"


Masked = Annotated[str, AfterValidator(_masked)]


class InsuredNew(Given):
    place_id: UUID
    name: Line
    card: Card
    scheme: Scheme
    valid_from: Day
    valid_to: Day | None = None


class InsuredChange(Given):
    version: Version
    name: Line = Field(default="")
    valid_to: Day | None = None


class InsuredOut(KeptOut):
    name: str
    card: Masked
    scheme: str
    valid_from: date
    valid_to: date | None
    place_id: UUID


class ConnectionNew(Given):
    place_id: UUID
    region: RegionCode
    name: Line
    valid_from: Day
    valid_to: Day | None = None


class ConnectionChange(Given):
    version: Version
    valid_to: Day | None = None


class ConnectionOut(KeptOut):
    region: str
    name: str
    valid_from: date
    valid_to: date | None


class HospitalNew(Given):
    place_id: UUID
    code: ItemCode
    name: Line
    region: RegionCode
    connected: bool = True


class HospitalChange(Given):
    version: Version
    name: Line = Field(default="")
    connected: bool = True


class HospitalOut(KeptOut):
    code: str
    name: str
    region: str
    connected: bool


class FilingNew(Given):
    place_id: UUID
    insured_id: UUID
    region: RegionCode
    kind: Literal["referral", "emergency", "long_stay"]
    starts: Day
    ends: Day


class FilingOut(KeptOut):
    insured_id: UUID
    region: str
    kind: str
    starts: date
    ends: date
    state: str


class CatalogueNew(Given):
    place_id: UUID
    region: RegionCode
    code: ItemCode
    name: Line
    fee_class: FeeClass
    valid_from: Day
    valid_to: Day | None = None


class CatalogueOut(KeptOut):
    region: str
    code: str
    name: str
    fee_class: str
    valid_from: date
    valid_to: date | None


class TierIn(Given):
    up_to: Money | None = None
    share: Fraction


def _rising(tiers: list[TierIn]) -> list[TierIn]:
    if wrong := tiers_wrong([Tier(tier.up_to, tier.share) for tier in tiers]):
        raise ValueError(wrong)
    return tiers


class ClassShares(Given):
    A: Fraction
    B: Fraction
    C: Fraction


class PolicyNew(Given):
    place_id: UUID
    scheme: Scheme
    valid_from: Day
    valid_to: Day | None = None
    deductible: Money
    cap: Money
    class_shares: ClassShares
    tiers: Annotated[list[TierIn], Field(min_length=1, max_length=20), AfterValidator(_rising)]


class PolicyChange(Given):
    """What has been settled by must not change: only its last day can be set."""

    version: Version
    valid_to: Day | None = None


class PolicyOut(KeptOut):
    scheme: str
    valid_from: date
    valid_to: date | None
    deductible: MoneyOut
    cap: MoneyOut
    class_shares: dict[str, FractionOut]
    tiers: list[dict[str, Any]]


class Admission(Given):
    card: Card
    name: Line
    hospital_id: UUID
    admitted: Day
    discharged: Day


class EncounterOut(KeptOut):
    insured_id: UUID
    hospital_id: UUID
    filing_id: UUID
    admitted: date
    discharged: date
    state: str


class WindowOut(BaseModel):
    """What stands at a hospital's window: its hospital and its newest stays."""

    hospital: Named
    stays: list["StayOut"]


class StayOut(BaseModel):
    id: UUID
    patient: str
    card: Masked
    admitted: date
    discharged: date
    state: str
    items: int
    settlement_id: UUID | None
    """Of the settlement that stands."""


class FeeItemIn(Given):
    code: ItemCode
    name: Line
    day: Day
    quantity: Annotated[Decimal, Field(gt=0, lt=100_000, max_digits=8, decimal_places=2)]
    price: Money


class FeeItemsIn(Given):
    items: Annotated[list[FeeItemIn], Field(min_length=1, max_length=5000)]


class FeeItemOut(BaseModel):
    line: int
    code: str
    name: str
    fee_class: str
    day: date
    quantity: FractionOut
    price: MoneyOut
    amount: MoneyOut


class PartsOut(BaseModel):
    total: MoneyOut
    self_paid: MoneyOut
    deductible: MoneyOut
    tier_part: MoneyOut
    above_cap: MoneyOut
    patient: MoneyOut
    fund: MoneyOut


class SettlementOut(KeptOut, PartsOut):
    number: str
    encounter_id: UUID
    insured_id: UUID
    policy_id: UUID
    region: str
    day: date
    state: str
    reversed_at: datetime | None
    reason: str


class StatementOut(BaseModel):
    settlement: SettlementOut
    hospital: str
    patient_name: str
    card: Masked
    items: list[FeeItemOut]
    ratio: str
    """The fund's part of the total, per cent, three places."""
    advanced: MoneyOut
    """What the patient lays out for the fund."""


class Reversal(Given):
    reason: Annotated[Prose, Field(min_length=1, max_length=500)]


class LineIn(Given):
    number: Number
    total: Money
    fund: Money


class ReconciliationIn(Given):
    place_id: UUID
    region: RegionCode
    month: Month
    lines: Annotated[list[LineIn], Field(max_length=20_000)]


class ReconciliationOut(KeptOut):
    region: str
    month: str
    ours: int
    ours_fund: MoneyOut
    theirs: int
    theirs_fund: MoneyOut
    differences: list[dict[str, Any]]
    differing: int
