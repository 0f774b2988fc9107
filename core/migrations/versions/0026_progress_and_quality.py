"""Courses have a textbook and a chapter for each week; a room's minutes with a good line are counted"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("room_attendances", sa.Column("good_minutes", sa.SmallInteger, nullable=False, server_default="0"))
    for table in ("delivery_courses", "published_settings"):
        op.add_column(table, sa.Column("textbook", sa.String(40), nullable=False, server_default=""))
        op.add_column(table, sa.Column("chapters", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    for table in ("delivery_courses", "published_settings"):
        op.drop_column(table, "chapters")
        op.drop_column(table, "textbook")
    op.drop_column("room_attendances", "good_minutes")
