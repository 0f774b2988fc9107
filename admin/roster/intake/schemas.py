"""What the routes of imports take and give, as JSON."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from admin.roster.intake.models import Action, Kind, State
from admin.schemas import Named, NamedPlace


class Progress(BaseModel):
    stage: str
    """read, compare, checked, write, seal, applied."""
    done: int
    total: int
    """0: not known yet."""


class Counts(BaseModel):
    lines: int = 0
    wrong: int = 0
    create: int = 0
    move: int = 0
    same: int = 0
    classes: int = 0
    """Classes that are made."""


class Said(BaseModel):
    zh: str
    en: str


class ImportOut(BaseModel):
    id: UUID
    kind: Kind
    file_name: str
    state: State
    place: NamedPlace
    by: Named
    at: datetime
    day: date
    counts: Counts
    said: Said | None
    progress: Progress | None
    applied_at: datetime | None
    undone_at: datetime | None


class MistakeOut(Said):
    column: str


class LineOut(BaseModel):
    number: int
    """The row of the sheet."""
    kind: Literal["pupil", "staff"]
    school: str
    class_name: str | None
    name: str
    action: Action | None
    """Null: it has mistakes and is left out."""
    mistakes: list[MistakeOut]
