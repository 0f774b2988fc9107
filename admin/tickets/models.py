from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment


class Ticket(Base):
    """A fault that somebody reported, with the line's own diagnosis. `place_id` is the school."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_created_at", "created_at", "id"),
        Index("ix_tickets_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    id: Mapped[Identity]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    version: Mapped[int]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[Moment]
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(500))
    lesson_id: Mapped[UUID | None]
    """The lesson that goes on meanwhile: then every minute counts."""
    diagnosis: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20))
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """Whose turn it is: the school or a place above it."""
    tier: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[Moment | None]
    """By when somebody there must take it; null once taken, and at the top."""
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    remedy: Mapped[str] = mapped_column(String(500))


class TicketStep(Base):
    __tablename__ = "ticket_steps"

    id: Mapped[Identity]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    at: Mapped[Moment]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """Null: the clock."""
    step: Mapped[str] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(500))
