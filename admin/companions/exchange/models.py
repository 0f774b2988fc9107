from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin.companions.shape.models import Kept
from core.database import Base, Identity, Moment


class Dataset(Kept, Base):
    """An entry of the directory: who has what. `place_id` is the owner."""

    __tablename__ = "exchange_datasets"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(500))
    """数据从哪里来."""
    store: Mapped[str] = mapped_column(String(20))
    """数据放在哪里: `pushed` rows lie here; `module` is asked from the module that offers the code."""
    use: Mapped[str] = mapped_column(String(500))
    """数据如何使用."""
    share_class: Mapped[str] = mapped_column(String(20))
    columns: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    cells: Mapped[int] = mapped_column(default=0)
    filled: Mapped[int] = mapped_column(default=0)
    """Of the pushed rows: completeness is filled ÷ cells."""


class PushedRow(Base):
    __tablename__ = "exchange_rows"

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("exchange_datasets.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)


class Share(Kept, Base):
    """An application, and when approved the permission. `place_id` is the dataset's owner, who decides."""

    __tablename__ = "exchange_shares"

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("exchange_datasets.id"), index=True)
    for_place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(500))
    columns: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    until: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(40))


class Call(Base):
    """One asking for data, answered or refused."""

    __tablename__ = "exchange_calls"
    __table_args__ = (Index("ix_exchange_calls_share_id", "share_id", "at"),)

    id: Mapped[Identity]
    share_id: Mapped[UUID]
    by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]
    asked: Mapped[int]
    """Keys asked for; 0 means all."""
    given: Mapped[int]
    result: Mapped[str] = mapped_column(String(40))
    """`done`, or the code of the refusal."""
