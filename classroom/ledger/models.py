"""The ledger's tables (migrations 0004, 0020, 0026). One row a leg, one a room in a lesson; totals only grow."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, SmallInteger, String
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


class RoomAttendance(Base):
    """How long a receiving room was connected to a lesson, and how many pupils its assistant counted."""

    __tablename__ = "room_attendances"

    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    """At which it was there."""
    good_minutes: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Of these, the ones at which its line was good: voice and picture came as they should."""
    last_at: Mapped[Moment]
    """The last of them: the same minute counts once, whoever looks twice."""
    heads: Mapped[int | None] = mapped_column(SmallInteger)
