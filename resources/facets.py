"""How many resources there are of each kind, scope, medium and region, and along the contents tree, for the words of a
list. Each facet is counted as if nothing of its own were chosen, so that it can be changed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Region
from admin.who import Actor
from resources import counting
from resources.counting import NAMES, Counted, Names
from resources.models import Resource
from resources.reading import Wanted, filters
from resources.schemas import Branch, Facet, FacetsOut, RegionFacet

TREE = (Resource.phase, Resource.grade, Resource.subject, Resource.textbook_version, Resource.volume, Resource.unit)
"""Phase and grade are always told; the rest of the tree below the grade that is chosen."""
CHOICES: tuple[Names, ...] = (("kind",), ("scope",), ("medium",), ("region",))
PLACE: Names = ("phase", "grade")


async def facets(session: AsyncSession, who: Actor, wanted: Wanted) -> FacetsOut:
    unchosen = replace(wanted, kind=(), scope=(), medium=None, region=())
    unplaced = replace(unchosen, phase=None, grade=None, subject=None, textbook_version=None, volume=None, unit=None)
    shallow = replace(wanted, subject=None, textbook_version=None, volume=None, unit=None)
    if wanted == shallow:
        counted = await _counted(session, who, wanted, unplaced, (*CHOICES, PLACE))
    else:
        counted = await _counted(session, who, wanted, unchosen, CHOICES)
        counted |= await _counted(session, who, wanted, unplaced, (PLACE,))
    tree = [_branch(path, count) for path, count in counted[PLACE].items()]
    if wanted.grade is not None:
        tree += await _deep(session, who, replace(shallow, phase=None))
    tree.sort(key=lambda one: tuple(part.rjust(3) for part in one.path))
    kinds, scopes, media, regions = (
        [Facet(value=value, count=count) for (value,), count in counted[names].items() if value] for names in CHOICES
    )
    absent = set(wanted.region) - {one.value for one in regions}  # what is chosen stays to be seen, and to be unchosen
    regions += [Facet(value=code, count=0) for code in absent]
    return FacetsOut(kinds=kinds, scopes=scopes, media=media, regions=await _named(session, regions), tree=tree)


async def _counted(
    session: AsyncSession, who: Actor, wanted: Wanted, among: Wanted, facets: Iterable[Names]
) -> dict[Names, Counter[tuple[Any, ...]]]:
    """Each facet's values and how many there are among these, of what is chosen in the others."""
    chosen = {name: values for name in NAMES if (values := _chosen(wanted, name))}
    sets = {facet: tuple(name for name in NAMES if name in facet or name in chosen) for facet in facets}
    found = await counting.counts(session, who, among, dict.fromkeys(sets.values()))
    return {facet: _summed(found[names], facet, chosen) for facet, names in sets.items()}


def _chosen(wanted: Wanted, name: str) -> tuple[Any, ...]:
    value = getattr(wanted, name)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _summed(counted: Counted, facet: Names, chosen: dict[str, tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    others = {name: values for name, values in chosen.items() if name not in facet}
    counts: Counter[tuple[Any, ...]] = Counter()
    for cell, number in counted:
        if all(cell[name] in values for name, values in others.items()):
            counts[tuple(cell[name] for name in facet)] += number
    return counts


async def _deep(session: AsyncSession, who: Actor, wanted: Wanted) -> list[Branch]:
    query = select(*TREE, func.count()).where(*filters(who, wanted)).group_by(*TREE)
    return [_branch(row[:-1], row[-1]) for row in await session.execute(query)]


def _branch(path: Sequence[Any], count: int) -> Branch:
    return Branch(path=[str(part) for part in path], count=count)


async def _named(session: AsyncSession, found: list[Facet]) -> list[RegionFacet]:
    """The largest first."""
    query = select(Region.code, Region.name, Region.name_en).where(Region.code.in_([one.value for one in found]))
    names = {row.code: row for row in await session.execute(query)}
    named = [(names[one.value], one) for one in found if one.value in names]
    named.sort(key=lambda pair: (-pair[1].count, pair[0].code))
    return [RegionFacet(value=row.code, name=row.name, name_en=row.name_en, count=one.count) for row, one in named]
