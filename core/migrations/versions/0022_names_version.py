"""A number that moves on when a name, kind or place in the registry changes"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

# At the end of the transaction, once for it: the row is locked for a moment only, and as the last of all, so that two
# who change the registry at once neither wait long nor for each other. Whoever does not see the change yet sees the old
# number with it.
COUNT = """
CREATE FUNCTION count_names_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE names_version SET version = version + 1 WHERE xmin <> pg_current_xact_id()::xid;
  RETURN NULL;
END $$
"""
TOLD_OF = {
    "organisations": "name_zh, name_en, tier, path, parent_id, county_id",
    "rooms": "name, kind, school_id",
}


def upgrade() -> None:
    op.create_table("names_version", sa.Column("version", sa.BigInteger, primary_key=True))
    op.execute("INSERT INTO names_version (version) VALUES (1)")
    op.execute(COUNT)
    for table, columns in TOLD_OF.items():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_names_version AFTER UPDATE OF {columns} ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_names_version()"
        )


def downgrade() -> None:
    for table in TOLD_OF:
        op.execute(f"DROP TRIGGER {table}_names_version ON {table}")
    op.execute("DROP FUNCTION count_names_version")
    op.drop_table("names_version")
