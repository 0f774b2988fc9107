"""Organisations with valid time; classes that are promoted; pupils' years in classes; delegations"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ENUM

revision = "0012"
down_revision = "0011"

TABLES = ("delegations", "promoted_classes", "promotions", "enrolments", "organisation_states")
PLACE_COLUMNS = ("since", "ended", "successor_id", "first_grade", "last_grade")
THIS_SCHOOL_YEAR = "EXTRACT(year FROM CURRENT_DATE - interval '8 months')"


def upgrade() -> None:
    _places()
    _classes()
    _enrolments()
    _promotions()
    _delegations()


def downgrade() -> None:
    """Pupils without class or PIN, which the older tables cannot hold, go."""
    for table in TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM pupils WHERE class_id IS NULL OR pin IS NULL")
    op.drop_index("ix_pupils_class_id", "pupils")
    op.alter_column("pupils", "class_id", nullable=False)
    op.alter_column("pupils", "pin", nullable=False)
    op.execute("ALTER TABLE classes DROP CONSTRAINT ex_classes_name")
    for column in ("school_year", "ended", "version"):
        op.drop_column("classes", column)
    for column in PLACE_COLUMNS:
        op.drop_column("organisations", column)


def _places() -> None:
    op.add_column("organisations", sa.Column("since", sa.Date))
    op.add_column("organisations", sa.Column("ended", sa.Date))
    op.add_column("organisations", _to("successor_id", "organisations", nullable=True))
    op.add_column("organisations", sa.Column("first_grade", sa.SmallInteger))
    op.add_column("organisations", sa.Column("last_grade", sa.SmallInteger))
    op.create_table(
        "organisation_states",
        _identity(),
        _to("organisation_id", "organisations", index=True),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        _text("name_zh", 80),
        _text("name_en", 120),
        _to("parent_id", "organisations", nullable=True, index=True),
        sa.Column("region_code", sa.String(12), sa.ForeignKey("regions.code")),
        sa.Column("identification", sa.String(10)),
        _text("reason", 200),
        _to("by", "people", nullable=True),
        _moment("at"),
    )
    _never_twice("organisation_states", "organisation_id", "valid_from", "valid_to")


def _classes() -> None:
    year = sa.Column("school_year", sa.SmallInteger, nullable=False, server_default=sa.text(THIS_SCHOOL_YEAR))
    op.add_column("classes", year)
    op.add_column("classes", sa.Column("ended", sa.Date))
    op.add_column("classes", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.execute(
        "ALTER TABLE classes ADD CONSTRAINT ex_classes_name EXCLUDE USING gist (school_id WITH =, name WITH =)"
        " WHERE (ended IS NULL)"
    )
    op.alter_column("pupils", "class_id", nullable=True)
    op.alter_column("pupils", "pin", nullable=True)
    op.create_index("ix_pupils_class_id", "pupils", ["class_id"])


def _enrolments() -> None:
    op.create_table(
        "enrolments",
        _identity(),
        _to("person_id", "people", ondelete="CASCADE", index=True),
        _to("class_id", "classes"),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("leaving", sa.String(12)),
        _text("note", 200),
    )
    op.create_index("ix_enrolments_class_id", "enrolments", ["class_id", "since"])
    _never_twice("enrolments", "person_id", "since", "until")
    op.execute(
        "INSERT INTO enrolments (id, person_id, class_id, since, note)"
        " SELECT gen_random_uuid(), person_id, class_id, CURRENT_DATE, '' FROM pupils"
    )


def _promotions() -> None:
    op.create_table(
        "promotions",
        _identity(),
        _to("place_id", "organisations", index=True),
        sa.Column("school_year", sa.SmallInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        _to("by", "people"),
        _moment("at"),
        *[sa.Column(name, sa.Integer, nullable=False) for name in ("classes", "graduated", "pupils")],
        _to("undone_by", "people", nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "promoted_classes",
        _to("promotion_id", "promotions", ondelete="CASCADE", primary_key=True),
        _to("class_id", "classes", primary_key=True, index=True),
        _text("before_name", 40),
        sa.Column("before_grade", sa.Integer, nullable=False),
        sa.Column("before_year", sa.SmallInteger, nullable=False),
        _to("before_room_id", "rooms", nullable=True),
        _text("after_name", 40),
        sa.Column("after_grade", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _delegations() -> None:
    op.create_table(
        "delegations",
        _identity(),
        _to("person_id", "people", ondelete="CASCADE", index=True),
        sa.Column("role", ENUM(name="role", create_type=False), nullable=False),
        _to("organisation_id", "organisations", index=True),
        _to("given_by", "people", index=True),
        _moment("starts_at"),
        _moment("ends_at"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        _text("reason", 200),
        _moment("created_at"),
    )


def _never_twice(table: str, owner: str, first: str, last: str) -> None:
    """No day counts twice for one owner."""
    range_of = f"daterange({first}, {last})"
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ex_{table}_overlap EXCLUDE USING gist ({owner} WITH =, {range_of} WITH &&)"
    )


def _identity() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", ondelete=options.pop("ondelete", None))
    return sa.Column(name, sa.Uuid, key, **{"nullable": False, **options})
