from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Date, DateTime, Float, ForeignKey, Index, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin.companions.shape.models import Kept
from core.database import Base, Identity, Moment


class Child(Kept, Base):
    """`place_id` is where the child lives; the person has the family, and so the consent (admin/children)."""

    __tablename__ = "bracelet_children"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    born: Mapped[date] = mapped_column(Date)
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)


class Bracelet(Kept, Base):
    """Issued by the police; bound to at most one child."""

    __tablename__ = "bracelets"

    number: Mapped[str] = mapped_column(String(20), unique=True)
    child_id: Mapped[UUID | None] = mapped_column(ForeignKey("bracelet_children.id"), unique=True)


class Fix(Base):
    """A position. Degrees by WGS 84, accuracy in metres."""

    __tablename__ = "bracelet_fixes"
    __table_args__ = (Index("ix_bracelet_fixes_at", "at"),)

    child_id: Mapped[UUID] = mapped_column(ForeignKey("bracelet_children.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    lat: Mapped[float] = mapped_column(Float(53))
    lon: Mapped[float] = mapped_column(Float(53))
    accuracy: Mapped[float] = mapped_column(Float(53))
    source: Mapped[str] = mapped_column(String(10))


class Fence(Base):
    """Where the child should be between two times of the day, on the prefecture's clock."""

    __tablename__ = "bracelet_fences"

    id: Mapped[Identity]
    child_id: Mapped[UUID] = mapped_column(ForeignKey("bracelet_children.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    lat: Mapped[float] = mapped_column(Float(53))
    lon: Mapped[float] = mapped_column(Float(53))
    radius: Mapped[int]
    begins: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)


class Alert(Base):
    __tablename__ = "bracelet_alerts"
    __table_args__ = (UniqueConstraint("fence_id", "day", "kind"),)

    id: Mapped[Identity]
    child_id: Mapped[UUID] = mapped_column(ForeignKey("bracelet_children.id", ondelete="CASCADE"), index=True)
    fence_id: Mapped[UUID] = mapped_column(ForeignKey("bracelet_fences.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[Moment]


class SearchCase(Kept, Base):
    """Opened by the police on the guardian's report. Beyond `expires_at` it opens nothing any more."""

    __tablename__ = "bracelet_cases"

    child_id: Mapped[UUID] = mapped_column(ForeignKey("bracelet_children.id"), index=True)
    reported_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(40))
