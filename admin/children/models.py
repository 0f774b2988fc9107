"""Minors, their families, and what was agreed, asked and reported; migration 0015 makes the tables."""

from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment

Purpose = Literal["live", "recording", "space", "bracelet"]
RequestKind = Literal["correction", "erasure"]
ReportKind = Literal["bullying", "content", "stranger", "other"]
PURPOSES: tuple[Purpose, ...] = ("live", "recording", "space", "bracelet")


class Minor(Base):
    __tablename__ = "minors"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    born: Mapped[date] = mapped_column(Date)


class Guardianship(Base):
    __tablename__ = "guardianships"
    __table_args__ = (
        Index(
            "uq_guardianships_standing",
            "guardian_id",
            "child_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Identity]
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    relation: Mapped[str] = mapped_column(String(20))
    confirmed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    since: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class Consent(Base):
    """A guardian's word for one purpose: given with the own account, or signed on paper, which the school keeps and
    somebody writes down here. Withdrawn it stays, as the record of when it held."""

    __tablename__ = "consents"
    __table_args__ = (
        Index(
            "uq_consents_standing", "child_id", "purpose", unique=True, postgresql_where=text("withdrawn_at IS NULL")
        ),
        CheckConstraint(
            "guardian_id IS NOT NULL OR (recorded_by IS NOT NULL AND paper IS NOT NULL AND signed_on IS NOT NULL)",
            name="has_a_source",
        ),
    )

    id: Mapped[Identity]
    child_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    paper: Mapped[str | None] = mapped_column(String(80))
    """Where the signed papers are kept."""
    signed_on: Mapped[date | None] = mapped_column(Date)
    purpose: Mapped[Purpose] = mapped_column(String(12))
    wording: Mapped[str] = mapped_column(String(20))
    """Which text was agreed to."""
    given_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]


class ChildRequest(Base):
    """What a guardian asks for; answered by a time (PIPL, articles 46, 47 and 50)."""

    __tablename__ = "child_requests"

    id: Mapped[Identity]
    child_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[RequestKind] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(1000))
    at: Mapped[Moment]
    due_at: Mapped[Moment] = mapped_column(index=True)
    done_at: Mapped[Moment | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str | None] = mapped_column(String(1000))


class AbuseReport(Base):
    """Somebody asks for help. It lies with one place, until that place's time is over and the next above has it."""

    __tablename__ = "abuse_reports"

    id: Mapped[Identity]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ReportKind] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(1000))
    lesson_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    at: Mapped[Moment]
    due_at: Mapped[Moment] = mapped_column(index=True)
    taken_at: Mapped[Moment | None]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[Moment | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str | None] = mapped_column(String(1000))
    handed_on: Mapped[int] = mapped_column(default=0, server_default="0")


class HiddenWord(Base):
    __tablename__ = "hidden_words"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]
