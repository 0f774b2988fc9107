"""What readers add to a resource: notes, favourites, how far each has watched; series, and requests to a teacher."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Moment
from core.ids import new_id


class Watching(Base):
    """One viewer of one resource: so a view and a completion count once for each."""

    __tablename__ = "resource_watching"
    __table_args__ = (Index("ix_resource_watching_person_id", "person_id", "changed_at"),)

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[float]
    """Seconds, or the page: where she left."""
    completed: Mapped[bool]
    changed_at: Mapped[Moment]


class Favourite(Base):
    __tablename__ = "resource_favourites"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(
        ForeignKey("resources.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[Moment]


class Note(Base):
    """A remark at a moment of the recording (听评课)."""

    __tablename__ = "resource_notes"
    __table_args__ = (Index("ix_resource_notes_resource_id", "resource_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    at: Mapped[float]
    text: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[Moment]


class Series(Base):
    """Resources in an order, by a teacher or a studio (名师工作室)."""

    __tablename__ = "resource_series"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(1000))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    studio: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[Moment]


class SeriesItem(Base):
    __tablename__ = "resource_series_items"

    series_id: Mapped[UUID] = mapped_column(ForeignKey("resource_series.id", ondelete="CASCADE"), primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(
        ForeignKey("resources.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    place: Mapped[int] = mapped_column(SmallInteger)


class LessonRequest(Base):
    """A rural teacher asks a master teacher for a lesson; scheduling takes it from here."""

    __tablename__ = "lesson_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("resource_series.id", ondelete="SET NULL"))
    subject: Mapped[str] = mapped_column(String(120))
    grade: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10))
    """waiting, accepted or declined."""
    answer: Mapped[str] = mapped_column(String(500), default="")
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]


class Source(Base):
    """Another library that this one harvests by OAI-PMH."""

    __tablename__ = "resource_sources"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(600), unique=True)
    set_spec: Mapped[str | None] = mapped_column(String(120))
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The place in whose name its records stand here."""
    harvested_until: Mapped[Moment | None]
    records: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None] = mapped_column(String(300))
