"""The ledger of what each hop between relays carried"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXTS = {"child": 80, "parent": 300, "tier": 20, "slot": 20, "layer": 20}
COUNTS = {"bytes": sa.BigInteger, "packets": sa.BigInteger, "lost": sa.BigInteger, "gaps": sa.Integer}


def upgrade() -> None:
    op.create_table(
        "relay_legs",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("lesson_id", sa.Uuid, nullable=False, index=True),
        *(sa.Column(name, sa.String(most), nullable=False) for name, most in TEXTS.items()),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("since_at", "until_at")),
        *(sa.Column(name, kind, nullable=False) for name, kind in COUNTS.items()),
        sa.Column("gap_ms", sa.BigInteger, nullable=False),
        sa.Column("delay_ms", sa.Integer, nullable=True),
    )


def downgrade() -> None:
    op.drop_table("relay_legs")
