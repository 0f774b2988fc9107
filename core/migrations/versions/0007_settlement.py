"""Instant settlement of treatment elsewhere"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = ("reconciliations", "items", "encounters", "policies", "catalogue", "filings", "windows", "hospitals")
MONEY = ("total", "self_paid", "deductible", "tier_part", "above_cap", "patient", "fund")


def upgrade() -> None:
    _people_and_hospitals()
    _catalogue_and_policies()
    _stays()
    _settlements()


def downgrade() -> None:
    op.drop_table("settlements")
    for table in (*TABLES, "connections", "insured"):
        op.drop_table(f"settlement_{table}")


def _people_and_hospitals() -> None:
    _table("insured", _text("name", 120), _text("card", 20, unique=True), _text("scheme", 20), *_valid())
    _table("connections", _text("region", 6), _text("name", 120), *_valid())
    connected = sa.Column("connected", sa.Boolean, nullable=False)
    _table("hospitals", _text("code", 20, unique=True), _text("name", 120), _text("region", 6), connected)
    person = sa.ForeignKey("people.id", ondelete="CASCADE")
    op.create_table(
        "settlement_windows",
        sa.Column("person_id", sa.Uuid, person, primary_key=True),
        _to("hospital_id", "settlement_hospitals"),
    )
    filed = (_to("insured_id", "settlement_insured", index=True), _text("region", 6), _text("kind", 20))
    _table("filings", *filed, _day("starts"), _day("ends"), _text("state", 40))


def _catalogue_and_policies() -> None:
    listed = (_text("region", 6), _text("code", 30), _text("name", 120), _text("fee_class", 1))
    _table("catalogue", *listed, *_valid(), sa.UniqueConstraint("region", "code", "valid_from"))
    shares = (sa.Column("class_shares", sa.JSON, nullable=False), sa.Column("tiers", sa.JSON, nullable=False))
    _table("policies", _text("scheme", 20), *_valid(), _yuan("deductible"), _yuan("cap"), *shares)


def _stays() -> None:
    _table(
        "encounters",
        _to("insured_id", "settlement_insured", index=True),
        _to("hospital_id", "settlement_hospitals", index=True),
        _to("filing_id", "settlement_filings"),
        _day("admitted"),
        _day("discharged"),
        _text("state", 40),
    )
    stay = sa.ForeignKey("settlement_encounters.id", ondelete="CASCADE")
    op.create_table(
        "settlement_items",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("encounter_id", sa.Uuid, stay, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        _text("code", 30),
        _text("name", 120),
        _text("fee_class", 1),
        _day("day"),
        sa.Column("quantity", sa.Numeric(10, 2), nullable=False),
        _yuan("price"),
        _yuan("amount"),
    )
    op.create_index("ix_settlement_items_encounter_id", "settlement_items", ["encounter_id", "line"], unique=True)


def _settlements() -> None:
    op.create_table(
        "settlements",
        *_kept(),
        _text("number", 30, unique=True),
        _to("encounter_id", "settlement_encounters"),
        _to("insured_id", "settlement_insured", index=True),
        _to("policy_id", "settlement_policies"),
        _text("region", 6),
        sa.Column("day", sa.Date, nullable=False, index=True),
        _text("state", 40),
        *[_yuan(name) for name in MONEY],
        sa.Column("reversed_at", sa.DateTime(timezone=True)),
        _to("reversed_by", "people", nullable=True),
        _text("reason", 500),
    )
    standing = sa.text("reversed_at IS NULL")
    op.create_index("uq_settlements_standing", "settlements", ["encounter_id"], unique=True, postgresql_where=standing)
    counted = [sa.Column(name, sa.Integer, nullable=False) for name in ("ours", "theirs")]
    sums = (_yuan("ours_fund"), _yuan("theirs_fund"), sa.Column("differences", sa.JSON, nullable=False))
    _table("reconciliations", _text("region", 6), _text("month", 7), *counted, *sums)


def _table(name: str, *columns: Any) -> None:
    op.create_table(f"settlement_{name}", *_kept(), *columns)


def _kept() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        _to("place_id", "organisations", index=True),
        sa.Column("version", sa.Integer, nullable=False),
        _to("created_by", "people", nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _valid() -> list[sa.Column[Any]]:
    return [_day("valid_from"), sa.Column("valid_to", sa.Date)]


def _text(name: str, length: int, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False, **options)


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date, nullable=False)


def _yuan(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Numeric(14, 2), nullable=False)


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{target}.id"), **{"nullable": False, **options})
