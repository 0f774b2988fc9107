"""How many resources there are of each kind and scope, and along the contents tree, for the words of a list."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin.who import Actor
from resources.models import Resource
from resources.reading import Wanted, filters
from resources.schemas import Branch, Facet, FacetsOut

KINDS = (Resource.kind, Resource.scope, Resource.medium)
TREE = (Resource.phase, Resource.grade, Resource.subject, Resource.textbook_version, Resource.volume, Resource.unit)
ROOT = 2
"""Phase and grade are always told; the rest of the tree below what is chosen."""


async def facets(session: AsyncSession, who: Actor, wanted: Wanted) -> FacetsOut:
    """The kinds are counted as if none were chosen, the tree as if no place in it were: so both can be changed."""
    kinds = await _kinds(session, who, replace(wanted, kind=(), scope=(), medium=None))
    unplaced = replace(wanted, phase=None, grade=None, subject=None, textbook_version=None, volume=None, unit=None)
    tree = await _tree(session, who, unplaced, wanted)
    return FacetsOut(**kinds, tree=tree)


async def _kinds(session: AsyncSession, who: Actor, wanted: Wanted) -> dict[str, list[Facet]]:
    sets = func.grouping_sets(*[tuple_(column) for column in KINDS])
    query = select(*KINDS, func.count().label("found")).where(*filters(who, wanted)).group_by(sets)
    found: dict[str, list[Facet]] = {"kinds": [], "scopes": [], "media": []}
    for kind, scope, medium, count in await session.execute(query):
        name = "kinds" if kind else "scopes" if scope else "media"
        if value := kind or scope or medium:
            found[name].append(Facet(value=value, count=count))
    return found


async def _tree(session: AsyncSession, who: Actor, unplaced: Wanted, chosen: Wanted) -> list[Branch]:
    query = select(*TREE[:ROOT], func.count()).where(*filters(who, unplaced)).group_by(*TREE[:ROOT])
    branches = [_branch(row) for row in await session.execute(query)]
    if chosen.grade is not None:
        below = replace(unplaced, grade=chosen.grade)
        deep = select(*TREE, func.count()).where(*filters(who, below)).group_by(*TREE)
        branches += [_branch(row) for row in await session.execute(deep)]
    return sorted(branches, key=lambda one: tuple(str(part).rjust(3) for part in one.path))


def _branch(row: Any) -> Branch:
    return Branch(path=[str(part) for part in row[:-1]], count=row[-1])
