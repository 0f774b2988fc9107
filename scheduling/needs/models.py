"""Quotas of a place, a class's own timetable, what the school corrects."""

from uuid import UUID

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Moment


class QuotaRow(Base):
    """A place with any row for a grade decides that grade whole; else the place above does, else the house's table."""

    __tablename__ = "quotas"

    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    grade: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    lessons: Mapped[int] = mapped_column(SmallInteger)


class OwnLesson(Base):
    """A lesson of a class's own timetable."""

    __tablename__ = "own_lessons"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    period: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    subject: Mapped[str] = mapped_column(String(20))
    teacher: Mapped[str] = mapped_column(String(40))
    qualified: Mapped[bool]
    """Whether the teacher may teach the subject; only such lessons count."""


class Correction(Base):
    """The school says how many lessons of a subject a class really has with a qualified teacher."""

    __tablename__ = "need_corrections"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    lessons: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(200))
    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]
