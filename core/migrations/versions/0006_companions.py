"""What companion modules share, with list management and data exchange; four roles of other offices and of families"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ROLES = ("hospital", "insurer", "police", "guardian")
TABLES = (
    "exchange_calls", "exchange_shares", "exchange_rows", "exchange_datasets", "list_items", "bureau_days",
    "companion_files", "companion_steps",
)  # fmt: skip


def upgrade() -> None:
    for role in ROLES:
        op.execute(f"ALTER TYPE role ADD VALUE IF NOT EXISTS '{role}'")
    _shared()
    _lists()
    _exchange()


def downgrade() -> None:
    """The roles stay: PostgreSQL takes no value out of an enumeration."""
    for table in TABLES:
        op.drop_table(table)


def _shared() -> None:
    op.create_table(
        "companion_steps",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("row_id", sa.Uuid, nullable=False),
        _text("step", 40),
        _text("before", 40),
        _text("after", 40),
        _text("reason", 500),
        _to("by", "people"),
        _moment("at"),
    )
    op.create_index("ix_companion_steps_row_id", "companion_steps", ["row_id", "at"])
    op.create_table(
        "companion_files",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("row_id", sa.Uuid, nullable=False, index=True),
        _text("name", 200),
        _text("kind", 80),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        _to("by", "people"),
        _moment("at"),
    )
    op.create_table(
        "bureau_days",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("working", sa.Boolean, nullable=False),
        _text("note", 120),
    )


def _lists() -> None:
    op.create_table(
        "list_items",
        *_kept(),
        _text("programme", 120),
        _text("title", 120),
        _text("route", 2000),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("due", sa.Date),
        _to("owner_id", "people", nullable=True),
        _text("state", 40),
    )
    op.create_index("ix_list_items_created_at", "list_items", ["created_at", "id"])


def _exchange() -> None:
    op.create_table(
        "exchange_datasets",
        *_kept(),
        sa.Column("code", sa.String(60), nullable=False, unique=True),
        _text("title", 120),
        _text("source", 500),
        _text("store", 20),
        _text("use", 500),
        _text("share_class", 20),
        sa.Column("columns", sa.ARRAY(sa.String(60)), nullable=False),
        sa.Column("cells", sa.Integer, nullable=False),
        sa.Column("filled", sa.Integer, nullable=False),
    )
    dataset = sa.ForeignKey("exchange_datasets.id", ondelete="CASCADE")
    op.create_table(
        "exchange_rows",
        sa.Column("dataset_id", sa.Uuid, dataset, primary_key=True),
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("values", sa.JSON, nullable=False),
    )
    op.create_table(
        "exchange_shares",
        *_kept(),
        _to("dataset_id", "exchange_datasets", index=True),
        _to("for_place_id", "organisations", index=True),
        _text("purpose", 500),
        sa.Column("columns", sa.ARRAY(sa.String(60)), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        _text("state", 40),
    )
    _calls()


def _calls() -> None:
    op.create_table(
        "exchange_calls",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("share_id", sa.Uuid, nullable=False),
        _to("by", "people"),
        _moment("at"),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("given", sa.Integer, nullable=False),
        _text("result", 40),
    )
    op.create_index("ix_exchange_calls_share_id", "exchange_calls", ["share_id", "at"])


def _kept() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        _to("place_id", "organisations", index=True),
        sa.Column("version", sa.Integer, nullable=False),
        _to("created_by", "people", nullable=True),
        _moment("created_at"),
    ]


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{target}.id"), **{"nullable": False, **options})
