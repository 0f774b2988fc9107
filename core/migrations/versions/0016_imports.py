"""Roster imports and their lines"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("place_id", sa.Uuid, sa.ForeignKey("organisations.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("by", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("said", sa.JSON),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "import_lines",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(6), nullable=False),
        sa.Column("school", sa.String(80), nullable=False),
        sa.Column("class_name", sa.String(40)),
        sa.Column("grade", sa.SmallInteger),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("username", sa.String(40)),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("identity_blind", sa.LargeBinary),
        sa.Column("pupil_blind", sa.LargeBinary),
        sa.Column("mistakes", sa.JSON, nullable=False),
        *[sa.Column(name, sa.Uuid) for name in ("school_id", "class_id")],
        sa.Column("new_class", sa.Boolean, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("action", sa.String(6)),
        sa.Column("before_class_id", sa.Uuid),
        sa.Column("before_name", sa.String(40)),
    )
    op.create_index("ix_import_lines_blind", "import_lines", ["import_id", "identity_blind"])


def downgrade() -> None:
    op.drop_table("import_lines")
    op.drop_table("imports")
