"""Who sees a resource. Its scope, at its provider's place, gives one path: everybody at or below that place sees it.
Reviewers see all that stands below them, whatever its state, and whoever made it sees it too."""

from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, cast, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from admin.tree import Tier, ancestors, is_inside_any
from admin.who import Actor
from core.errors import NotFound
from resources.kinds import Review, Scope
from resources.models import Resource

EVERYBODY, NOBODY = "", "-"
TIER: dict[Scope, Tier] = {"county": "county", "prefecture": "prefecture"}


async def reach(session: AsyncSession, provider: Organisation, scope: Scope, review: Review) -> str:
    """While it waits, the provider's own school sees it; a draft, a returned or a withdrawn one nobody does."""
    if review not in ("waiting", "published"):
        return NOBODY
    if review == "waiting" or scope == "school":
        return provider.path
    return EVERYBODY if scope == "public" else await _above(session, provider, TIER[scope])


async def _above(session: AsyncSession, provider: Organisation, tier: Tier) -> str:
    query = select(Organisation.path).where(Organisation.id.in_(ancestors(provider.path)), Organisation.tier == tier)
    return await session.scalar(query) or provider.path


def visible(who: Actor) -> ColumnElement[bool]:
    return or_(mine(who), shown(who))


def mine(who: Actor) -> ColumnElement[bool]:
    return or_(Resource.created_by == who.id, Resource.author_id == who.id)


def shown(who: Actor) -> ColumnElement[bool]:
    """What everybody with the same places sees."""
    ways = [EVERYBODY, *prefixes(who.places("resources.read"))]
    reached = Resource.reach == any_(cast(literal(ways, ARRAY(Text)), ARRAY(Text)))
    return or_(reached & (Resource.stage == "playable"), *_below(who))


def _below(who: Actor) -> list[ColumnElement[bool]]:
    return [Resource.provider_path.startswith(place) for place in who.places("resources.review")]


def prefixes(paths: tuple[str, ...]) -> list[str]:
    """Every path on the way to one of these, themselves included."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.split(".")
        found.update(dict.fromkeys(".".join(parts[: place + 1]) for place in range(len(parts))))
    return list(found)


async def one(session: AsyncSession, who: Actor, resource_id: UUID, lock: bool = False) -> Resource:
    """Raises NotFound also for one that this person does not see."""
    query = select(Resource).where(Resource.id == resource_id, visible(who))
    row = (await session.scalars(query.with_for_update() if lock else query)).first()
    if row is None:
        zh, en = "没有这份资源，或它不在您的范围内。", "There is no such resource, or it lies outside your reach."
        raise NotFound("resource-unknown", zh=zh, en=en)
    return row


def may_change(who: Actor, row: Resource) -> bool:
    return who.id in (row.created_by, row.author_id) or may_review(who, row)


def may_review(who: Actor, row: Resource) -> bool:
    return is_inside_any(row.provider_path, who.places("resources.review"))
