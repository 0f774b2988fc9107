"""What the audit administrator's routes take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, StringConstraints

from admin.schemas import Named

Plain = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]
Form = Literal["csv", "jsonl"]


class Wanted(BaseModel):
    """Which entries. All conditions hold together."""

    since: datetime | None = None
    until: datetime | None = None
    actor: UUID | None = None
    action: Plain | None = None
    """How the action begins: "lesson" or "lesson.create"."""
    object: Plain | None = None
    """As it is written: "person:…"."""
    result: Literal["done", "refused"] | None = None


Filters = Annotated[Wanted, Query()]


class EntryLine(BaseModel):
    number: int
    at: datetime
    actor: Named | None
    action: str
    object: str
    result: str
    address: str | None
    request: str | None
    sealed: bool
    """It tells of a person, and is opened by a look that is itself written down."""


class EntryOut(EntryLine):
    before: Any
    after: Any
    erased: bool
    """The words were about a person who has been erased since."""
    digest: str


class CheckOut(BaseModel):
    id: UUID
    at: datetime
    by: Named | None
    entries: int
    broken_at: int | None
    seconds: float
