"""Loads the registry's tables from `data/`: the region codes, and places as rows of a tree. Loading again changes
nothing that is there: ids are made from the rows' own keys, so every load knows what it loaded before."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin import regions
from admin.identification import read
from admin.models import Organisation, Region
from admin.tree import may_hang_under, path_of
from core.database import Base

DATA = Path(__file__).parent / "data"
NAMESPACE = UUID("5d0c3b5e-9a35-4c5f-8a53-52230052230a")
"""Of ids made from keys; changing it would load everything a second time."""


def id_of(kind: str, key: str) -> UUID:
    return uuid5(NAMESPACE, f"{kind}:{key}")


def place(key: str) -> UUID:
    return id_of("place", key)


def room(key: str) -> UUID:
    return id_of("room", key)


def person(key: str) -> UUID:
    return id_of("person", key)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


async def load(session: AsyncSession) -> None:
    """Regions, the prefecture with its counties and 义龙新区, and the four demonstration schools."""
    await add(session, Region, [asdict(region) for region in regions.read_table()])
    await add_places(session, rows("places.csv"))


async def add_places(session: AsyncSession, lines: Sequence[dict[str, str]]) -> None:
    """A row's parent is an earlier row, or is in the database already."""
    known = {row.id: row for row in (await session.scalars(select(Organisation))).all()}
    made = []
    for line in lines:
        row = organisation(line, known.get(place(line["parent"])) if line["parent"] else None)
        known[row.id] = row
        made.append(row)
    await add(session, Organisation, [_columns(row) for row in made])


def organisation(line: dict[str, str], parent: Organisation | None) -> Organisation:
    """Raises ValueError for a tier under the wrong tier or a code that is none."""
    own = place(line["key"])
    row = Organisation(id=own, tier=line["tier"], name_zh=line["name_zh"], name_en=line["name_en"])
    if not may_hang_under(row.tier, parent.tier if parent else None):
        raise ValueError(f"{row.name_zh}: a {row.tier} cannot hang under {parent.name_zh if parent else 'nothing'}")
    row.parent_id = parent.id if parent else None
    row.county_id = own if row.tier == "county" else parent.county_id if parent else None
    row.region_code = line["region_code"]
    row.identification = str(read(line["identification"])) if line["identification"] else None
    row.path = path_of(own, parent.path if parent else None)
    row.version = 1
    row.model_from = date.fromisoformat(line["model_from"]) if line["model_from"] else None
    return row


async def add(session: AsyncSession, table: type[Base], values: Iterable[dict[str, Any]]) -> None:
    """Rows that are there already stay as they are."""
    if found := list(values):
        await session.execute(insert(table).on_conflict_do_nothing(), found)


def _columns(row: Organisation) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in Organisation.__table__.columns}
