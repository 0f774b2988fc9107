"""What the house holds about a person: each package says what it has, and how it lets go of it.

A `Holding` names one kind of data, tells it, erases it, and, where it rests on a consent, ends it when that is
withdrawn. The roof lists the modules that have some (`songjiao.HOLDINGS`), each with a tuple of that name; they load
when somebody asks, so this package knows none of those above it.
"""

import importlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.children.models import Purpose
from core.connections import Connections
from core.database import Base, json_ready

Rows = list[dict[str, Any]]
Telling = Callable[[AsyncSession, UUID], Awaitable[Rows]]
Ending = Callable[[AsyncSession, Connections, UUID], Awaitable[None]]


@dataclass(frozen=True)
class Holding:
    key: str
    zh: str
    en: str
    columns: tuple[str, ...]
    """"table.column" of each reference to a person that goes with it; a test finds those that nobody names."""
    tell: Telling
    erase: Ending
    purpose: Purpose | None = None
    withdraw: Ending | None = None
    """Ends what rested on the consent, keeping what does not: unpublishes, signs out."""


_modules: list[str] = []


def offer(modules: Iterable[str]) -> None:
    """Called by the roof in every process that may be asked."""
    _modules[:] = modules


def all_holdings() -> list[Holding]:
    return [one for name in _modules for one in importlib.import_module(name).HOLDINGS]


def rows_of(table: type[Base], column: str, *shown: str) -> Telling:
    """Tells the rows whose `column` is the person, with the `shown` columns."""

    async def tell(session: AsyncSession, person: UUID) -> Rows:
        columns = [getattr(table, name) for name in shown]
        rows = await session.execute(select(*columns).where(getattr(table, column) == person))
        return [json_ready(dict(zip(shown, row, strict=True))) for row in rows]

    return tell


def erase_rows(table: type[Base], *columns: str) -> Ending:
    """Deletes the rows in which one of the columns is the person."""

    async def erase(session: AsyncSession, ground: Connections, person: UUID) -> None:
        for column in columns:
            await session.execute(delete(table).where(getattr(table, column) == person))

    return erase


def plain(table: type[Base], column: str, zh: str, en: str, *shown: str, purpose: Purpose | None = None) -> Holding:
    """The usual kind: rows of one table that go with the person, and with the consent to `purpose`."""
    name = f"{table.__tablename__}.{column}"
    erase = erase_rows(table, column)
    withdraw = erase if purpose else None
    return Holding(name, zh, en, (name,), rows_of(table, column, *shown), erase, purpose, withdraw)
