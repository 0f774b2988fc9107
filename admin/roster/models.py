"""Who belonged where, and when: what places were and will be, pupils' years in classes, promotions.

A day counts when `valid_from` ≤ day < `valid_to` (so with `since` and `until`). What holds today stands in the
registry's own tables; here is only what was or will be, so that lists never read a history.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, String, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment

Leaving = Literal["promoted", "transferred", "graduated", "left", "corrected"]
"""Why a pupil's time in a class ended; `corrected`: it was never so."""


class PlaceState(Base):
    """What a place was between two days, or will be from a day that is yet to come (`valid_to` null)."""

    __tablename__ = "organisation_states"
    __table_args__ = (
        ExcludeConstraint(
            ("organisation_id", "="),
            (func.daterange(text("valid_from"), text("valid_to")), "&&"),
            using="gist",
            name="ex_organisation_states_overlap",
        ),
    )

    id: Mapped[Identity]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    identification: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    """The document that the change rests on."""
    by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]


class Enrolment(Base):
    """A pupil's time in a class. The class of today stands in `pupils.class_id` too."""

    __tablename__ = "enrolments"
    __table_args__ = (
        ExcludeConstraint(
            ("person_id", "="),
            (func.daterange(text("since"), text("until")), "&&"),
            using="gist",
            name="ex_enrolments_overlap",
        ),
        Index("ix_enrolments_class_id", "class_id", "since"),
    )

    id: Mapped[Identity]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("classes.id"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    leaving: Mapped[Leaving | None] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(200), default="")


class Promotion(Base):
    """One press of "promote": all classes of a place into a school year."""

    __tablename__ = "promotions"

    id: Mapped[Identity]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    school_year: Mapped[int] = mapped_column(SmallInteger)
    day: Mapped[date] = mapped_column(Date)
    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]
    classes: Mapped[int]
    graduated: Mapped[int]
    """Classes that ended."""
    pupils: Mapped[int]
    """Of classes that ended."""
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    undone_at: Mapped[Moment | None]


class PromotedClass(Base):
    """What a promotion did to a class, so that it can be taken back."""

    __tablename__ = "promoted_classes"

    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("classes.id"), primary_key=True, index=True)
    before_name: Mapped[str] = mapped_column(String(40))
    before_grade: Mapped[int]
    before_year: Mapped[int] = mapped_column(SmallInteger)
    before_room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))
    after_name: Mapped[str] = mapped_column(String(40))
    after_grade: Mapped[int | None]
    """Null: the class left the school."""
    version: Mapped[int]
    """The class's version afterwards; a class that has moved on since is not taken back."""
