from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.change_schemas import Version
from admin.companions.shape.schemas import Day, KeptOut, Line, Prose
from admin.schemas import Given

Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9._-]{1,59}$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Columns = Annotated[list[ColumnName], Field(min_length=1, max_length=60)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
Keys = Annotated[list[Key], Field(max_length=1000)]
Cell = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] | bool | None
Words = Annotated[Prose, Field(min_length=1, max_length=500)]
ShareClass = Literal["unconditional", "conditional", "no"]


class DatasetNew(Given):
    place_id: UUID
    code: Code
    title: Line
    source: Words
    store: Literal["pushed", "module"]
    use: Words
    share_class: ShareClass
    columns: Columns


class DatasetChange(Given):
    version: Version
    title: Line = Field(default="")
    source: Words = Field(default="")
    use: Words = Field(default="")
    share_class: ShareClass = Field(default="conditional")


class DatasetOut(KeptOut):
    code: str
    title: str
    source: str
    store: str
    use: str
    share_class: str
    columns: list[str]
    place_id: UUID
    cells: int
    filled: int


class PushedRowIn(Given):
    key: Key
    values: Annotated[dict[ColumnName, Cell], Field(max_length=60)]


class Push(Given):
    rows: Annotated[list[PushedRowIn], Field(max_length=5000)]


class Apply(Given):
    dataset_id: UUID
    for_place_id: UUID
    purpose: Words
    columns: Columns
    until: Day


class ShareOut(KeptOut):
    dataset_id: UUID
    for_place_id: UUID
    purpose: str
    columns: list[str]
    until: date
    state: str


class CallIn(Given):
    keys: Keys = Field(default_factory=list)


class RowsOut(BaseModel):
    columns: list[str]
    rows: list[dict[str, Any]]


class CallOut(BaseModel):
    id: UUID
    by: UUID
    at: datetime
    asked: int
    given: int
    result: str
