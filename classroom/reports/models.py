"""What each day came to, kept so that a month need not be counted from its sixty thousand receptions; migration 0028
makes the tables, and the triggers that note a day as stale with whatever changes its figures."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Identity, Integer
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class CountedDay(Base):
    """A day of the prefecture's clock whose figures are in the two tables below. One that is not here, or is stale, is
    counted where it is asked for."""

    __tablename__ = "counted_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)


class DayCounty(Base):
    __tablename__ = "day_counties"

    day: Mapped[date] = mapped_column(ForeignKey("counted_days.day", ondelete="CASCADE"), primary_key=True)
    county_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    planned: Mapped[int]
    held: Mapped[int]
    shut_down: Mapped[int]


class DaySchool(Base):
    __tablename__ = "day_schools"

    day: Mapped[date] = mapped_column(ForeignKey("counted_days.day", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    rooms: Mapped[int] = mapped_column(Integer)
    """Receiving rooms, once for each lesson."""


class StaleDay(Base):
    """Written in the transaction of the change, so that whoever sees the change sees this too. Never updated: writers
    do not wait for each other."""

    __tablename__ = "stale_days"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    day: Mapped[date | None] = mapped_column(Date, index=True)
    """None: all of them."""
