"""A lesson's recording may hold its interactive rooms"""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("ALTER TYPE recording_policy ADD VALUE IF NOT EXISTS 'teacher_board_rooms'")


def downgrade() -> None:
    """PostgreSQL takes no value out of a type; the one above harms nobody."""
