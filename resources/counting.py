"""How many resources a person sees of each region, kind, scope, medium, phase and grade. For a whole library the
database keeps them (migration 0030), for a search they are counted."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Subquery,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from admin.tree import is_inside, is_inside_any
from admin.who import Actor
from resources import reach
from resources.models import Resource, ResourceCount
from resources.reading import Wanted, filters

COUNTS = ResourceCount
NAMES = ("region", "kind", "scope", "medium", "phase", "grade")
OWN = (Resource.region_code, Resource.kind, Resource.scope, Resource.medium, Resource.phase, Resource.grade)
Names = tuple[str, ...]
"""Some of NAMES, in their order."""
Counted = list[tuple[dict[str, Any], int]]
"""What the names are, and how many resources there are of it."""


async def counts(session: AsyncSession, who: Actor, wanted: Wanted, each: Iterable[Names]) -> dict[Names, Counted]:
    """By each of these sets of names; one look answers for all. What describes no resource is left out."""
    found: dict[Names, Counted] = {names: [] for names in each}
    source = kept(who) if wanted == Wanted() else looked_at(who, wanted)
    columns = [source.c[name] for name in NAMES]
    sets = func.grouping_sets(*(tuple_(*(source.c[name] for name in names)) for names in found))
    number = func.sum(source.c.number)
    query = select(func.grouping(*columns), number, *columns).group_by(sets).having(number > 0)
    for grouped, count, *values in await session.execute(query):
        names = _names(grouped)
        found[names].append(({name: value for name, value in zip(NAMES, values, strict=True) if name in names}, count))
    return found


def _names(grouped: int) -> Names:
    """PostgreSQL's GROUPING: a bit each, the last column's is the lowest, 0 where it is one of the set."""
    return tuple(name for place, name in enumerate(reversed(NAMES)) if not grouped >> place & 1)[::-1]


def looked_at(who: Actor, wanted: Wanted) -> Subquery:
    found: Subquery = _own(who, wanted).subquery()
    return found


def kept(who: Actor) -> Subquery:
    """What everybody with the same places sees, and what this person alone does."""
    reaches, places = reach_of(who.places("resources.read"), who.places("resources.review"))
    seen = or_(and_(_at(reaches), not_(COUNTS.below)), and_(_at(places), COUNTS.below))
    shared = select(*(getattr(COUNTS, name) for name in NAMES), COUNTS.count.label("number")).where(seen)
    alone = _own(who, Wanted()).where(reach.mine(who), not_(reach.shown(who)))
    return union_all(shared, alone).subquery()


def _own(who: Actor, wanted: Wanted) -> Any:
    named = (column.label(name) for column, name in zip(OWN, NAMES, strict=True))
    return select(*named, literal(1).label("number")).where(*filters(who, wanted))


def _at(places: Sequence[str]) -> ColumnElement[bool]:
    return COUNTS.place == any_(cast(literal(list(places), ARRAY(Text)), ARRAY(Text)))


def reach_of(read: tuple[str, ...], review: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """From which reaches one sees, and from which places also what lies below with a reach of its own: each resource
    once. Who reviews a place reads there too."""
    places = [
        one for one in dict.fromkeys(review) if not is_inside_any(one, [other for other in review if other != one])
    ]
    ways = [reach.EVERYBODY, *reach.prefixes((*read, *places))]
    return [way for way in ways if not any(is_inside(way, place) and way != place for place in places)], places
