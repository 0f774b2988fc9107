"""What the account's routes take and give."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from admin.change_schemas import Password
from admin.rights import Standing
from admin.schemas import Given, Named, Secret

Word = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class FactorState(BaseModel):
    on: bool
    compulsory: bool
    recovery_codes_left: int


class Enrolment(BaseModel):
    secret: str
    """In base32, for a telephone without a camera."""
    address: str
    picture: str
    """`address` as a QR code: the address of an SVG image."""


class CodeGiven(Given):
    code: Secret


class RecoveryCodes(BaseModel):
    codes: list[str]
    """Shown once; only their digests are kept."""


class PasswordChange(Given):
    now: Secret
    new: Password


class SessionLine(BaseModel):
    id: UUID
    created_at: datetime
    expires_at: datetime
    address: str | None
    agent: str | None
    device: bool
    standing: Standing
    here: bool
    """The session that asks."""


class SessionOf(SessionLine):
    person: Named


class IdentityOffer(BaseModel):
    offered: bool
    issuer: str | None


class IdentityRequest(BaseModel):
    address: str
    """Where the browser goes."""
    state: str
    binding: str
    """Kept by the page that asked; only with it is the answer taken."""


class IdentityAnswer(Given):
    state: Word
    code: Word
    binding: Word


class LinkedIdentity(BaseModel):
    issuer: str
    linked_at: datetime
