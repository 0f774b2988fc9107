"""What the bureau declares that lines and relays carry; which classes of a published lesson are away on its day"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "line_capacities",
        sa.Column("place_id", sa.Uuid, sa.ForeignKey("organisations.id"), primary_key=True),
        *(sa.Column(name, sa.Integer) for name in ("uplink_kbit", "downlink_kbit", "relay_kbit")),
    )
    nobody = sa.text("'{}'")
    op.add_column("published_lessons", sa.Column("away", ARRAY(sa.Uuid), nullable=False, server_default=nobody))


def downgrade() -> None:
    op.drop_column("published_lessons", "away")
    op.drop_table("line_capacities")
