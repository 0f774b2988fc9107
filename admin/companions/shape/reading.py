"""Reading a register: always inside the asker's places, paged by key, and on record where the rows are sensitive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.companions.shape.register import Register
from admin.models import Organisation
from admin.paging import DEFAULT_LIMIT, After, Limit, Words, having, one_of, page
from admin.registry import inside
from admin.schemas import Page
from admin.who import Actor
from core import audit
from core.errors import NotFound, TooLarge

MOST_ROWS = 20_000
"""Of one sheet: beyond it a filter is asked for."""
Where = Annotated[
    list[str], Query(max_length=8, description="filters such as `state:open` or `due<=2026-12-31`; all must hold")
]


@dataclass(frozen=True)
class Asked:
    where: Sequence[str] = field(default=())
    q: str | None = None
    after: str | None = None
    limit: int = DEFAULT_LIMIT


def asked(where: Where = [], q: Words = None, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Asked:  # noqa: B006
    return Asked(where, q, after, limit)


Ask = Annotated[Asked, Depends(asked)]


def within(register: Register, who: Actor, wanted: Asked) -> Select[*tuple[Any, ...]]:
    """The register's rows with the names of their places, as far as the asker's places reach."""
    place = getattr(register.row, register.scope or "place_id")
    query = select(register.row, Organisation.name_zh).join(Organisation, Organisation.id == place)
    query = query.where(inside(who.places(register.read))) if register.scope else query
    for condition in wanted.where:
        query = query.where(register.condition(condition))
    searched = [column.attribute for column in register.columns if column.words]
    return query.where(having(wanted.q, *searched)) if wanted.q and searched else query


async def listed(
    session: AsyncSession, register: Register, who: Actor, wanted: Asked, request: Request | None = None
) -> Page[Any]:
    query = within(register, who, wanted)
    rows, total, following = await page(session, query, register.order, wanted.after, wanted.limit)
    if register.sensitive:
        seen = noted(register, wanted, len(rows))
        await audit.record(session, who.id, f"{register.noun}.list", register.path, after=seen, request=request)
    names = await named(session, register, [row[0] for row in rows])
    return Page(items=[told(register, row[0], row[1], names) for row in rows], total=total, next=following)


def noted(register: Register, wanted: Asked, rows: int) -> dict[str, Any]:
    """A look as the audit log has it. The log forgets nothing, so words that name a person stay out of it."""
    if register.sensitive:
        return {"rows": rows, "filters": len(wanted.where), "searched": bool(wanted.q)}
    return {"rows": rows, "where": list(wanted.where), "q": wanted.q}


async def every(session: AsyncSession, register: Register, who: Actor, wanted: Asked) -> list[tuple[Any, str]]:
    """All rows that the filters leave, for a sheet. Raises TooLarge beyond MOST_ROWS."""
    query = within(register, who, wanted).order_by(*register.order.sorted()).limit(MOST_ROWS + 1)
    found = [(row[0], row[1]) for row in await session.execute(query)]
    if len(found) > MOST_ROWS:
        zh, en = f"超过 {MOST_ROWS} 行，请先筛选。", f"More than {MOST_ROWS} rows: filter them first."
        raise TooLarge("too-many-rows", zh=zh, en=en)
    return found


async def one(
    session: AsyncSession, register: Register, who: Actor, row_id: UUID, request: Request | None = None
) -> BaseModel:
    row, place = await reachable(session, register, who, row_id)
    if register.sensitive:
        await audit.record(session, who.id, f"{register.noun}.look", f"{register.noun}:{row.id}", request=request)
    return told(register, row, place, await named(session, register, [row]))


async def reachable(
    session: AsyncSession, register: Register, who: Actor, row_id: UUID, lock: bool = False
) -> tuple[Any, str]:
    """The row and its place's name. Outside the asker's places it is not found, like one that is not there."""
    query = within(register, who, Asked()).where(register.row.id == row_id)
    query = query.with_for_update(of=register.row) if lock else query
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound("row-unknown", zh="没有这一项，或不在您的范围内。", en="There is no such row within your place.")
    return found[0], found[1]


Names = Mapping[str, Mapping[UUID, tuple[str, str | None]]]
"""Of each column that refers to something: what its ids are called, also in English where it has such a name."""


async def named(session: AsyncSession, register: Register, rows: Sequence[Any]) -> Names:
    """One statement a column, whatever the number of rows."""
    found: dict[str, dict[UUID, tuple[str, str | None]]] = {}
    for name, refers in ((column.name, column.refers) for column in register.columns if column.refers):
        if wanted := {value for row in rows if (value := getattr(row, name)) is not None}:
            target = refers.shown.class_
            english = refers.english if refers.english is not None else null()
            query = select(target.id, refers.shown, english).where(one_of(target.id, wanted))
            found[name] = {row[0]: (row[1], row[2]) for row in await session.execute(query)}
    return found


def told(register: Register, row: Any, place: str, names: Names | None = None) -> BaseModel:
    columns = {column.key: getattr(row, column.key) for column in register.row.__table__.columns}
    place_id = getattr(row, register.scope or "place_id")
    called = {name: known[columns[name]] for name, known in (names or {}).items() if columns[name] in known}
    chinese, english = ({name: both[at] for name, both in called.items() if both[at]} for at in (0, 1))
    shown = {"place": {"id": place_id, "name": place}, "names": chinese, "names_en": english}
    return register.out.model_validate(columns | shown)


async def made(session: AsyncSession, register: Register, row: Any) -> BaseModel:
    """A row that was just written, with its place's name."""
    place = await session.get_one(Organisation, getattr(row, register.scope or "place_id"))
    return told(register, row, place.name_zh, await named(session, register, [row]))
