"""What every module's answers and bodies share."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer, StringConstraints

from admin.schemas import Named

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00]*$")]
Money = Annotated[Decimal, Field(ge=0, lt=Decimal("1e12"), max_digits=14, decimal_places=2)]
"""Yuan; never negative, never more than two places."""
MoneyOut = Annotated[Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str)]
"""As a text, so that no reader rounds it: JSON's numbers are binary in most of them."""
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]


class KeptOut(BaseModel):
    id: UUID
    place: Named
    version: int
    created_by: UUID | None
    created_at: datetime
    names: dict[str, str] = Field(default_factory=dict)
    """What the ids in the row's columns are called."""
    names_en: dict[str, str] = Field(default_factory=dict)
    """In English, those that have such a name: places."""
