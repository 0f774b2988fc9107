"""Recordings of the library that play when a school's line fails."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.paging import one_of
from admin.tree import is_inside
from admin.who import Actor
from core.errors import NotValid
from resources.models import Resource
from resources.reach import EVERYBODY, visible

PLAYED = ("lesson", "micro")
"""Kinds of resource that are a film; a fallback must run by itself."""


async def must_play_there(session: AsyncSession, who: Actor, chosen: Sequence[tuple[UUID, str]]) -> None:
    """`chosen`: each resource, and the path of a school that is to play it. Raises NotValid."""
    wanted = {own for own, _ in chosen}
    playable = (Resource.review == "published") & (Resource.stage == "playable") & Resource.kind.in_(PLAYED)
    query = select(Resource.id, Resource.title, Resource.reach).where(one_of(Resource.id, wanted), playable)
    found = {row.id: row for row in await session.execute(query.where(visible(who)))}
    if wanted - found.keys():
        zh = "备用录像要是资源库里已发布的课例或微课，请重新选。"
        en = "A fallback is a published lesson or micro-lesson of the library; choose another."
        raise NotValid("fallback-unknown", zh=zh, en=en)
    for own, path in chosen:
        if (reach := found[own].reach) != EVERYBODY and not is_inside(path, reach):
            zh = f"《{found[own].title}》没有共享到听课的学校，请换一份，或请提供的学校扩大共享范围。"
            en = f"{found[own].title} does not reach the receiving school; choose another or have it shared wider."
            raise NotValid("fallback-out-of-reach", zh=zh, en=en)


async def titles_of(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Of those that are still published: one that was withdrawn since is none."""
    query = select(Resource.id, Resource.title).where(one_of(Resource.id, set(ids)), Resource.review == "published")
    return {row.id: row.title for row in await session.execute(query)}
