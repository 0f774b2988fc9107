"""The bureau's registry: regions, places, rooms, people, roles, sessions, devices, classes"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ENUM

revision = "0002"
down_revision = "0001"

TYPES = {
    "tier": ("province", "prefecture", "county", "township", "school", "teaching_point"),
    "room_kind": ("sending", "interactive", "listening"),
    "role": ("admin", "bureau", "teacher", "assistant", "student", "room", "demo_teacher"),
}
TABLES = (
    "sign_in_failures",
    "sessions",
    "pairings",
    "devices",
    "pupils",
    "classes",
    "roles",
    "people",
    "rooms",
    "organisations",
    "regions",
)


def upgrade() -> None:
    for name, values in TYPES.items():
        ENUM(*values, name=name).create(op.get_bind())
    _regions()
    _organisations()
    _rooms()
    _people()
    _classes()
    _devices()
    _sessions()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name in TYPES:
        ENUM(name=name).drop(op.get_bind())


def _typed(name: str) -> ENUM:
    return ENUM(*TYPES[name], name=name, create_type=False)


def _identity() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    cascade = options.pop("ondelete", None)
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{target}.id", ondelete=cascade), **{"nullable": False, **options})


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _regions() -> None:
    op.create_table(
        "regions",
        sa.Column("code", sa.String(12), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("name_en", sa.String, nullable=False),
        sa.Column("level", sa.String, nullable=False),
        sa.Column("parent_code", sa.String(12), sa.ForeignKey("regions.code")),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("successor", sa.String(12), sa.ForeignKey("regions.code", deferrable=True, initially="DEFERRED")),
        sa.Column("national", sa.Boolean, nullable=False),
    )


def _organisations() -> None:
    op.create_table(
        "organisations",
        _identity(),
        _to("parent_id", "organisations", nullable=True, index=True),
        _to("county_id", "organisations", nullable=True, index=True),
        sa.Column("tier", _typed("tier"), nullable=False),
        sa.Column("name_zh", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(120), nullable=False),
        sa.Column("region_code", sa.String(12), sa.ForeignKey("regions.code")),
        sa.Column("identification", sa.String(10), unique=True),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("model_from", sa.Date),
        sa.Column("model_to", sa.Date),
    )
    op.create_index(
        "ix_organisations_path", "organisations", ["path"], unique=True, postgresql_ops={"path": "text_pattern_ops"}
    )
    op.create_index("ix_organisations_tier_name", "organisations", ["tier", "name_zh", "id"])
    op.create_index("ix_organisations_name", "organisations", ["name_zh", "id"])
    _words("organisations", "name_zh")


def _rooms() -> None:
    op.create_table(
        "rooms",
        _identity(),
        _to("school_id", "organisations"),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", _typed("room_kind"), nullable=False),
        sa.Column("key", sa.String(24), nullable=False, unique=True),
        sa.UniqueConstraint("school_id", "name"),
    )
    op.create_index("ix_rooms_kind_key", "rooms", ["kind", "key"])


def _people() -> None:
    op.create_table(
        "people",
        _identity(),
        sa.Column("username", sa.String(40), unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("password", sa.String),
        sa.Column("language", sa.String(2), nullable=False),
        _to("room_id", "rooms", nullable=True, index=True),
        _moment("disabled_at", nullable=True),
    )
    op.create_index("ix_people_name", "people", ["name", "id"])
    _words("people", "name")
    op.create_table(
        "roles",
        _identity(),
        _to("person_id", "people", ondelete="CASCADE"),
        sa.Column("role", _typed("role"), nullable=False),
        _to("organisation_id", "organisations", index=True),
        sa.UniqueConstraint("person_id", "role", "organisation_id"),
    )
    op.create_index("ix_roles_role", "roles", ["role"])


def _classes() -> None:
    op.create_table(
        "classes",
        _identity(),
        _to("school_id", "organisations", index=True),
        _to("room_id", "rooms", nullable=True, index=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
    )
    op.create_table(
        "pupils",
        _to("person_id", "people", ondelete="CASCADE", primary_key=True),
        _to("class_id", "classes"),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("pin", sa.String, nullable=False),
        sa.UniqueConstraint("class_id", "name"),
    )


def _devices() -> None:
    op.create_table(
        "devices",
        _identity(),
        sa.Column("key", sa.LargeBinary, nullable=False, unique=True),
        _to("room_id", "rooms", index=True),
        _to("person_id", "people"),
        _to("paired_by", "people"),
        _moment("paired_at"),
        _moment("last_seen_at", nullable=True),
        _moment("revoked_at", nullable=True),
    )
    op.create_table(
        "pairings",
        _identity(),
        sa.Column("code", sa.String(6), nullable=False, unique=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        _moment("created_at"),
        _moment("expires_at", index=True),
        _to("room_id", "rooms", nullable=True),
        _to("claimed_by", "people", nullable=True),
        _moment("collected_at", nullable=True),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        _to("person_id", "people", ondelete="CASCADE", index=True),
        _to("device_id", "devices", ondelete="CASCADE", nullable=True, index=True),
        _moment("created_at"),
        _moment("expires_at", index=True),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("door", sa.LargeBinary, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        _moment("last_at", index=True),
        _moment("locked_until", nullable=True),
    )


def _words(table: str, column: str) -> None:
    """Trigrams, which find Chinese words too."""
    operators = {column: "gin_trgm_ops"}
    op.create_index(f"ix_{table}_words", table, [column], postgresql_using="gin", postgresql_ops=operators)
