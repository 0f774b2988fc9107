"""The invitations' table; migration 0027 makes it."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Moment
from core.ids import new_id


class Invitation(Base):
    """A sender from outside the prefecture and the one lesson that its key opens; only the key's digest is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("valid_from < valid_until", name="begins_before_it_ends"),
        CheckConstraint("approved_by IS DISTINCT FROM asked_by OR approved_by IS NULL", name="approved_by_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    """Who sends."""
    organisation: Mapped[str] = mapped_column(String(120))
    """Whose she is, outside."""
    valid_from: Mapped[Moment]
    valid_until: Mapped[Moment]
    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[Moment]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[Moment | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[Moment | None]
    uses: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[Moment | None]
