"""What the routes of interchange take and give, as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from admin.schemas import Given
from resources.schemas import (
    Words,
)


class SourceNew(Given):
    """Another library that answers OAI-PMH."""

    name: Words
    address: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00]{1,580}$")]
    set_spec: Annotated[str, StringConstraints(max_length=120, pattern=r"^[\x21-\x7e]*$")] | None = None
    provider_id: UUID
    """The place in whose name its records stand here."""


class SourceOut(BaseModel):
    id: UUID
    name: str
    address: str
    set_spec: str | None
    provider_id: UUID
    harvested_until: datetime | None
    records: int
    trouble: str | None


class WrongRow(BaseModel):
    line: int
    zh: str
    en: str


class ResourceSheetOut(BaseModel):
    """What a sheet of metadata changed, or would change."""

    changed: int
    same: int
    wrong: list[WrongRow]
