"""What each day came to, and which days are stale; a reconciliation's number of differences as a column"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

NOTES = {
    "lessons": "SELECT DISTINCT (starts_at AT TIME ZONE 'Asia/Shanghai')::date FROM changed",
    "lesson_rooms": "SELECT DISTINCT (starts_at AT TIME ZONE 'Asia/Shanghai')::date FROM changed"
    " JOIN lessons ON lessons.id = changed.lesson_id",
}
EVENTS = {"insert": ("NEW",), "delete": ("OLD",), "update": ("OLD", "NEW")}
REST = {"rooms": "school_id", "organisations": "tier"}
"""A change of these moves figures of days that nobody has asked for."""
ALL_STALE = """
CREATE FUNCTION note_all_days_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stale_days (day) VALUES (NULL);
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    _tables()
    for table, days in NOTES.items():
        op.execute(
            f"CREATE FUNCTION note_stale_days_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO stale_days (day) {days}; RETURN NULL; END $$"
        )
        for event, sides in EVENTS.items():
            for side in sides:
                op.execute(
                    f"CREATE TRIGGER {table}_stale_{event}_{side.lower()} AFTER {event} ON {table} "
                    f"REFERENCING {side} TABLE AS changed FOR EACH STATEMENT "
                    f"EXECUTE FUNCTION note_stale_days_of_{table}()"
                )
    op.execute(ALL_STALE)
    for table, column in REST.items():
        op.execute(
            f"CREATE TRIGGER {table}_stale_days AFTER UPDATE OF {column} ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION note_all_days_stale()"
        )
    op.execute("INSERT INTO stale_days (day) VALUES (NULL)")


def _tables() -> None:
    op.create_table("counted_days", sa.Column("day", sa.Date, primary_key=True))
    op.create_table(
        "day_counties",
        sa.Column("day", sa.Date, sa.ForeignKey("counted_days.day", ondelete="CASCADE"), primary_key=True),
        sa.Column("county_id", sa.Uuid, sa.ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("planned", "held", "shut_down")),
    )
    op.create_table(
        "day_schools",
        sa.Column("day", sa.Date, sa.ForeignKey("counted_days.day", ondelete="CASCADE"), primary_key=True),
        sa.Column("school_id", sa.Uuid, sa.ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rooms", sa.Integer, nullable=False),
    )
    op.create_table(
        "stale_days",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("day", sa.Date, index=True),
    )
    differing = sa.Column("differing", sa.Integer, sa.Computed("json_array_length(differences)"), nullable=False)
    op.add_column("settlement_reconciliations", differing)


def downgrade() -> None:
    op.drop_column("settlement_reconciliations", "differing")
    for table in REST:
        op.execute(f"DROP TRIGGER {table}_stale_days ON {table}")
    op.execute("DROP FUNCTION note_all_days_stale")
    for table in NOTES:
        op.execute(f"DROP FUNCTION note_stale_days_of_{table} CASCADE")
    for table in ("stale_days", "day_schools", "day_counties", "counted_days"):
        op.drop_table(table)
