"""The timetable's tables; migration 0019 makes them, with two triggers: what is published never changes, and whoever
leads a lesson is held like all others who are in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment


class Draft(Base):
    __tablename__ = "timetable_drafts"
    __table_args__ = (Index("ix_timetable_drafts_term_id_place_id", "term_id", "place_id"),)

    id: Mapped[Identity]
    term_id: Mapped[UUID] = mapped_column(ForeignKey("terms.id"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """Whose courses it holds."""
    name: Mapped[str] = mapped_column(String(60))
    revision: Mapped[int]
    """Moves on with each change; whoever sends an older one is told what changed since."""
    changed_at: Mapped[Moment]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class DraftLesson(Base):
    """A weekly lesson. One that was taken out keeps its row, so that the next editor is told."""

    __tablename__ = "timetable_draft_lessons"
    __table_args__ = (
        CheckConstraint("(weekday IS NULL) = (start IS NULL)", name="day_and_minute"),
        CheckConstraint("weekday IS NOT NULL OR NOT locked", name="locked_somewhere"),
    )

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("timetable_drafts.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[UUID] = mapped_column(
        ForeignKey("delivery_courses.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    start: Mapped[int | None] = mapped_column(SmallInteger)
    """Minutes from midnight."""
    locked: Mapped[bool]
    revision: Mapped[int]
    """The draft's, when this lesson last changed."""


class RuleChoice(Base):
    """What a place has decided about a rule; holds below it, unless a place nearer has decided."""

    __tablename__ = "timetable_rule_choices"

    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    on: Mapped[bool]
    weight: Mapped[int | None] = mapped_column(SmallInteger)


class Absence(Base):
    """Somebody or something that cannot at a time of the week (H2)."""

    __tablename__ = "timetable_absences"

    id: Mapped[Identity]
    term_id: Mapped[UUID] = mapped_column(ForeignKey("terms.id"), index=True)
    who_id: Mapped[UUID]
    """A person, class, room or school."""
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """Where they are, by which rights are judged."""
    weekday: Mapped[int] = mapped_column(SmallInteger)
    start: Mapped[int] = mapped_column(SmallInteger)
    end: Mapped[int] = mapped_column(SmallInteger)
    weeks: Mapped[str] = mapped_column(String(4))
    reason: Mapped[str] = mapped_column(String(200))


class Version(Base):
    """A published timetable of a place, numbered in its term. Never changes."""

    __tablename__ = "timetable_versions"
    __table_args__ = (UniqueConstraint("term_id", "place_id", "number"),)

    id: Mapped[Identity]
    term_id: Mapped[UUID] = mapped_column(ForeignKey("terms.id"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[Moment]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    lessons: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    placements: Mapped[Any] = mapped_column(JSON)
    """The weekly timetable: [[course id, number, weekday, start, locked], …]."""


class Setting(Base):
    """Who takes part in a course and where, as it was published: ids only, names are asked of the registry."""

    __tablename__ = "published_settings"
    __table_args__ = (UniqueConstraint("version_id", "course_id"),)

    id: Mapped[Identity]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("timetable_versions.id"))
    course_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(20))
    grade: Mapped[int] = mapped_column(SmallInteger)
    weeks: Mapped[str] = mapped_column(String(4))
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"))
    class_id: Mapped[UUID | None]
    seats: Mapped[Any] = mapped_column(JSON)
    """[{class, room, interactive, assistant}], ids as text."""
    textbook: Mapped[str] = mapped_column(String(40), default="")
    chapters: Mapped[list[str]] = mapped_column(JSON, default=list)


class PublishedLesson(Base):
    """A dated lesson as it is from one version on, until another; the database lets nothing but `until` be written."""

    __tablename__ = "published_lessons"
    __table_args__ = (
        Index(
            "uq_published_lessons_in_force",
            "term_id",
            "place_id",
            "course_id",
            "week",
            "number",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        Index(
            "ix_published_lessons_parties", "parties", postgresql_using="gin", postgresql_where=text("until IS NULL")
        ),
        Index("ix_published_lessons_version_id", "version_id", "starts_at", "id"),
        Index("ix_published_lessons_term_id_week", "term_id", "week", postgresql_where=text("until IS NULL")),
        Index("ix_published_lessons_lesson_id", "lesson_id", postgresql_where=text("until IS NULL")),
    )

    id: Mapped[Identity]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("timetable_versions.id"))
    term_id: Mapped[UUID] = mapped_column(ForeignKey("terms.id"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    course_id: Mapped[UUID]
    week: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(SmallInteger)
    until: Mapped[int | None]
    """The number of the version that replaced it; null: it is in force."""
    before_id: Mapped[UUID | None] = mapped_column(ForeignKey("published_lessons.id"))
    what: Mapped[str] = mapped_column(String(10))
    """What the version did: new, moved, changed, cancelled, restored."""
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    sequence: Mapped[int] = mapped_column(SmallInteger)
    cancelled: Mapped[bool]
    by_hand: Mapped[bool]
    """Cancelled or substituted by itself: the next timetable of weeks leaves it so."""
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(200))
    setting_id: Mapped[UUID] = mapped_column(ForeignKey("published_settings.id"))
    parties: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Everybody and everything in it, and every place above its rooms: who sees it is one overlap."""
    away: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """Classes that the lesson goes on without: their school is off on its day."""
    lesson_id: Mapped[UUID]
    """Of the classroom, which has it unless it is cancelled."""


class LessonHold(Base):
    """Whoever is in a lesson in person, and when: classes and assistants of published lessons, and of every lesson the
    one who teaches it, whom a trigger on lesson_teachers brings here. Nobody is in two at once."""

    __tablename__ = "lesson_holds"
    __table_args__ = (
        ExcludeConstraint(("who_id", "="), ("held", "&&"), name="ex_lesson_holds_twice_at_once", using="gist"),
    )

    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    who_id: Mapped[UUID] = mapped_column(primary_key=True)
    held: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)


class PlayedFallback(Base):
    """A room has begun the film that the plan names for when its line fails or nobody teaches."""

    __tablename__ = "played_fallbacks"

    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    resource_id: Mapped[UUID]
    """Of the library, which may have removed it since."""
    played_at: Mapped[Moment]


class Reminder(Base):
    """Its people have been told that it begins soon."""

    __tablename__ = "lesson_reminders"

    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[Moment]


class Feed(Base):
    """A calendar's private address: only the digest of its secret is here."""

    __tablename__ = "calendar_feeds"

    id: Mapped[Identity]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(6))
    who_id: Mapped[UUID] = mapped_column(index=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[Moment]
    read_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
