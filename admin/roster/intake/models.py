"""Imports and their lines. A line holds no number of a person: numbers are read again from the file when it counts."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment

Kind = Literal["pupils", "staff", "oneroster"]
State = Literal["sent", "checked", "unreadable", "applied", "undone", "discarded"]
Action = Literal["create", "move", "same"]


class Import(Base):
    """sent → checked (or unreadable) → applied → undone; a checked one may be discarded."""

    __tablename__ = "imports"

    id: Mapped[Identity]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[Kind] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[State] = mapped_column(String(10))
    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]
    day: Mapped[date] = mapped_column(Date)
    """From which day the pupils are in their classes."""
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    said: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    """Why the file could not be read, in both languages."""
    applied_at: Mapped[Moment | None]
    undone_at: Mapped[Moment | None]

    @property
    def name_in_store(self) -> str:
        return f"imports/{self.id}"


class ImportLine(Base):
    __tablename__ = "import_lines"
    __table_args__ = (Index("ix_import_lines_blind", "import_id", "identity_blind"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """As the spreadsheet counts: the first row is 1."""
    kind: Mapped[Literal["pupil", "staff"]] = mapped_column(String(6))
    school: Mapped[str] = mapped_column(String(80))
    class_name: Mapped[str | None] = mapped_column(String(40))
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(40))
    username: Mapped[str | None] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(12))
    identity_blind: Mapped[bytes | None] = mapped_column(LargeBinary)
    pupil_blind: Mapped[bytes | None] = mapped_column(LargeBinary)
    mistakes: Mapped[Any] = mapped_column(JSON)
    """[{column, zh, en}]"""
    school_id: Mapped[UUID | None]
    class_id: Mapped[UUID | None]
    new_class: Mapped[bool]
    person_id: Mapped[UUID | None]
    action: Mapped[Action | None] = mapped_column(String(6))
    before_class_id: Mapped[UUID | None]
    before_name: Mapped[str | None] = mapped_column(String(40))
