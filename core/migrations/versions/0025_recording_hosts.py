"""Recording hosts are paired as screens are, with a role of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("ALTER TYPE role ADD VALUE IF NOT EXISTS 'host'")
    for table in ("pairings", "devices"):
        op.add_column(table, sa.Column("kind", sa.String(8), nullable=False, server_default="screen"))


def downgrade() -> None:
    """The role stays: PostgreSQL takes no value out of an enumeration."""
    for table in ("pairings", "devices"):
        op.drop_column(table, "kind")
