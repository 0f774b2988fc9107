"""A number for the command centre: with its definition, unit, source, time, and the address of the rows behind it."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel

from admin.start.waiting import Figure


class Card(BaseModel):
    key: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    unit: str
    source: str
    """The tables that it is counted from."""
    at: datetime
    value: str
    """A decimal number; percentages with two places."""
    numerator: str | None = None
    denominator: str | None = None
    rows: str
    """Opens the rows that were counted: a list's address."""


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """Half-up with two places; nothing of nothing is 0.00."""
    share = Decimal(part) * 100 / Decimal(whole) if whole else Decimal(0)
    return str(share.quantize(Decimal("0.01"), ROUND_HALF_UP))


def figure(card: Card) -> Figure:
    """The card as one of the start page's numbers, which opens the module's own page at the card's rows."""
    return Figure(page=card.rows.replace("/api/", "/affairs/", 1), **card.model_dump(exclude={"rows"}))
