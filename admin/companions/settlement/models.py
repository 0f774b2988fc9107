from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Computed, Date, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from admin.companions.shape.models import Kept
from core.database import Base, Identity, Moment

YUAN = Numeric(14, 2)


class Insured(Kept, Base):
    """`place_id` is where the person is insured."""

    __tablename__ = "settlement_insured"

    name: Mapped[str] = mapped_column(String(120))
    card: Mapped[str] = mapped_column(String(20), unique=True)
    scheme: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Connection(Kept, Base):
    """RegionPair: a province with which the place settles at once, and when."""

    __tablename__ = "settlement_connections"

    region: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Hospital(Kept, Base):
    """`place_id` is the place of ours that keeps its entry."""

    __tablename__ = "settlement_hospitals"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    region: Mapped[str] = mapped_column(String(6))
    connected: Mapped[bool]


class Window(Base):
    """Whose account stands at which hospital's window."""

    __tablename__ = "settlement_windows"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    hospital_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_hospitals.id"))


class Filing(Kept, Base):
    """备案: this person is treated in that province in this time."""

    __tablename__ = "settlement_filings"

    insured_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_insured.id"), index=True)
    region: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    starts: Mapped[date] = mapped_column(Date)
    ends: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(40))


class CatalogueItem(Kept, Base):
    """What a treatment region's catalogue says of a code: its class, and when."""

    __tablename__ = "settlement_catalogue"
    __table_args__ = (UniqueConstraint("region", "code", "valid_from"),)

    region: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(120))
    fee_class: Mapped[str] = mapped_column(String(1))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class Policy(Kept, Base):
    """Of the insured region: `place_id` and what lies below it. Shares are fractions, as texts, so that none is a
    binary number; `tiers` are `{"up_to": yuan or null, "share": fraction}`, rising; the last one has no end."""

    __tablename__ = "settlement_policies"

    scheme: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    deductible: Mapped[Decimal] = mapped_column(YUAN)
    cap: Mapped[Decimal] = mapped_column(YUAN)
    """What the fund pays for one person in a calendar year."""
    class_shares: Mapped[dict[str, str]] = mapped_column(JSON)
    tiers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Encounter(Kept, Base):
    """One stay in a hospital. `place_id` is that of the insured."""

    __tablename__ = "settlement_encounters"

    insured_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_insured.id"), index=True)
    hospital_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_hospitals.id"), index=True)
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_filings.id"))
    admitted: Mapped[date] = mapped_column(Date)
    discharged: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(40))


class FeeItem(Base):
    __tablename__ = "settlement_items"
    __table_args__ = (Index("ix_settlement_items_encounter_id", "encounter_id", "line", unique=True),)

    id: Mapped[Identity]
    encounter_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_encounters.id", ondelete="CASCADE"))
    line: Mapped[int]
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(120))
    fee_class: Mapped[str] = mapped_column(String(1))
    """By the treatment region's catalogue on the item's day; what is not in it is of class C."""
    day: Mapped[date] = mapped_column(Date)
    quantity: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    price: Mapped[Decimal] = mapped_column(YUAN)
    amount: Mapped[Decimal] = mapped_column(YUAN)


class Settlement(Kept, Base):
    __tablename__ = "settlements"
    __table_args__ = (
        Index(
            "uq_settlements_standing",
            "encounter_id",
            unique=True,
            postgresql_where=text("reversed_at IS NULL"),
        ),
    )

    number: Mapped[str] = mapped_column(String(30), unique=True)
    encounter_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_encounters.id"))
    insured_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_insured.id"), index=True)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_policies.id"))
    region: Mapped[str] = mapped_column(String(6))
    day: Mapped[date] = mapped_column(Date, index=True)
    state: Mapped[str] = mapped_column(String(40))
    total: Mapped[Decimal] = mapped_column(YUAN)
    self_paid: Mapped[Decimal] = mapped_column(YUAN)
    deductible: Mapped[Decimal] = mapped_column(YUAN)
    tier_part: Mapped[Decimal] = mapped_column(YUAN)
    above_cap: Mapped[Decimal] = mapped_column(YUAN)
    patient: Mapped[Decimal] = mapped_column(YUAN)
    fund: Mapped[Decimal] = mapped_column(YUAN)
    reversed_at: Mapped[Moment | None]
    reversed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(500))


class Reconciliation(Kept, Base):
    """A month with one region: our settlements against theirs."""

    __tablename__ = "settlement_reconciliations"

    region: Mapped[str] = mapped_column(String(6))
    month: Mapped[str] = mapped_column(String(7))
    ours: Mapped[int]
    ours_fund: Mapped[Decimal] = mapped_column(YUAN)
    theirs: Mapped[int]
    theirs_fund: Mapped[Decimal] = mapped_column(YUAN)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    differing: Mapped[int] = mapped_column(Computed("json_array_length(differences)"))
    """How many differences."""
