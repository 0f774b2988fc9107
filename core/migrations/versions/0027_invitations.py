"""Keys for senders from outside the prefecture, each for one lesson"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("lesson_id", sa.Uuid, sa.ForeignKey("lessons.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("asked_by", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("approved_at", MOMENT),
        sa.Column("revoked_by", sa.Uuid, sa.ForeignKey("people.id")),
        sa.Column("revoked_at", MOMENT),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.CheckConstraint("valid_from < valid_until", name="begins_before_it_ends"),
        sa.CheckConstraint("approved_by IS DISTINCT FROM asked_by OR approved_by IS NULL", name="approved_by_another"),
    )


def downgrade() -> None:
    op.drop_table("invitations")
