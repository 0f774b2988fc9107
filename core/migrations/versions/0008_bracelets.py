"""Child-safety bracelets, and the account of the bracelets' gateway"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = ("bracelet_cases", "bracelet_alerts", "bracelet_fences", "bracelet_fixes", "bracelets", "bracelet_consents")


def upgrade() -> None:
    op.execute("ALTER TYPE role ADD VALUE IF NOT EXISTS 'gateway'")
    _children()
    _positions()
    _fences()
    reason = sa.Column("reason", sa.String(500), nullable=False)
    state = sa.Column("state", sa.String(40), nullable=False)
    reported = _to("reported_by", "people")
    op.create_table("bracelet_cases", *_kept(), _child(index=True), reported, reason, _moment("expires_at"), state)


def downgrade() -> None:
    """The role stays: PostgreSQL takes no value out of an enumeration."""
    for table in (*TABLES, "bracelet_children"):
        op.drop_table(table)


def _children() -> None:
    name, born = sa.Column("name", sa.String(120), nullable=False), sa.Column("born", sa.Date, nullable=False)
    op.create_table("bracelet_children", *_kept(), name, born, _to("guardian_id", "people", index=True))
    op.create_table(
        "bracelet_consents",
        sa.Column("id", sa.Uuid, primary_key=True),
        _child(index=True, ondelete="CASCADE"),
        _to("guardian_id", "people"),
        _moment("given_at"),
        _moment("withdrawn_at", nullable=True),
    )
    number = sa.Column("number", sa.String(20), nullable=False, unique=True)
    op.create_table("bracelets", *_kept(), number, _child(nullable=True, unique=True))


def _positions() -> None:
    op.create_table(
        "bracelet_fixes",
        _child(primary_key=True, ondelete="CASCADE"),
        sa.Column("at", sa.DateTime(timezone=True), primary_key=True),
        *[_degrees(name) for name in ("lat", "lon", "accuracy")],
        sa.Column("source", sa.String(10), nullable=False),
    )
    op.create_index("ix_bracelet_fixes_at", "bracelet_fixes", ["at"])


def _fences() -> None:
    op.create_table(
        "bracelet_fences",
        sa.Column("id", sa.Uuid, primary_key=True),
        _child(index=True, ondelete="CASCADE"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        _degrees("lat"),
        _degrees("lon"),
        sa.Column("radius", sa.Integer, nullable=False),
        sa.Column("begins", sa.Time, nullable=False),
        sa.Column("ends", sa.Time, nullable=False),
    )
    op.create_table(
        "bracelet_alerts",
        sa.Column("id", sa.Uuid, primary_key=True),
        _child(index=True, ondelete="CASCADE"),
        sa.Column("fence_id", sa.Uuid, sa.ForeignKey("bracelet_fences.id", ondelete="CASCADE"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        _moment("at"),
        sa.UniqueConstraint("fence_id", "day", "kind"),
    )


def _kept() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        _to("place_id", "organisations", index=True),
        sa.Column("version", sa.Integer, nullable=False),
        _to("created_by", "people", nullable=True),
        _moment("created_at"),
    ]


def _child(ondelete: str | None = None, **options: Any) -> sa.Column[Any]:
    target = sa.ForeignKey("bracelet_children.id", ondelete=ondelete)
    return sa.Column("child_id", sa.Uuid, target, **{"nullable": False, **options})


def _degrees(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Float(53), nullable=False)


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{target}.id"), **{"nullable": False, **options})
