"""The ledger's table; migration 0004 makes it. One row a leg, whose totals only grow."""

from uuid import UUID

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Moment


class RelayLeg(Base):
    __tablename__ = "relay_legs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Made by the relay that pulls: telling the same leg again changes its row and adds none."""
    lesson_id: Mapped[UUID] = mapped_column(index=True)
    child: Mapped[str] = mapped_column(String(80))
    parent: Mapped[str] = mapped_column(String(300))
    tier: Mapped[str] = mapped_column(String(20))
    slot: Mapped[str] = mapped_column(String(20))
    layer: Mapped[str] = mapped_column(String(20))
    since_at: Mapped[Moment]
    until_at: Mapped[Moment]
    bytes: Mapped[int] = mapped_column(BigInteger)
    packets: Mapped[int] = mapped_column(BigInteger)
    lost: Mapped[int] = mapped_column(BigInteger)
    gaps: Mapped[int] = mapped_column(Integer)
    gap_ms: Mapped[int] = mapped_column(BigInteger)
    delay_ms: Mapped[int | None] = mapped_column(Integer)
