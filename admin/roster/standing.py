"""The tree on any day, as statements: what holds on the day comes from the history if a row there holds it, else from
the place's own row."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Subquery, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.models import Organisation, Person
from admin.registry import inside
from admin.roster.models import PlaceState
from admin.roster.schemas import PlaceOut, StateOut, TreePlace
from admin.schemas import Page
from admin.tree import TIERS, ancestors, is_inside
from admin.who import Actor

MOST_BELOW = 1000
"""More hang under no place; a list that is longer is cut and says so by its total."""


def standing(day: date, name: str = "standing") -> Subquery:
    """Every place that there is on the day, as it is on that day."""
    when: ColumnElement[date] = cast(literal(day), Date)
    noted = select(PlaceState.id).where(PlaceState.organisation_id == Organisation.id, _holds(PlaceState, when))
    there = or_(Organisation.ended.is_(None), Organisation.ended > when)
    begun = or_(Organisation.since.is_(None), Organisation.since <= when)
    own = select(
        Organisation.id,
        Organisation.name_zh,
        Organisation.name_en,
        Organisation.parent_id,
        Organisation.region_code,
        Organisation.since,
        Organisation.ended.label("until"),
        Organisation.tier,
        Organisation.path,
    ).where(there, begun, ~noted.exists())
    was = (
        select(
            Organisation.id,
            PlaceState.name_zh,
            PlaceState.name_en,
            PlaceState.parent_id,
            PlaceState.region_code,
            PlaceState.valid_from,
            PlaceState.valid_to,
            Organisation.tier,
            Organisation.path,
        )
        .join(Organisation, Organisation.id == PlaceState.organisation_id)
        .where(there, _holds(PlaceState, when))
    )
    return union_all(own, was).subquery(name)


def _holds(state: type[PlaceState], when: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(
        or_(state.valid_from.is_(None), state.valid_from <= when), or_(state.valid_to.is_(None), state.valid_to > when)
    )


async def children(session: AsyncSession, who: Actor, day: date, parent: UUID | None) -> Page[TreePlace]:
    """The places under one, or without one the highest that the asker may read."""
    places = who.places("organisations.read")
    here, under = standing(day), standing(day, "under")
    below = select(func.count()).select_from(under).where(under.c.parent_id == here.c.id)
    query = select(here, below.scalar_subquery().label("below")).join(Organisation, Organisation.id == here.c.id)
    query = query.where(inside(places))
    query = query.where(here.c.parent_id == parent if parent else Organisation.path.in_(_highest(places)))
    rows = (await session.execute(query.limit(MOST_BELOW))).all()
    in_order = sorted(rows, key=lambda row: (TIERS.index(row.tier), row.name_zh, row.id))
    items = [_tree_place(who, row) for row in in_order]
    return Page(items=items, total=len(items), next=None)


def _highest(places: Sequence[str]) -> list[str]:
    return [place for place in places if not any(other != place and is_inside(place, other) for other in places)]


def _tree_place(who: Actor, row: Any) -> TreePlace:
    return TreePlace(
        id=row.id,
        name=row.name_zh,
        name_en=row.name_en,
        tier=row.tier,
        parent_id=row.parent_id,
        region_code=row.region_code,
        since=row.since,
        until=row.until,
        below=row.below,
        manages=manages(who, row.path),
    )


def manages(who: Actor, path: str) -> bool:
    """Whoever administers a place changes what lies below it; the place itself is the tier above's."""
    above, _, _ = path.rpartition(".")
    return bool(above) and who.may("organisations.change", above)


async def one(session: AsyncSession, who: Actor, row: Organisation) -> PlaceOut:
    """With all that it was and will be: three statements."""
    states = (await session.execute(_states(row.id))).all()
    wanted = {*ancestors(row.path), row.successor_id, *(state.parent_id for state, _ in states)} - {None}
    named = await session.execute(select(Organisation.id, Organisation.name_zh).where(Organisation.id.in_(wanted)))
    names: dict[UUID | None, str] = {found.id: found.name_zh for found in named}
    present = _state(_as_state(row), names, None, "present")
    planned_or_past = [
        _state(state, names, by, "planned" if state.valid_to is None else "past") for state, by in states
    ]
    planned = [state for state in planned_or_past if state.standing == "planned"]
    past = [state for state in planned_or_past if state.standing == "past"]
    return PlaceOut.model_validate(
        {name: getattr(row, name) for name in PLAIN}
        | {"name": row.name_zh, "manages": manages(who, row.path), "successor": _named(names, row.successor_id)}
        | {"way": [_named(names, place) for place in ancestors(row.path)[:-1]], "states": [*planned, present, *past]}
    )


PLAIN = (
    "id",
    "name_en",
    "tier",
    "region_code",
    "identification",
    "since",
    "ended",
    "first_grade",
    "last_grade",
    "version",
)


def _states(place: UUID) -> Select[PlaceState, str]:
    by = aliased(Person)
    query = select(PlaceState, by.name).outerjoin(by, by.id == PlaceState.by)
    query = query.where(PlaceState.organisation_id == place)
    return query.order_by(PlaceState.valid_to.desc().nulls_first())


def _as_state(row: Organisation) -> PlaceState:
    names = ("name_zh", "name_en", "parent_id", "region_code", "identification")
    values = {name: getattr(row, name) for name in names}
    return PlaceState(valid_from=row.since, valid_to=row.ended, reason="", at=None, **values)


def _state(state: PlaceState, names: dict[UUID | None, str], by: str | None, standing: Any) -> StateOut:
    return StateOut(
        since=state.valid_from,
        until=state.valid_to,
        name=state.name_zh,
        name_en=state.name_en,
        parent=_named(names, state.parent_id),
        region_code=state.region_code,
        identification=state.identification,
        reason=state.reason,
        by=by,
        at=state.at,
        standing=standing,
    )


def _named(names: dict[UUID | None, str], place: UUID | None) -> Any:
    return {"id": place, "name": names[place]} if place in names and place else None
