"""Lessons whose people have been reminded"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "lesson_reminders",
        sa.Column("lesson_id", sa.Uuid, sa.ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("lesson_reminders")
