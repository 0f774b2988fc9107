"""Names of the portal's entrances; what devices tell of themselves; tickets and their steps; notices and what of them
is to be sent"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSON

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True)
TABLES = ("notice_ways", "outbox", "notices", "ticket_steps", "tickets", "portal_entrances")
TOLD = ("told", "told_at")


def upgrade() -> None:
    _entrances()
    _devices()
    _tickets()
    _notices()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for column in TOLD:
        op.drop_column("devices", column)


def _entrances() -> None:
    op.create_table(
        "portal_entrances",
        sa.Column("place_id", sa.Uuid, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("name_zh", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _devices() -> None:
    op.add_column("devices", sa.Column("told", JSON))
    op.add_column("devices", sa.Column("told_at", MOMENT))


def _tickets() -> None:
    op.create_table(
        "tickets",
        *_kept(),
        sa.Column("room_id", sa.Uuid, sa.ForeignKey("rooms.id")),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("lesson_id", sa.Uuid),
        sa.Column("diagnosis", JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("holder_id", sa.Uuid, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("tier", sa.String(20), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("taken_by", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("remedy", sa.String(500), nullable=False),
    )
    op.create_index("ix_tickets_created_at", "tickets", ["created_at", "id"])
    op.create_index("ix_tickets_due_at", "tickets", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "ticket_steps",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("ticket_id", sa.Uuid, sa.ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("tier", sa.String(20), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
    )


def _kept() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("place_id", sa.Uuid, sa.ForeignKey("organisations.id"), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("created_at", MOMENT, nullable=False),
    ]


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
    )
    op.create_index("ix_notices_person_id", "notices", ["person_id", "at", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("notice_id", sa.Uuid, sa.ForeignKey("notices.id", ondelete="CASCADE"), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("said", sa.String(300), nullable=False),
        sa.UniqueConstraint("notice_id", "channel", "address"),
    )
    op.create_index("ix_outbox_next_at", "outbox", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL"))
    op.create_table(
        "notice_ways",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("address", sa.String(200), nullable=False),
    )
