"""The audit log, notes on the whole house, and the extensions that later steps use"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "house_notes",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    _create_audit_entries()
    _forbid_changes()


def downgrade() -> None:
    op.drop_table("audit_entries")
    op.drop_table("house_notes")
    op.execute("DROP FUNCTION audit_is_append_only")


def _create_audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("actor", sa.Uuid, index=True),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("object", sa.String, nullable=False, index=True),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("address", sa.String),
        sa.Column("request", sa.String),
        sa.Column("digest", sa.LargeBinary, nullable=False),
    )


def _forbid_changes() -> None:
    op.execute(
        """
        CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit_entries is append-only';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
        """
    )
