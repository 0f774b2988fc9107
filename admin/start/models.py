from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Entrance(Base):
    """A tier's entrance whose name somebody has changed; the others are called after their places."""

    __tablename__ = "portal_entrances"

    place_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
