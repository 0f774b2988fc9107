"""What the routes of delegations take and give, as JSON."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, StringConstraints

from admin.rights import Role
from admin.schemas import Given, Named, Place

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class DelegationNew(Given):
    person_id: UUID
    role: Literal["admin", "bureau", "teacher", "assistant"]
    organisation_id: UUID
    starts_at: AwareDatetime | None = None
    """Now without one."""
    ends_at: AwareDatetime
    reason: Why


class DelegationOut(BaseModel):
    id: UUID
    role: Role
    organisation: Place
    to: Named
    by: Named
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    reason: str
    state: Literal["to_come", "holds", "over"]
