"""Terms, the bureau's own days and bell schedules. Each belongs to a place and holds for all schools below it, unless a
place nearer to the school has its own."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, SmallInteger, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity
from scheduling.calendar.bells import Stage


class TermRow(Base):
    __tablename__ = "terms"
    __table_args__ = (
        UniqueConstraint("place_id", "school_year", "number"),
        ExcludeConstraint(
            ("place_id", "="),
            (func.daterange(text("first"), text("last"), text("'[]'")), "&&"),
            using="gist",
            name="ex_terms_overlap",
        ),
    )

    id: Mapped[Identity]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    school_year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(SmallInteger)
    """1 autumn, 2 spring."""
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)


class CalendarDay(Base):
    """A row of the bureau's own table."""

    __tablename__ = "calendar_days"

    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    taught: Mapped[bool]
    runs: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str] = mapped_column(String(120))


class BellRow(Base):
    """The bells of one season: valid from `first` to `last`, both included."""

    __tablename__ = "bell_schedules"
    __table_args__ = (
        ExcludeConstraint(
            ("place_id", "="),
            ("stage", "="),
            (func.daterange(text("first"), text("last"), text("'[]'")), "&&"),
            using="gist",
            name="ex_bell_schedules_overlap",
        ),
    )

    id: Mapped[Identity]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    stage: Mapped[Stage] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date | None] = mapped_column(Date)
    periods: Mapped[Any] = mapped_column(JSON)
    """[[start, end], …] in minutes from midnight."""
    version: Mapped[int] = mapped_column(default=1)
