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
from admin.roster.models import PlaceState
from admin.tree import may_hang_under, path_of
from core.clock import now
from core.database import Base

DATA = Path(__file__).parent / "data"
NAMESPACE = UUID("5d0c3b5e-9a35-4c5f-8a53-52230052230a")
"""Of ids made from keys; changing it would load everything a second time."""
IS_REGION = Organisation.tier.in_(("province", "prefecture", "county"))


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
    table = regions.read_table()
    await add(session, Region, [asdict(region) for region in table])
    await add_places(session, rows("places.csv"))
    await _add_histories(session, table)


async def _add_histories(session: AsyncSession, table: Sequence[regions.RegionCode]) -> None:
    """What the counties were before they became cities, as the region codes tell it."""
    today = {region.code: region for region in table if region.valid_to is None}
    places = {row.region_code: row for row in await session.scalars(select(Organisation).where(IS_REGION))}
    past = [region for region in table if region.successor in places]
    for region in past:
        place = places[region.successor]
        place.since = place.since or today[place.region_code or ""].valid_from
    await add(session, PlaceState, [_past(region, places[region.successor]) for region in past])


def _past(region: regions.RegionCode, place: Organisation) -> dict[str, Any]:
    names = {"name_zh": region.name, "name_en": region.name_en, "region_code": region.code, "reason": "GB/T 2260"}
    days = {"valid_from": region.valid_from, "valid_to": region.valid_to, "at": now()}
    own = id_of("state", f"{region.code}:{place.region_code}")
    return {"id": own, "organisation_id": place.id, "parent_id": place.parent_id, **names, **days}


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
