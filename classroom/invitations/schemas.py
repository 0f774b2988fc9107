"""What clients send and get about invitations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, StringConstraints

from admin.schemas import Code, Given, Named
from classroom.invitations.rules import Standing
from classroom.lessons.schemas import Words

Key = Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


class InvitationNew(Given):
    lesson_id: UUID
    name: Code
    organisation: Words
    valid_from: AwareDatetime | None = None
    """Without it, from the opening of the lesson's doors."""
    valid_until: AwareDatetime | None = None
    """Without it, to the lesson's end."""


class InvitedLesson(BaseModel):
    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime


class InvitationOut(BaseModel):
    id: UUID
    lesson: InvitedLesson
    name: str
    organisation: str
    valid_from: datetime
    valid_until: datetime
    state: Standing
    asked_by: Named
    approved_by: Named | None
    revoked_by: Named | None
    uses: int
    used_at: datetime | None


class InvitationMade(InvitationOut):
    key: str
    """Shown this once; it opens nothing before the prefecture has approved."""


class KeyGiven(Given):
    key: Key


class Invited(BaseModel):
    """All that the holder of a key learns: the lesson, and where to send."""

    name: str
    organisation: str
    lesson: InvitedLesson
    ticket: str
    whip_url: str
    whip_urls: list[str]
    slots: list[str]
    expires_at: datetime
