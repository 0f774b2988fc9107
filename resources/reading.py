"""Finding resources, and how they look as JSON. A list is a constant number of queries, whatever its length."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, and_, case, cast, exists, false, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.models import Organisation
from admin.paging import Order, as_written, containing, counted, one_of, page
from admin.schemas import Page
from admin.who import Actor
from core.store import Store
from resources import reach, searching
from resources.kinds import Kind, Medium, Phase, Review, Scope, Volume
from resources.models import Resource, ResourceFile
from resources.reader_models import Favourite, SeriesItem
from resources.schemas import ResourceCard

COUNT_TO = 1000
"""Resources are counted so far; a longer list says "more than that"."""
NEWEST = Order((Resource.id,), descending=True)
INSIDE = aliased(SeriesItem)
IN_SERIES = Order((INSIDE.place,))
CARD: tuple[str, ...] = (
    *("id", "title", "description", "kind", "phase", "grade", "subject", "textbook_version", "volume", "unit"),
    *("chapter", "licence", "scope", "review", "author", "author_id", "medium", "stage", "refusal", "progress"),
    *("bytes", "seconds", "pages", "views", "completions", "lesson_id", "edition", "created_at", "published_at"),
)


@dataclass(frozen=True)
class Wanted:
    """What a list asks for; None asks nothing."""

    q: str | None = None
    kind: tuple[Kind, ...] = ()
    phase: Phase | None = None
    grade: int | None = None
    subject: str | None = None
    textbook_version: str | None = None
    volume: Volume | None = None
    unit: str | None = None
    medium: Medium | None = None
    scope: tuple[Scope, ...] = ()
    region: tuple[str, ...] = ()
    review: Review | None = None
    provider: UUID | None = None
    author: UUID | None = None
    lesson: UUID | None = None
    series: UUID | None = None
    favourite: bool = False
    mine: bool = False


async def resources(
    session: AsyncSession, store: Store, who: Actor, wanted: Wanted, after: str | None, limit: int
) -> Page[ResourceCard]:
    columns = [getattr(Resource, name) for name in CARD]
    # not joined: PostgreSQL looks up the names of one page, after it has sorted, instead of everything that was found
    provider = select(Organisation.name_zh).where(Organisation.id == Resource.provider_id).scalar_subquery()
    conditions, total = await _planned(session, who, wanted)
    query = select(*columns, Resource.provider_id, provider.label("provider")).where(*conditions)
    order = NEWEST
    if wanted.series:
        held = (INSIDE.resource_id == Resource.id) & (INSIDE.series_id == wanted.series)
        query, order = query.join(INSIDE, held).add_columns(INSIDE.place), IN_SERIES
    rows, total, following = await page(session, query, order, after, limit, COUNT_TO, total=total)
    found = await posters(session, store, [row.id for row in rows])
    items = [ResourceCard.model_validate(card(row, found)) for row in rows]
    return Page[ResourceCard](items=items, total=total, next=following)


async def _planned(session: AsyncSession, who: Actor, wanted: Wanted) -> tuple[list[ColumnElement[bool]], int | None]:
    """The filters and, where it was counted, how many there are. PostgreSQL takes the pairs of a word for independent
    of each other: it expects nothing, fetches all that is found and sorts it for a page. So several are counted first.
    Of many, the newest are soon met on the way from the newest resource down: that way is left to PostgreSQL alone when
    it cannot see what is asked."""
    plain = filters(who, wanted)
    if not wanted.q or len(searching.asked(wanted.q)[0]) < 2:
        return plain, None
    total = await session.scalar(counted(select(Resource.id).where(*plain), COUNT_TO)) or 0
    if total <= COUNT_TO:
        return plain, total
    met = case((and_(*having(wanted.q)), True), else_=False)
    return [*filters(who, replace(wanted, q=None)), met], total


def filters(who: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [reach.visible(who), *_described(wanted), *_of_reader(who, wanted)]
    if wanted.q:
        found += having(wanted.q)
    if wanted.review is None and not (wanted.mine or wanted.lesson):
        found.append(and_(Resource.stage == "playable", Resource.review.in_(("published", "waiting"))))
    return found


def having(q: str) -> list[ColumnElement[bool]]:
    """Every word of the search occurs; one without a letter or figure finds nothing. The words stand in the statement
    itself: a plan for any words at all would fetch all that is found."""
    grams, longer = searching.asked(q)
    if not grams:
        return [false()]
    found: list[ColumnElement[bool]] = [Resource.words.like(as_written(containing(word))) for word in longer]
    wanted = literal(grams, ARRAY(Text), literal_execute=True)
    found.append(Resource.grams.contains(cast(wanted, ARRAY(Text))))
    return found


def _described(wanted: Wanted) -> list[ColumnElement[bool]]:
    same = {
        Resource.phase: wanted.phase,
        Resource.grade: wanted.grade,
        Resource.subject: wanted.subject,
        Resource.textbook_version: wanted.textbook_version,
        Resource.volume: wanted.volume,
        Resource.unit: wanted.unit,
        Resource.medium: wanted.medium,
        Resource.review: wanted.review,
        Resource.provider_id: wanted.provider,
        Resource.author_id: wanted.author,
        Resource.lesson_id: wanted.lesson,
    }
    found = [column == value for column, value in same.items() if value is not None]
    if wanted.kind:
        found.append(Resource.kind.in_(wanted.kind))
    if wanted.scope:
        found.append(Resource.scope.in_(wanted.scope))
    if wanted.region:
        found.append(Resource.region_code.in_(wanted.region))
    return found


def _of_reader(who: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.mine:
        found.append(reach.mine(who))
    if wanted.favourite:
        found.append(exists().where(Favourite.resource_id == Resource.id, Favourite.person_id == who.id))
    if wanted.series:
        found.append(exists().where(SeriesItem.resource_id == Resource.id, SeriesItem.series_id == wanted.series))
    return found


def card(row: Any, posters: dict[UUID, str]) -> dict[str, Any]:
    words = {name: getattr(row, name) for name in CARD}
    return words | {"provider": {"id": row.provider_id, "name": row.provider}, "poster": posters.get(row.id)}


async def posters(session: AsyncSession, store: Store, ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(ResourceFile.resource_id, ResourceFile.store_name)
    query = query.where(one_of(ResourceFile.resource_id, ids), ResourceFile.role == "poster")
    return {row.resource_id: store.address_to_get(row.store_name) for row in await session.execute(query)}
