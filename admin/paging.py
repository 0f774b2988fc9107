"""Pages by key: a cursor holds the sort values of the last row, so that page 400 costs what page 1 costs and rows
that come or go in between neither repeat nor vanish."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    DateTime,
    Enum,
    Integer,
    Row,
    Select,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from core.database import Base
from core.errors import BadInput

DEFAULT_LIMIT, MOST = 50, 200
Limit = Annotated[int, Query(ge=1, le=MOST)]
After = Annotated[str | None, Query(max_length=600, description="`next` of the page before")]
Words = Annotated[str | None, Query(max_length=80, pattern=r"^[^\x00]*$", description="words in the name")]


def encode_cursor(values: Sequence[str]) -> str:
    packed = json.dumps(list(values), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(text: str) -> list[str]:
    """Raises ValueError for anything that `encode_cursor` did not make."""
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("not a list of texts")
    if any("\x00" in value or not value.isprintable() for value in values):
        raise ValueError("not words")
    return values


@dataclass(frozen=True)
class Order:
    """The columns that a list is sorted by; together they are unique."""

    keys: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = False

    def cursor(self, row: Row[Any]) -> str:
        """Of a row that has the keys as columns, or as attributes of its first column."""
        holder = row[0] if isinstance(row[0], Base) else row
        return encode_cursor([_written(getattr(holder, key.key)) for key in self.keys])

    def behind(self, cursor: str) -> ColumnElement[bool]:
        """The rows after the cursor, as one comparison that an index on the keys answers. Raises BadInput."""
        try:
            values = [_read(key, text) for key, text in zip(self.keys, decode_cursor(cursor), strict=True)]
        except ValueError:
            zh = "翻页位置 after 不对，请从第一页重新取。"
            en = "The cursor `after` is not one of ours; start again from the first page."
            raise BadInput("bad-cursor", zh=zh, en=en) from None
        row, last = tuple_(*self.keys), tuple_(*values)
        return row < last if self.descending else row > last

    def sorted(self) -> list[ColumnElement[Any]]:
        return [key.desc() if self.descending else key.asc() for key in self.keys]


async def page(
    session: AsyncSession,
    query: Select[*tuple[Any, ...]],
    order: Order,
    after: str | None,
    limit: int,
    count_to: int | None = None,
    values: Mapping[str, Any] | None = None,
    total: int | None = None,
) -> tuple[Sequence[Row[*tuple[Any, ...]]], int, str | None]:
    """The rows of one page, how many there are on all pages, and the cursor of the next: one statement. The query has
    the order's keys among its columns, or the object that they belong to as its first. With `count_to` counting
    stops behind that number: `count_to + 1` means "more than `count_to`", and costs the same for any length. The last
    column of a row is the number of rows. `values` are those of the query's own parameters. `total`: it is known."""
    count = counted(query, count_to) if total is None else select(literal(total))
    wanted = query.where(order.behind(after)) if after else query
    wanted = wanted.add_columns(count.correlate(None).scalar_subquery())
    rows = (await session.execute(wanted.order_by(*order.sorted()).limit(as_written(limit + 1)), values)).all()
    if not rows:
        return rows, await session.scalar(count, values) or 0, None
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], rows[0][-1], order.cursor(last) if last else None


def counted(query: Select[*tuple[Any, ...]], count_to: int | None) -> Select[int]:
    """How many rows the query has; with `count_to` counting stops behind that number."""
    bare = query.order_by(None)
    if count_to is None:
        return bare.with_only_columns(func.count(), maintain_column_froms=True)
    some = bare.with_only_columns(literal(1), maintain_column_froms=True).limit(count_to + 1)
    return select(func.count()).select_from(some.subquery())


def as_written(value: int | str | datetime) -> BindParameter[Any]:
    """A value of ours that stands in the statement itself. PostgreSQL plans a prepared statement once for all values:
    without knowing how few rows are wanted it would sort the whole table for a page."""
    return literal(value, literal_execute=True)


def one_of(column: InstrumentedAttribute[Any], values: Iterable[UUID | str]) -> ColumnElement[bool]:
    """Like IN, but with one array as its parameter: hundreds of ids cost no time in building the statement, and the
    statement stays the same, so that it is prepared once."""
    wanted = [value if isinstance(value, str) else value.hex for value in set(values)]
    return column == any_(cast(literal(wanted, ARRAY(Text)), ARRAY(Uuid)))


def containing(words: str) -> str:
    """A LIKE pattern for words that the user typed, whose % and _ mean themselves."""
    escaped = words.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def having(words: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """One of the columns contains the words that the user typed. Words without letters of two cases, such as Chinese
    ones, are looked for byte by byte: ILIKE folds every row's text first, which costs five times as much."""
    pattern = containing(words)
    if words.lower() == words.upper():
        return or_(*[column.like(pattern) for column in columns])
    return or_(*[column.ilike(pattern) for column in columns])


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(key: InstrumentedAttribute[Any], text: str) -> ColumnElement[Any]:
    value: Any = text
    if isinstance(key.type, Uuid):
        value = UUID(text)
    elif isinstance(key.type, DateTime):
        value = datetime.fromisoformat(text)
        if value.tzinfo is None:
            raise ValueError("a time without an offset")
    elif isinstance(key.type, Integer):
        value = int(text)
        if not -(2**63) <= value < 2**63:
            raise ValueError("beyond the column")
    elif isinstance(key.type, Enum) and text not in key.type.enums:
        raise ValueError("not one of the values")
    return literal(value, key.type)
