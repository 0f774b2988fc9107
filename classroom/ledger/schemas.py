"""What the routes of the tree give, as JSON: the relays, and what each leg of a lesson carries."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from admin.schemas import Given, Named, Place
from classroom.cascade.registry import RelayTier

Health = Literal["ok", "weak", "down"]


class RelayLine(BaseModel):
    """What a relay pulls from above, all lessons together; the worst line counts for loss and delay."""

    health: Health
    legs: int
    kbps: float
    loss: float
    """A share, 0 to 1."""
    delay_ms: float | None


class RelayOut(BaseModel):
    name: str
    tier: RelayTier
    place: Place | None
    """None: it serves everybody."""
    parent: str | None
    """The parent's name; its address when nobody registered under that; null at the root."""
    address: str
    state: Literal["up", "draining", "down"]
    seen_at: datetime
    capacity: int
    """Sessions that it is built for."""
    sessions: int
    load: float
    """sessions ÷ capacity."""
    lessons: int
    kbps_in: float
    kbps_out: float
    line: RelayLine | None
    """To its parent; null while it pulls nothing."""


class LegOut(BaseModel):
    """One slot of a lesson over one hop: the figures of the last seconds while it lives, then the ledger's."""

    id: UUID
    parent: str
    child: str
    tier: RelayTier
    """The child's."""
    slot: str
    layer: str
    state: Literal["live", "over"]
    health: Health
    kbps: float
    loss: float
    delay_ms: float | None
    since: datetime
    until: datetime
    """When it was measured last."""
    bytes: int
    packets: int
    lost: int
    gaps: int
    """How often nothing came for more than half a second while something should have."""
    gap_ms: int


class HeadCount(Given):
    room_id: UUID
    heads: Annotated[int, Field(ge=0, le=500)]


class AttendanceOut(BaseModel):
    room: Named
    school: Named
    minutes: int
    of: int
    """Minutes of the lesson as planned."""
    attended: bool
    """Connected for at least 80 % of it."""
    good_minutes: int
    """Minutes at which the room's line was good."""
    received_well: bool
    """With a good line for at least 80 % of it."""
    heads: int | None
    """Pupils, as the assistant counted; null: nobody has."""
