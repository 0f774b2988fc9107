from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment


class Notice(Base):
    """Something that a person is told: in the app at once, by the outbox on the ways that she has named."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_person_id", "person_id", "at", "id"),)

    id: Mapped[Identity]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    """Of templates.TEMPLATES."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    page: Mapped[str] = mapped_column(String(200))
    """The desk's page that it opens, such as `/tickets/…`."""
    at: Mapped[Moment]
    read_at: Mapped[Moment | None]


class Outgoing(Base):
    """One notice on one way. Once sent or given up, `next_at` is null."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel", "address"),
        Index("ix_outbox_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    id: Mapped[Identity]
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    tries: Mapped[int]
    next_at: Mapped[Moment | None]
    sent_at: Mapped[Moment | None]
    said: Mapped[str] = mapped_column(String(300))
    """What the last refusal was; no address and no secret stand in it."""


class Way(Base):
    """Where a person wants to be told on a channel: a mail address or a mobile number."""

    __tablename__ = "notice_ways"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    address: Mapped[str] = mapped_column(String(200))
