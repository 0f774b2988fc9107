"""Checks of the audit chain; guardians, consents and requests about children; reports of bullying; hidden words"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TABLES = ("hidden_words", "abuse_reports", "child_requests", "consents", "guardianships", "minors", "audit_checks")


def upgrade() -> None:
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.Uuid, primary_key=True),
        _moment("at", index=True),
        _to_person("by", nullable=True),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("head", sa.BigInteger),
        sa.Column("head_digest", sa.LargeBinary),
        sa.Column("broken_at", sa.BigInteger),
        sa.Column("seconds", sa.Float, nullable=False),
    )
    _families()
    _requests()
    _reports()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _families() -> None:
    op.create_table(
        "minors",
        _to_person("person_id", primary_key=True, ondelete="CASCADE"),
        sa.Column("born", sa.Date, nullable=False),
    )
    op.create_table(
        "guardianships",
        _id(),
        _to_person("guardian_id", index=True, ondelete="CASCADE"),
        _to_person("child_id", index=True, ondelete="CASCADE"),
        sa.Column("relation", sa.String(20), nullable=False),
        _to_person("confirmed_by"),
        _moment("since"),
        _moment("ended_at", nullable=True),
    )
    standing = sa.text("ended_at IS NULL")
    pair = ["guardian_id", "child_id"]
    op.create_index("uq_guardianships_standing", "guardianships", pair, unique=True, postgresql_where=standing)
    op.create_table(
        "consents",
        _id(),
        _to_person("child_id", index=True, ondelete="CASCADE"),
        _to_person("guardian_id", ondelete="CASCADE"),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("wording", sa.String(20), nullable=False),
        _moment("given_at"),
        _moment("withdrawn_at", nullable=True),
    )
    given = sa.text("withdrawn_at IS NULL")
    one = ["child_id", "purpose"]
    op.create_index("uq_consents_standing", "consents", one, unique=True, postgresql_where=given)


def _requests() -> None:
    op.create_table(
        "child_requests",
        _id(),
        _to_person("child_id", index=True, ondelete="CASCADE"),
        _to_person("by_id", ondelete="CASCADE"),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        _moment("at"),
        _moment("due_at", index=True),
        _moment("done_at", nullable=True),
        _to_person("done_by", nullable=True),
        sa.Column("answer", sa.String(1000)),
    )


def _reports() -> None:
    op.create_table(
        "abuse_reports",
        _id(),
        _to_person("by_id", index=True, ondelete="CASCADE"),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("lesson_id", sa.Uuid),
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisations.id"), nullable=False, index=True),
        _moment("at"),
        _moment("due_at", index=True),
        _moment("taken_at", nullable=True),
        _to_person("taken_by", nullable=True),
        _moment("closed_at", nullable=True),
        _to_person("closed_by", nullable=True),
        sa.Column("outcome", sa.String(1000)),
        sa.Column("handed_on", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "hidden_words",
        sa.Column("word", sa.String(40), primary_key=True),
        _to_person("by"),
        _moment("at"),
    )


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _to_person(name: str, ondelete: str | None = None, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey("people.id", ondelete=ondelete), **{"nullable": False, **options})
