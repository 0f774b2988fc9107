"""What every module's rows have, and the two tables that all modules share: steps taken, and files."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment


class Kept:
    """A row that belongs to a place and moves on by versions. A module's table is `class Item(Kept, Base)`."""

    id: Mapped[Identity]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[Moment]


class StepTaken(Base):
    """One step of one row's state machine: the row's history."""

    __tablename__ = "companion_steps"
    __table_args__ = (Index("ix_companion_steps_row_id", "row_id", "at"),)

    id: Mapped[Identity]
    row_id: Mapped[UUID]
    step: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(40))
    after: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]


class KeptFile(Base):
    """A file that belongs to a row: the evidence. Its bytes lie in the store under `name_in_store`."""

    __tablename__ = "companion_files"

    id: Mapped[Identity]
    row_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]

    @property
    def name_in_store(self) -> str:
        return f"companions/{self.row_id}/{self.id}"
