from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.change_schemas import Version
from admin.schemas import Given, Named
from admin.tickets.rules import Kind

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]
Remedy = Annotated[Words, Field(min_length=1)]
Milliseconds = Annotated[float, Field(ge=0, le=600_000, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Kilobits = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]
Short = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]


class Diagnosis(Given):
    """What the page knows of its line at that moment; every part may be missing."""

    going: Short | None = None
    """The page's own word for what is going on, such as `reconnecting` or `weak`."""
    rtt_ms: Milliseconds | None = None
    loss_percent: Percent | None = None
    down_kbps: Kilobits | None = None
    up_kbps: Kilobits | None = None
    picture_height: Annotated[int, Field(ge=0, le=10_000)] | None = None
    audible: bool | None = None
    online: bool | None = None
    software: Short | None = None
    browser: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] | None = None


class TicketNew(Given):
    kind: Kind
    words: Words = ""
    room_id: UUID | None = None
    """Left out by a room's own box and by an account that is bound to a room."""
    lesson_id: UUID | None = None
    diagnosis: Diagnosis = Field(default_factory=Diagnosis)


class TicketTake(Given):
    version: Version


class TicketClose(Given):
    version: Version
    remedy: Remedy


class HelpTicket(BaseModel):
    id: UUID
    code: str
    """A short code to read over the telephone."""
    place: Named
    place_en: str
    county: str | None
    county_en: str | None
    room: Named | None
    kind: Kind
    words: str
    lesson_id: UUID | None
    diagnosis: Diagnosis
    state: Literal["open", "taken", "closed"]
    holder: Named
    holder_en: str
    tier: str
    due_at: datetime | None
    created_at: datetime
    created_by: Named | None
    taken_by: Named | None
    remedy: str
    version: int


class TicketStepOut(BaseModel):
    at: datetime
    by: Named | None
    """Null: nobody took it in time."""
    step: Literal["open", "escalate", "take", "close"]
    tier: str
    words: str
