from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin.companions.shape.models import Kept
from core.database import Base


class ListItem(Kept, Base):
    __tablename__ = "list_items"
    __table_args__ = (Index("ix_list_items_created_at", "created_at", "id"),)

    programme: Mapped[str] = mapped_column(String(120))
    """The list that it stands on."""
    title: Mapped[str] = mapped_column(String(120))
    route: Mapped[str] = mapped_column(String(2000))
    """路线图: the way it is to be done."""
    starts: Mapped[date] = mapped_column(Date)
    due: Mapped[date | None] = mapped_column(Date)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(40))
