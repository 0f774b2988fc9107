"""Terms, the bureau's days, bells; quotas, own timetables, corrections; offers and courses of the delivery plan"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

TABLES = (
    "delivery_seats", "delivery_courses", "delivery_offers", "need_corrections", "own_lessons", "quotas",
    "bell_schedules", "calendar_days", "terms",
)  # fmt: skip


def upgrade() -> None:
    _calendar()
    _needs()
    _plan()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _calendar() -> None:
    op.create_table(
        "terms",
        _identity(),
        _to("place_id", "organisations"),
        *_small("school_year", "number"),
        _day("first"),
        _day("last"),
        _version(),
        sa.UniqueConstraint("place_id", "school_year", "number", name="uq_terms_place_id_school_year_number"),
    )
    _never_twice("terms", "place_id WITH =")
    op.create_table(
        "calendar_days",
        _to("place_id", "organisations", primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("taught", sa.Boolean, nullable=False),
        sa.Column("runs", sa.SmallInteger),
        _text("note", 120),
    )
    op.create_table(
        "bell_schedules",
        _identity(),
        _to("place_id", "organisations"),
        _text("stage", 16),
        _text("name", 60),
        _day("first"),
        sa.Column("last", sa.Date),
        sa.Column("periods", sa.JSON, nullable=False),
        _version(),
    )
    _never_twice("bell_schedules", "place_id WITH =, stage WITH =")


def _needs() -> None:
    op.create_table(
        "quotas",
        _to("place_id", "organisations", primary_key=True),
        sa.Column("grade", sa.SmallInteger, primary_key=True),
        sa.Column("subject", sa.String(20), primary_key=True),
        *_small("lessons"),
    )
    op.create_table(
        "own_lessons",
        _to("class_id", "classes", ondelete="CASCADE", primary_key=True),
        sa.Column("weekday", sa.SmallInteger, primary_key=True),
        sa.Column("period", sa.SmallInteger, primary_key=True),
        _text("subject", 20),
        _text("teacher", 40),
        sa.Column("qualified", sa.Boolean, nullable=False),
    )
    op.create_table(
        "need_corrections",
        _to("class_id", "classes", ondelete="CASCADE", primary_key=True),
        sa.Column("subject", sa.String(20), primary_key=True),
        *_small("lessons"),
        _text("reason", 200),
        _to("by", "people"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def _plan() -> None:
    op.create_table(
        "delivery_offers",
        _identity(),
        _to("school_id", "organisations", index=True),
        _to("teacher_id", "people"),
        _to("room_id", "rooms"),
        _text("subject", 20),
        *_small("first_grade", "last_grade", "lessons"),
        sa.UniqueConstraint("teacher_id", "subject", name="uq_delivery_offers_teacher_id_subject"),
    )
    op.create_table(
        "delivery_courses",
        _identity(),
        _to("term_id", "terms", index=True),
        _to("authority_id", "organisations", index=True),
        _text("name", 80),
        _text("kind", 16),
        _text("subject", 20),
        *_small("grade"),
        _to("lead_id", "people"),
        _to("room_id", "rooms"),
        _to("class_id", "classes", nullable=True),
        *_small("weekly", "minutes"),
        _text("weeks", 4),
        _version(),
    )
    op.create_table(
        "delivery_seats",
        _to("course_id", "delivery_courses", ondelete="CASCADE", primary_key=True),
        _to("class_id", "classes", ondelete="CASCADE", primary_key=True, index=True),
        _to("room_id", "rooms"),
        sa.Column("interactive", sa.Boolean, nullable=False),
        _to("assistant_id", "people", nullable=True),
        sa.Column("fallback_id", sa.Uuid),
    )


def _never_twice(table: str, owner: str) -> None:
    days = "daterange(first, last, '[]') WITH &&"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ex_{table}_overlap EXCLUDE USING gist ({owner}, {days})")


def _identity() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _version() -> sa.Column[Any]:
    return sa.Column("version", sa.Integer, nullable=False)


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date, nullable=False)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _small(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.SmallInteger, nullable=False) for name in names]


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", ondelete=options.pop("ondelete", None))
    return sa.Column(name, sa.Uuid, key, **{"nullable": False, **options})
