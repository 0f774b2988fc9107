"""Which rooms began the film that the plan names for them; a published lesson found by its classroom lesson"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

INDEX = "ix_published_lessons_lesson_id"


def upgrade() -> None:
    op.create_table(
        "played_fallbacks",
        sa.Column("lesson_id", sa.Uuid, sa.ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("room_id", sa.Uuid, sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("resource_id", sa.Uuid, nullable=False),
        sa.Column("played_at", sa.TIMESTAMP(timezone=True), nullable=False),
    )
    op.create_index(INDEX, "published_lessons", ["lesson_id"], postgresql_where=sa.text("until IS NULL"))


def downgrade() -> None:
    op.drop_index(INDEX, "published_lessons")
    op.drop_table("played_fallbacks")
