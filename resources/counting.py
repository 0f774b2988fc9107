"""Counts along a whole library cost a look at every row, and everybody's first page asks for the same. They are kept
in Valkey until a resource changes."""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.who import Actor
from core.valkey import OUTAGES
from resources import reach
from resources.models import Resource
from resources.reading import Wanted

KEPT_SECONDS = 60
"""Of two changes the later may be committed first; so long a count may then be wrong."""
Rows = list[list[Any]]


async def kept(
    session: AsyncSession, valkey: Redis, who: Actor, wanted: Wanted, name: str, count: Callable[[], Awaitable[Rows]]
) -> Rows:
    """`count()`, or what it gave before to somebody who sees the same. Without Valkey it is counted each time."""
    if wanted.favourite or wanted.mine or wanted.series:
        return await count()
    key = await _key(session, who, wanted, name)
    found = None
    with suppress(*OUTAGES):
        found = await valkey.get(key)
    if found is not None:
        rows: Rows = json.loads(found)
        return rows
    rows = await count()
    with suppress(*OUTAGES):
        await valkey.set(key, json.dumps(rows), ex=KEPT_SECONDS)
    return rows


async def _key(session: AsyncSession, who: Actor, wanted: Wanted, name: str) -> str:
    """Who sees the same: people with the same places, and none who has something that her places would not show."""
    mine = (Resource.created_by == who.id) | (Resource.author_id == who.id)
    more = select(Resource.id).where(mine, not_(reach.shown(who))).exists()
    changed, own = (await session.execute(select(select(func.max(Resource.changed_at)).scalar_subquery(), more))).one()
    places = sorted(who.places("resources.read")), sorted(who.places("resources.review"))
    said = [name, str(changed), *places, str(who.id) if own else "", asdict(wanted)]
    return f"songjiao:library:counts:{sha256(json.dumps(said, default=str).encode()).hexdigest()}"
