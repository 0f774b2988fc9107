"""How many resources there are of each kind and scope, and along the contents tree, for the words of a list."""

from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin.who import Actor
from resources import counting
from resources.counting import Rows
from resources.models import Resource
from resources.reading import Wanted, filters
from resources.schemas import Branch, Facet, FacetsOut

TREE = (Resource.phase, Resource.grade, Resource.subject, Resource.textbook_version, Resource.volume, Resource.unit)
ROOT = TREE[:2]
"""Phase and grade are always told; the rest of the tree below what is chosen."""
KINDS = (Resource.kind, Resource.scope, Resource.medium)
NAMES = ("kinds", "scopes", "media")


@dataclass(frozen=True)
class _Asker:
    session: AsyncSession
    valkey: Redis
    who: Actor


async def facets(session: AsyncSession, valkey: Redis, who: Actor, wanted: Wanted) -> FacetsOut:
    """The kinds are counted as if none were chosen, the tree as if no place in it were: so both can be changed."""
    asker = _Asker(session, valkey, who)
    unplaced = replace(wanted, phase=None, grade=None, subject=None, textbook_version=None, volume=None, unit=None)
    kinds = await _ground(asker, replace(wanted, kind=(), scope=(), medium=None))
    tree = [_branch(row[len(KINDS) :]) for row in await _ground(asker, unplaced) if row[len(KINDS)]]
    if wanted.grade is not None:
        tree += [_branch(row) for row in await _deep(asker, replace(unplaced, grade=wanted.grade))]
    tree.sort(key=lambda one: tuple(str(part).rjust(3) for part in one.path))
    return FacetsOut(**_kinds(kinds), tree=tree)


async def _ground(asker: _Asker, wanted: Wanted) -> Rows:
    """Rows of a kind, a scope, a medium, or a phase with its grade, and how many; the others are None. One look at the
    resources answers for the whole first page."""
    columns = (*KINDS, *ROOT)
    sets = func.grouping_sets(*(tuple_(column) for column in KINDS), tuple_(*ROOT))
    return await _counted(asker, wanted, "ground", select(*columns, func.count()).group_by(sets))


async def _deep(asker: _Asker, wanted: Wanted) -> Rows:
    return await _counted(asker, wanted, "deep", select(*TREE, func.count()).group_by(*TREE))


async def _counted(asker: _Asker, wanted: Wanted, name: str, query: Any) -> Rows:
    async def count() -> Rows:
        found = await asker.session.execute(query.where(*filters(asker.who, wanted)))
        return [list(row) for row in found]

    return await counting.kept(asker.session, asker.valkey, asker.who, wanted, name, count)


def _kinds(rows: Rows) -> dict[str, list[Facet]]:
    found: dict[str, list[Facet]] = {name: [] for name in NAMES}
    for *values, _, _, count in rows:
        for name, value in zip(NAMES, values, strict=True):
            if value:
                found[name].append(Facet(value=value, count=count))
    return found


def _branch(row: Any) -> Branch:
    return Branch(path=[str(part) for part in row[:-1]], count=row[-1])
