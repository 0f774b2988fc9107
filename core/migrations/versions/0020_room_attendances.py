"""How long each receiving room was connected, and how many pupils were counted"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "room_attendances",
        sa.Column("lesson_id", sa.Uuid, sa.ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("room_id", sa.Uuid, sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("minutes", sa.SmallInteger, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heads", sa.SmallInteger),
    )


def downgrade() -> None:
    op.drop_table("room_attendances")
