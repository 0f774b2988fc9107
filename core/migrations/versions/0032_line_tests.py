"""Tests of a school's line that somebody started there, and what they showed"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "line_tests",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("place_id", sa.Uuid, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("room_id", sa.Uuid, sa.ForeignKey("rooms.id", ondelete="SET NULL")),
        sa.Column("begun_by", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("begun_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("told_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("browser", sa.String(300), server_default="", nullable=False),
        sa.Column("checks", sa.JSON, nullable=False),
    )
    op.create_index("ix_line_tests_place_id", "line_tests", ["place_id", "begun_at"])
    op.create_index("ix_line_tests_begun_at", "line_tests", ["begun_at", "id"])


def downgrade() -> None:
    op.drop_table("line_tests")
