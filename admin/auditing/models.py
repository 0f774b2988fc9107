"""Walks along the audit chain; migration 0015 makes the table."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Identity, Moment


class AuditCheck(Base):
    """What one walk found. The chain alone cannot show that its end was cut off; the head of an earlier walk can."""

    __tablename__ = "audit_checks"

    id: Mapped[Identity]
    at: Mapped[Moment] = mapped_column(index=True)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """Null: the clock."""
    entries: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[int | None] = mapped_column(BigInteger)
    head_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    broken_at: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[float]
