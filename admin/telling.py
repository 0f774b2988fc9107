"""Lists as JSON that PostgreSQL makes and the web process hands on as text: an object, a check and a writer in Python
for each of its values cost more than all work of the database. That the text has the shape which the route declares is
held by tests (tests/admin/test_telling.py, tests/test_api_schema.py), not by checking each answer again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response
from sqlalchemy import JSON, ColumnElement, Select, Text, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.paging import Order, as_written, counted, encode_cursor

ITEM = "item"
Fields = Mapping[str, Any]


def json_of(fields: Fields) -> ColumnElement[Any]:
    """One object; the names are ours, never a user's, and stand in the statement as they are."""
    parts: list[Any] = []
    for name, value in fields.items():
        parts += (literal_column(f"'{name}'"), value)
    return func.json_build_object(*parts, type_=JSON)


def told(fields: Fields, order: Order | None = None) -> Select[*tuple[Any, ...]]:
    """A statement whose rows are an item's JSON as text, and the values that the list is sorted by, as text too."""
    keys = [cast(key, Text).label(f"sorted_by_{number}") for number, key in enumerate(order.keys if order else ())]
    return select(cast(json_of(fields), Text).label(ITEM), *keys)


async def page_told(
    session: AsyncSession,
    query: Select[*tuple[Any, ...]],
    order: Order,
    after: str | None,
    limit: int,
    values: Fields | None = None,
) -> Response:
    """Like `paging.page`, of a `told` statement and the values of its parameters: one statement, and the answer."""
    count = counted(query, None)
    wanted = query.where(order.behind(after)) if after else query
    wanted = wanted.add_columns(count.correlate(None).scalar_subquery())
    wanted = wanted.order_by(*order.sorted()).limit(as_written(limit + 1))
    rows = (await session.execute(wanted, dict(values or {}))).all()
    total = rows[0][-1] if rows else await session.scalar(count, dict(values or {})) or 0
    following = encode_cursor(rows[limit - 1][1:-1]) if len(rows) > limit else None
    return as_page([row[0] for row in rows[:limit]], total, following)


def as_page(items: Sequence[str], total: int, following: str | None) -> Response:
    body = f'{{"items":[{",".join(items)}],"total":{total},"next":{json.dumps(following)}}}'
    return Response(body, media_type="application/json")
