"""The line tests' table; migration 0032 makes it."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Moment
from core.ids import new_id


class LineTest(Base):
    """One test, from its start on: a line that breaks in the middle of it leaves a row without checks."""

    __tablename__ = "line_tests"
    __table_args__ = (
        Index("ix_line_tests_place_id", "place_id", "begun_at"),
        Index("ix_line_tests_begun_at", "begun_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    """Also the private lesson's, which its ticket opens at the relays."""
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"))
    begun_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[Moment]
    told_at: Mapped[Moment | None]
    browser: Mapped[str] = mapped_column(String(300), default="", server_default="")
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
