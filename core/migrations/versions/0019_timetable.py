"""Drafts, rules and absences of the timetable; frozen versions and their lessons; who is held by a lesson; feeds"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE

revision = "0019"
down_revision = "0018"

TABLES = (
    "calendar_feeds", "lesson_holds", "published_lessons", "published_settings", "timetable_versions",
    "timetable_absences", "timetable_rule_choices", "timetable_draft_lessons", "timetable_drafts",
)  # fmt: skip

FREEZE = """
CREATE FUNCTION timetable_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'published_lessons' AND to_jsonb(OLD) ->> 'until' IS NULL
     AND to_jsonb(NEW) - 'until' = to_jsonb(OLD) - 'until' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what is published never changes (%)', TG_TABLE_NAME;
END $$
"""
HOLD = """
CREATE FUNCTION lesson_teacher_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM lesson_holds WHERE lesson_id = OLD.lesson_id AND who_id = OLD.person_id;
  ELSIF TG_OP = 'DELETE' THEN
    DELETE FROM lesson_holds WHERE lesson_id = OLD.lesson_id AND who_id = OLD.person_id;
    RETURN OLD;
  END IF;
  INSERT INTO lesson_holds (lesson_id, who_id, held) VALUES (NEW.lesson_id, NEW.person_id, NEW.held);
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    _drafts()
    _choices()
    _versions()
    _published()
    _holds()
    _feeds()


def downgrade() -> None:
    op.execute("DROP TRIGGER lesson_teacher_held ON lesson_teachers")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION lesson_teacher_held(), timetable_frozen()")


def _drafts() -> None:
    op.create_table(
        "timetable_drafts",
        _identity(),
        _to("term_id", "terms"),
        _to("place_id", "organisations"),
        _text("name", 60),
        *_whole("revision"),
        _moment("changed_at"),
        _to("changed_by", "people", nullable=True),
    )
    op.create_index("ix_timetable_drafts_term_id_place_id", "timetable_drafts", ["term_id", "place_id"])
    op.create_table(
        "timetable_draft_lessons",
        _to("draft_id", "timetable_drafts", ondelete="CASCADE", primary_key=True),
        _to("course_id", "delivery_courses", ondelete="CASCADE", primary_key=True, index=True),
        sa.Column("number", sa.SmallInteger, primary_key=True),
        sa.Column("weekday", sa.SmallInteger),
        sa.Column("start", sa.SmallInteger),
        sa.Column("locked", sa.Boolean, nullable=False),
        *_whole("revision"),
        sa.CheckConstraint("(weekday IS NULL) = (start IS NULL)", name="ck_timetable_draft_lessons_day_and_minute"),
        sa.CheckConstraint("weekday IS NOT NULL OR NOT locked", name="ck_timetable_draft_lessons_locked_somewhere"),
    )


def _choices() -> None:
    op.create_table(
        "timetable_rule_choices",
        _to("place_id", "organisations", primary_key=True),
        sa.Column("rule", sa.String(20), primary_key=True),
        sa.Column("on", sa.Boolean, nullable=False),
        sa.Column("weight", sa.SmallInteger),
    )
    op.create_table(
        "timetable_absences",
        _identity(),
        _to("term_id", "terms", index=True),
        sa.Column("who_id", sa.Uuid, nullable=False),
        _to("place_id", "organisations"),
        *_small("weekday", "start", "end"),
        _text("weeks", 4),
        _text("reason", 200),
    )


def _versions() -> None:
    op.create_table(
        "timetable_versions",
        _identity(),
        _to("term_id", "terms"),
        _to("place_id", "organisations"),
        *_whole("number"),
        _text("note", 200),
        _moment("published_at"),
        _to("published_by", "people", nullable=True),
        *_whole("lessons"),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("placements", sa.JSON, nullable=False),
        sa.UniqueConstraint("term_id", "place_id", "number", name="uq_timetable_versions_term_id_place_id_number"),
    )
    op.create_table(
        "published_settings",
        _identity(),
        _to("version_id", "timetable_versions"),
        sa.Column("course_id", sa.Uuid, nullable=False),
        _text("name", 80),
        _text("kind", 16),
        _text("subject", 20),
        *_small("grade"),
        _text("weeks", 4),
        _to("lead_id", "people"),
        _to("room_id", "rooms"),
        sa.Column("class_id", sa.Uuid),
        sa.Column("seats", sa.JSON, nullable=False),
        sa.UniqueConstraint("version_id", "course_id", name="uq_published_settings_version_id_course_id"),
    )


def _published() -> None:
    op.create_table(
        "published_lessons",
        _identity(),
        _to("version_id", "timetable_versions"),
        _to("term_id", "terms"),
        _to("place_id", "organisations"),
        sa.Column("course_id", sa.Uuid, nullable=False),
        *_small("week", "number"),
        sa.Column("until", sa.Integer),
        _to("before_id", "published_lessons", nullable=True),
        _text("what", 10),
        _moment("starts_at"),
        _moment("ends_at"),
        *_small("sequence"),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("cancelled", "by_hand")),
        _to("substitute_id", "people", nullable=True),
        _text("reason", 200),
        _to("setting_id", "published_settings"),
        sa.Column("parties", ARRAY(sa.Uuid), nullable=False),
        sa.Column("lesson_id", sa.Uuid, nullable=False),
    )
    in_force: dict[str, Any] = {"postgresql_where": sa.text("until IS NULL")}
    name = ["term_id", "place_id", "course_id", "week", "number"]
    op.create_index("uq_published_lessons_in_force", "published_lessons", name, unique=True, **in_force)
    gin: dict[str, Any] = {"postgresql_using": "gin", **in_force}
    op.create_index("ix_published_lessons_parties", "published_lessons", ["parties"], **gin)
    op.create_index("ix_published_lessons_version_id", "published_lessons", ["version_id", "starts_at", "id"])
    op.create_index("ix_published_lessons_term_id_week", "published_lessons", ["term_id", "week"], **in_force)
    op.execute(FREEZE)
    for table in ("timetable_versions", "published_settings", "published_lessons"):
        op.execute(
            f"CREATE TRIGGER timetable_frozen BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION timetable_frozen()"
        )


def _holds() -> None:
    op.create_table(
        "lesson_holds",
        _to("lesson_id", "lessons", ondelete="CASCADE", primary_key=True),
        sa.Column("who_id", sa.Uuid, primary_key=True),
        sa.Column("held", TSTZRANGE, nullable=False),
    )
    op.execute(
        "ALTER TABLE lesson_holds ADD CONSTRAINT ex_lesson_holds_twice_at_once"
        " EXCLUDE USING gist (who_id WITH =, held WITH &&)"
    )
    op.execute("INSERT INTO lesson_holds SELECT lesson_id, person_id, held FROM lesson_teachers")
    op.execute(HOLD)
    op.execute(
        "CREATE TRIGGER lesson_teacher_held AFTER INSERT OR UPDATE OR DELETE ON lesson_teachers"
        " FOR EACH ROW EXECUTE FUNCTION lesson_teacher_held()"
    )


def _feeds() -> None:
    op.create_table(
        "calendar_feeds",
        _identity(),
        sa.Column("digest", sa.String(64), nullable=False),
        _text("kind", 6),
        sa.Column("who_id", sa.Uuid, nullable=False, index=True),
        _to("made_by", "people", index=True),
        _moment("made_at"),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("read_at", "revoked_at")),
        sa.UniqueConstraint("digest", name="uq_calendar_feeds_digest"),
    )


def _identity() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _small(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.SmallInteger, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _to(name: str, target: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", ondelete=options.pop("ondelete", None))
    return sa.Column(name, sa.Uuid, key, **{"nullable": False, **options})
