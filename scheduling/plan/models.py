"""The delivery plan: what model schools offer, the courses, and the classes that sit in them."""

from uuid import UUID

from sqlalchemy import JSON, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity


class Offer(Base):
    """A teacher of a model school has so many lessons a week for others."""

    __tablename__ = "delivery_offers"
    __table_args__ = (UniqueConstraint("teacher_id", "subject"),)

    id: Mapped[Identity]
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"))
    subject: Mapped[str] = mapped_column(String(20))
    first_grade: Mapped[int] = mapped_column(SmallInteger)
    last_grade: Mapped[int] = mapped_column(SmallInteger)
    lessons: Mapped[int] = mapped_column(SmallInteger)


class CourseRow(Base):
    __tablename__ = "delivery_courses"

    id: Mapped[Identity]
    term_id: Mapped[UUID] = mapped_column(ForeignKey("terms.id"), index=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    """A county decides within its own, the prefecture across."""
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(20))
    grade: Mapped[int] = mapped_column(SmallInteger)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"))
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("classes.id"))
    """The sending class, if pupils sit with the teacher."""
    weekly: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    weeks: Mapped[str] = mapped_column(String(4))
    textbook: Mapped[str] = mapped_column(String(40), default="")
    """Its edition; empty: the school's own."""
    chapters: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What each week of the term gets to, the first week first; empty where nothing is said."""
    version: Mapped[int] = mapped_column(default=1)


class Seat(Base):
    """A class that receives a course: where, with whom, and what plays when the line fails."""

    __tablename__ = "delivery_seats"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_courses.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True, index=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"))
    interactive: Mapped[bool]
    assistant_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    fallback_id: Mapped[UUID | None]
    """A resource of the library."""


class LineCapacity(Base):
    """What the bureau declares: of a school, what its line carries; of a county, what its relay does. In kbit/s."""

    __tablename__ = "line_capacities"

    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    uplink_kbit: Mapped[int | None]
    downlink_kbit: Mapped[int | None]
    relay_kbit: Mapped[int | None]
