"""Sealing keys and numbers of persons; second factor, sessions that can be told apart, identities of other houses, and
the three separated offices"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ROLES = ("security", "auditor")
TABLES = ("identities", "recovery_codes", "second_factors", "person_numbers", "person_keys")


def upgrade() -> None:
    for role in ROLES:
        op.execute(f"ALTER TYPE role ADD VALUE IF NOT EXISTS '{role}'")
    _separate()
    _sealed()
    _people()
    _second_factor()


def downgrade() -> None:
    """The roles stay: PostgreSQL takes no value out of an enumeration."""
    for table in TABLES:
        op.drop_table(table)
    for column in ("id", "standing", "address", "agent"):
        op.drop_column("sessions", column)
    op.drop_column("people", "demo")
    op.execute("ALTER TABLE roles DROP CONSTRAINT roles_separate")
    op.execute("DROP FUNCTION office(role)")


def _separate() -> None:
    """Nobody holds two of the separated offices, nor one of them beside any other role. By a function, for values that
    were just added may not be named in this transaction; and the text of a value never changes."""
    op.execute(
        """
        CREATE FUNCTION office(role) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT CASE WHEN $1::text IN ('security', 'auditor') THEN $1::text ELSE 'other' END $$
        """
    )
    op.execute(
        "ALTER TABLE roles ADD CONSTRAINT roles_separate EXCLUDE USING gist (person_id WITH =, office(role) WITH <>)"
    )


def _sealed() -> None:
    op.create_table(
        "person_keys",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("destroyed_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "person_numbers",
        _person(primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("blind", sa.LargeBinary, nullable=False),
        sa.Column("masked", sa.String(24), nullable=False),
        sa.UniqueConstraint("kind", "blind"),
    )


def _people() -> None:
    op.add_column("people", sa.Column("demo", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE people SET demo = true WHERE EXISTS (SELECT 1 FROM house_notes WHERE key = 'demo')")
    own = sa.Column("id", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()"))
    op.add_column("sessions", own)
    op.create_unique_constraint("uq_sessions_id", "sessions", ["id"])
    op.add_column("sessions", sa.Column("standing", sa.String(8), nullable=False, server_default="full"))
    op.add_column("sessions", sa.Column("address", sa.String(64)))
    op.add_column("sessions", sa.Column("agent", sa.String(160)))


def _second_factor() -> None:
    op.create_table(
        "second_factors",
        _person(primary_key=True),
        sa.Column("sealed", sa.String, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        _person(index=True),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(200), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        _person(index=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
    )


def _person(**options: Any) -> sa.Column[Any]:
    return sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, **options)
