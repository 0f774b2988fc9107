"""What an invitation's key opens at a moment. Plain rules; moments carry their zone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Standing = Literal["asked", "approved", "open", "expired", "revoked"]
"""Waits for approval; approved but not begun; its key opens the lesson; its time is over; taken back."""

SLOTS = ("teacher", "board")
"""What an invited sender may publish to: as a sending room's own equipment."""


@dataclass(frozen=True)
class Span:
    valid_from: datetime
    valid_until: datetime
    approved_at: datetime | None
    revoked_at: datetime | None


def standing(span: Span, moment: datetime) -> Standing:
    if span.revoked_at is not None:
        return "revoked"
    if moment >= span.valid_until:
        return "expired"
    if span.approved_at is None:
        return "asked"
    return "open" if moment >= span.valid_from else "approved"


def fits(valid_from: datetime, valid_until: datetime, opens: datetime, over: datetime) -> bool:
    """Whether the time asked for lies within the lesson's own, from its doors' opening to its end with overrun."""
    return opens <= valid_from < valid_until <= over
