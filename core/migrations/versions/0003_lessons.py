"""Lessons, their rooms and teachers without double booking, and the orders to be told"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ENUM, TSTZRANGE, ExcludeConstraint

revision = "0003"
down_revision = "0002"

TYPES = {
    "lesson_kind": ("dedicated", "master_teacher", "school_online"),
    "recording_policy": ("none", "teacher", "teacher_board"),
    "room_part": ("sending", "receiving"),
    "lesson_order": ("start", "change", "substitute", "end", "shutdown", "delete"),
}


def upgrade() -> None:
    for name, values in TYPES.items():
        ENUM(*values, name=name).create(op.get_bind())
    _lessons()
    _lesson_indexes()
    _lesson_rooms()
    _lesson_teachers()
    _lesson_orders()


def downgrade() -> None:
    for table in ("lesson_orders", "lesson_teachers", "lesson_rooms", "lessons"):
        op.drop_table(table)
    for name in TYPES:
        ENUM(name=name).drop(op.get_bind())


def _typed(name: str) -> ENUM:
    return ENUM(*TYPES[name], name=name, create_type=False)


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    cascade = options.pop("ondelete", None)
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{target}.id", ondelete=cascade), **{"nullable": False, **options})


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _lessons() -> None:
    op.create_table(
        "lessons",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("grade", sa.SmallInteger, sa.CheckConstraint("grade BETWEEN 1 AND 12", "grade"), nullable=False),
        sa.Column("kind", _typed("lesson_kind"), nullable=False),
        sa.Column("textbook_version", sa.String(120), nullable=False),
        sa.Column("volume", sa.String(1), sa.CheckConstraint("volume IN ('上', '下')", "volume"), nullable=False),
        sa.Column("chapter", sa.String(120), nullable=False),
        sa.Column("recording", _typed("recording_policy"), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        sa.Column("overrun", sa.SmallInteger, nullable=False),
        _moment("over_at"),
        _moment("started_at", nullable=True),
        _moment("ended_at", nullable=True),
        _moment("shutdown_at", nullable=True),
        sa.Column("shutdown_reason", sa.String(300)),
        _to("shutdown_by", "people", nullable=True),
        _to("teacher_id", "people", index=True),
        _to("substitute_id", "people", nullable=True, index=True),
        sa.Column("places", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        _to("created_by", "people", nullable=True),
        _moment("created_at"),
        sa.CheckConstraint("starts_at < ends_at", "begins_before_it_ends"),
    )


def _lesson_indexes() -> None:
    op.create_index("ix_lessons_starts_at", "lessons", ["starts_at", "id"])
    op.create_index("ix_lessons_over_at", "lessons", ["over_at"])
    op.create_index("ix_lessons_places", "lessons", ["places"], postgresql_using="gin")
    operators = {"title": "gin_trgm_ops"}
    op.create_index("ix_lessons_title_words", "lessons", ["title"], postgresql_using="gin", postgresql_ops=operators)


def _lesson_rooms() -> None:
    op.create_table(
        "lesson_rooms",
        _to("lesson_id", "lessons", ondelete="CASCADE", primary_key=True),
        _to("room_id", "rooms", primary_key=True),
        sa.Column("part", _typed("room_part"), nullable=False),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("held", TSTZRANGE, nullable=False),
        ExcludeConstraint(("room_id", "="), ("held", "&&"), name="ex_lesson_rooms_twice_at_once", using="gist"),
    )
    op.create_index("ix_lesson_rooms_room_id", "lesson_rooms", ["room_id"])
    only_one = sa.text("part = 'sending'")
    op.create_index("uq_lesson_rooms_sending", "lesson_rooms", ["lesson_id"], unique=True, postgresql_where=only_one)


def _lesson_teachers() -> None:
    op.create_table(
        "lesson_teachers",
        _to("lesson_id", "lessons", ondelete="CASCADE", primary_key=True),
        _to("person_id", "people"),
        sa.Column("held", TSTZRANGE, nullable=False),
        ExcludeConstraint(("person_id", "="), ("held", "&&"), name="ex_lesson_teachers_twice_at_once", using="gist"),
    )


def _lesson_orders() -> None:
    op.create_table(
        "lesson_orders",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("lesson_id", sa.Uuid, nullable=False, index=True),
        sa.Column("kind", _typed("lesson_order"), nullable=False),
        _moment("created_at"),
        _moment("sent_at", nullable=True),
    )
    unsent = sa.text("sent_at IS NULL")
    op.create_index("ix_lesson_orders_unsent", "lesson_orders", ["created_at"], postgresql_where=unsent)
