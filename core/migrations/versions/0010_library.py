"""The library: resources, their way into the store, what is made of them, and what readers add"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0008"

TABLES = (
    "resource_quotas",
    "resource_sources",
    "resource_series",
    "lesson_requests",
    "resources",
    "resource_favourites",
    "resource_files",
    "resource_notes",
    "resource_reviews",
    "resource_series_items",
    "resource_uploads",
    "resource_watching",
)


def upgrade() -> None:
    op.execute("ALTER TYPE role ADD VALUE IF NOT EXISTS 'recorder'")
    _resource_quotas()
    _resource_sources()
    _resource_series()
    _lesson_requests()
    _resources()
    _resource_favourites()
    _resource_files()
    _resource_notes()
    _resource_reviews()
    _resource_series_items()
    _resource_uploads()
    _resource_watching()


def downgrade() -> None:
    """The role stays: PostgreSQL takes no value out of an enumeration."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _resource_quotas() -> None:
    op.create_table(
        "resource_quotas",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_resource_quotas_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_resource_quotas"),
    )


def _resource_sources() -> None:
    op.create_table(
        "resource_sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("address", sa.String(600), nullable=False),
        sa.Column("set_spec", sa.String(120), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("harvested_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["organisations.id"], name="fk_resource_sources_provider_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resource_sources"),
        sa.UniqueConstraint("address", name="uq_resource_sources_address"),
    )


def _resource_series() -> None:
    op.create_table(
        "resource_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("description", sa.String(1000), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("studio", sa.String(120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name="fk_resource_series_owner_id"),
        sa.ForeignKeyConstraint(["place_id"], ["organisations.id"], name="fk_resource_series_place_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resource_series"),
    )
    op.create_index("ix_resource_series_owner_id", "resource_series", ["owner_id"])
    op.create_index("ix_resource_series_place_id", "resource_series", ["place_id"])


def _lesson_requests() -> None:
    op.create_table(
        "lesson_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("teacher_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.String(500), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_lesson_requests_asked_by"),
        sa.ForeignKeyConstraint(["school_id"], ["organisations.id"], name="fk_lesson_requests_school_id"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["resource_series.id"], name="fk_lesson_requests_series_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["teacher_id"], ["people.id"], name="fk_lesson_requests_teacher_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_requests"),
    )
    op.create_index("ix_lesson_requests_school_id", "lesson_requests", ["school_id"])
    op.create_index("ix_lesson_requests_teacher_id", "lesson_requests", ["teacher_id"])


def _resources() -> None:
    op.create_table(
        "resources",
        *_catalogue(),
        *_state(),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_resources_author_id"),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name="fk_resources_created_by"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name="fk_resources_lesson_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["resources.id"], name="fk_resources_previous_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["organisations.id"], name="fk_resources_provider_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
        sa.UniqueConstraint("identifier", name="uq_resources_identifier"),
        sa.UniqueConstraint("lesson_id", name="uq_resources_lesson_id"),
    )
    _resource_indexes()


def _catalogue() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("description", sa.String(1000), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("textbook_version", sa.String(120), nullable=False),
        sa.Column("volume", sa.String(1), nullable=False),
        sa.Column("unit", sa.String(120), nullable=False),
        sa.Column("chapter", sa.String(120), nullable=False),
        sa.Column("licence", sa.String(20), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("provider_path", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=True),
        sa.Column("scope", sa.String(12), nullable=False),
        sa.Column("reach", sa.String(), nullable=False),
        sa.Column("review", sa.String(12), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("identifier", sa.String(300), nullable=True),
    ]


def _state() -> list[sa.Column[Any]]:
    return [
        sa.Column("address", sa.String(600), nullable=True),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("refusal", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("media", sa.String(10), nullable=True),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("content_type", sa.String(120), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("loudness", sa.Double(), nullable=True),
        sa.Column("chapters", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("completions", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _resource_indexes() -> None:
    op.create_index("ix_resources_author_id", "resources", ["author_id"])
    op.create_index(
        "ix_resources_book", "resources", ["phase", "grade", "subject", "textbook_version", "volume", "unit", "id"]
    )
    op.create_index("ix_resources_changed_at", "resources", ["changed_at"])
    op.create_index("ix_resources_created_by", "resources", ["created_by"])
    op.create_index("ix_resources_grams", "resources", ["grams"], postgresql_using="gin")
    op.create_index("ix_resources_kind", "resources", ["kind", "id"])
    op.create_index("ix_resources_previous_id", "resources", ["previous_id"])
    op.create_index("ix_resources_provider_id", "resources", ["provider_id"])
    op.create_index(
        "ix_resources_provider_path",
        "resources",
        ["provider_path"],
        postgresql_ops={"provider_path": "text_pattern_ops"},
    )
    op.create_index("ix_resources_reach", "resources", ["reach", "id"])
    op.create_index(
        "ix_resources_words", "resources", ["words"], postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}
    )


def _resource_favourites() -> None:
    op.create_table(
        "resource_favourites",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_resource_favourites_person_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_favourites_resource_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "resource_id", name="pk_resource_favourites"),
    )
    op.create_index("ix_resource_favourites_resource_id", "resource_favourites", ["resource_id"])


def _resource_files() -> None:
    op.create_table(
        "resource_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("track", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("store_name", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(120), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("codecs", sa.String(60), nullable=True),
        sa.Column("fragments", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_files_resource_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_files"),
        sa.UniqueConstraint(
            "resource_id", "role", "track", "number", name="uq_resource_files_resource_id_role_track_number"
        ),
    )


def _resource_notes() -> None:
    op.create_table(
        "resource_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_resource_notes_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_notes_resource_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_notes"),
    )
    op.create_index("ix_resource_notes_person_id", "resource_notes", ["person_id"])
    op.create_index("ix_resource_notes_resource_id", "resource_notes", ["resource_id", "at"])


def _resource_reviews() -> None:
    op.create_table(
        "resource_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("review", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name="fk_resource_reviews_by_id"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_reviews_resource_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_reviews"),
    )
    op.create_index("ix_resource_reviews_resource_id", "resource_reviews", ["resource_id"])


def _resource_series_items() -> None:
    op.create_table(
        "resource_series_items",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_series_items_resource_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["resource_series.id"], name="fk_resource_series_items_series_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "resource_id", name="pk_resource_series_items"),
    )
    op.create_index("ix_resource_series_items_resource_id", "resource_series_items", ["resource_id"])


def _resource_uploads() -> None:
    op.create_table(
        "resource_uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("track", sa.String(10), nullable=False),
        sa.Column("take", sa.SmallInteger(), nullable=False),
        sa.Column("content_type", sa.String(120), nullable=False),
        sa.Column("store_name", sa.String(), nullable=False),
        sa.Column("sending", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("part_size", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("fragments", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_resource_uploads_person_id"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_uploads_resource_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource_uploads"),
        sa.UniqueConstraint("resource_id", "track", "take", name="uq_resource_uploads_resource_id_track_take"),
    )
    op.create_index("ix_resource_uploads_deadline", "resource_uploads", ["deadline"])
    op.create_index("ix_resource_uploads_person_id", "resource_uploads", ["person_id"])


def _resource_watching() -> None:
    op.create_table(
        "resource_watching",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_resource_watching_person_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name="fk_resource_watching_resource_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_id", "person_id", name="pk_resource_watching"),
    )
    op.create_index("ix_resource_watching_person_id", "resource_watching", ["person_id", "changed_at"])
