"""Consents that were given on paper: who wrote them down, and where the papers are"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

HAS_A_SOURCE = "guardian_id IS NOT NULL OR (recorded_by IS NOT NULL AND paper IS NOT NULL AND signed_on IS NOT NULL)"


def upgrade() -> None:
    op.alter_column("consents", "guardian_id", nullable=True)
    op.add_column("consents", sa.Column("recorded_by", sa.Uuid, sa.ForeignKey("people.id")))
    op.add_column("consents", sa.Column("paper", sa.String(80)))
    op.add_column("consents", sa.Column("signed_on", sa.Date))
    op.create_check_constraint("has_a_source", "consents", HAS_A_SOURCE)


def downgrade() -> None:
    op.drop_constraint("ck_consents_has_a_source", "consents", type_="check")
    op.execute("DELETE FROM consents WHERE guardian_id IS NULL")
    for column in ("signed_on", "paper", "recorded_by"):
        op.drop_column("consents", column)
    op.alter_column("consents", "guardian_id", nullable=False)
