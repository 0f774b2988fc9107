"""One resource as its page needs it: what plays it, by addresses that are good for an hour."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Person
from admin.schemas import Named
from admin.who import Actor
from core.clock import now
from core.errors import NotFound
from core.store import Store
from resources import reach
from resources.media import playlists
from resources.media.playlists import Variant
from resources.models import PLAYS, Resource, ResourceFile, ReviewStep
from resources.reader_models import Favourite, Watching
from resources.reading import CARD
from resources.schemas import Chapter, MediaOut, Refusal, ResourceHere, ResourceOut, ReviewOut, Storyboard

ADDRESS_SECONDS = 3600
HLS = "application/vnd.apple.mpegurl"
PLAYLIST: dict[int | str, dict[str, Any]] = {200: {"content": {HLS: {"schema": {"type": "string"}}}}}
PLAIN = (*CARD, "loudness", "scanned", "filename", "previous_id", "address", "version")
BOARD_COLUMNS = 10
TAKES = 10_000


async def one(session: AsyncSession, store: Store, who: Actor, resource_id: UUID) -> ResourceOut:
    row = await reach.one(session, who, resource_id)
    files = await _files(session, row.id)
    provider = await session.get_one(Organisation, row.provider_id)
    following = await session.scalar(select(Resource.id).where(Resource.previous_id == row.id).limit(1))
    words = {name: getattr(row, name) for name in PLAIN if name != "refusal"}
    return ResourceOut(
        **words,
        **_addresses(store, row, files),
        refusal=Refusal(**row.refusal) if row.refusal else None,
        provider=Named(id=provider.id, name=provider.name_zh),
        chapters=[Chapter(**one) for one in row.chapters],
        sha256=row.sha256.hex() if row.sha256 else None,
        reviews=await _reviews(session, row.id),
        next_id=following,
        expires_at=now() + timedelta(seconds=ADDRESS_SECONDS),
        here=await _here(session, who, row),
    )


async def master(session: AsyncSession, who: Actor, resource_id: UUID, track: str) -> str:
    """The HLS master playlist of one track: its own fragments where it has them, and its renditions."""
    row = await reach.one(session, who, resource_id)
    files = [one for one in await _files(session, row.id) if one.track == track and one.fragments]
    first = [one for one in files if one.number < TAKES and not (one.role == "source" and one.number > 1)]
    if not first:
        raise _no_playlist()
    # a take in another codec has no rung as it came: such a rung would end where that take begins
    takes = {one.id: sum(_same_rung(other, one) for other in files if other.role == one.role) for one in first}
    whole = [one for one in first if takes[one.id] == max(takes.values())]
    variants = [_variant(row, one) for one in sorted(whole, key=lambda one: one.height or 0)]
    return playlists.master(variants)


async def media(session: AsyncSession, store: Store, who: Actor, resource_id: UUID, file_id: UUID) -> str:
    """One rendition of all takes, with addresses of the store."""
    row = await reach.one(session, who, resource_id)
    files = [one for one in await _files(session, row.id) if one.fragments]
    chosen = next((one for one in files if one.id == file_id), None)
    if chosen is None:
        raise _no_playlist()
    takes = [one for one in files if (one.role, one.track) == (chosen.role, chosen.track) and _same_rung(one, chosen)]
    takes.sort(key=lambda one: one.number)
    return playlists.media([(store.address_to_get(one.store_name), one.fragments) for one in takes])


def _same_rung(one: ResourceFile, chosen: ResourceFile) -> bool:
    return one.role == "source" or one.number % TAKES == chosen.number % TAKES


def _variant(row: Resource, one: ResourceFile) -> Variant:
    address = f"/api/resources/{row.id}/playlists/{one.id}.m3u8"
    return Variant(address, playlists.bits_per_second(one.fragments), one.width, one.height, one.codecs)


def _addresses(store: Store, row: Resource, files: Sequence[ResourceFile]) -> dict[str, Any]:
    def told(*roles: str) -> list[MediaOut]:
        return [_media(store, one) for one in files if one.role in roles]

    source = next((one for one in files if one.role == "source"), None)
    board = next((one for one in files if one.role == "storyboard"), None)
    poster = next((one for one in files if one.role == "poster"), None)
    return {
        "media": [*_whole(store, row, files), *_streams(row, files)],
        "pages_shown": told("page"),
        "captions": told("caption"),
        "storyboard": _storyboard(store, board) if board else None,
        "poster": store.address_to_get(poster.store_name, ADDRESS_SECONDS) if poster else None,
        "download": store.address_to_get(source.store_name, ADDRESS_SECONDS, row.filename) if source else None,
    }


def _whole(store: Store, row: Resource, files: Sequence[ResourceFile]) -> list[MediaOut]:
    """The source where it plays, then renditions from the highest, sound alone, the document's pages as PDF."""
    recorded = row.medium in ("video", "audio")
    sources = [one for one in files if one.role == "source" and (not recorded or one.label == PLAYS)]
    made = sorted((one for one in files if one.role == "rendition"), key=lambda one: -(one.height or 0))
    rest = [one for one in files if one.role in ("audio", "pdf")]
    order = [*sources, *made, *rest] if row.medium != "document" else [*rest, *sources]
    return [_media(store, one) for one in order]


def _streams(row: Resource, files: Sequence[ResourceFile]) -> list[MediaOut]:
    tracks = dict.fromkeys(one.track for one in files if one.fragments)
    return [
        MediaOut(
            url=f"/api/resources/{row.id}/playlist.m3u8?track={one}", type=HLS, role="rendition", track=one, number=0
        )
        for one in tracks
    ]


def _media(store: Store, one: ResourceFile) -> MediaOut:
    names = {name: getattr(one, name) for name in ("role", "track", "number", "width", "height", "label")}
    url = store.address_to_get(one.store_name, ADDRESS_SECONDS)
    return MediaOut(url=url, type=one.content_type, **names)


def _storyboard(store: Store, board: ResourceFile) -> Storyboard:
    url = store.address_to_get(board.store_name, ADDRESS_SECONDS)
    size = {"width": board.width or 0, "height": board.height or 0}
    return Storyboard(url=url, every=float(board.label), columns=BOARD_COLUMNS, **size)


async def _files(session: AsyncSession, resource: UUID) -> list[ResourceFile]:
    query = select(ResourceFile).where(ResourceFile.resource_id == resource)
    order = (ResourceFile.role, ResourceFile.track.desc(), ResourceFile.number)
    return list((await session.scalars(query.order_by(*order))).all())


async def _reviews(session: AsyncSession, resource: UUID) -> list[ReviewOut]:
    query = select(ReviewStep, Person.name).outerjoin(Person, Person.id == ReviewStep.by_id)
    query = query.where(ReviewStep.resource_id == resource).order_by(ReviewStep.at)
    rows = (await session.execute(query)).all()
    return [ReviewOut(review=step.review, reason=step.reason, by=name, at=step.at) for step, name in rows]


async def _here(session: AsyncSession, who: Actor, row: Resource) -> ResourceHere:
    watching = await session.get(Watching, (row.id, who.id))
    favourite = await session.get(Favourite, (who.id, row.id))
    return ResourceHere(
        favourite=favourite is not None,
        position=watching.position if watching else 0.0,
        completed=bool(watching and watching.completed),
        may_change=reach.may_change(who, row),
        may_review=reach.may_review(who, row),
    )


def _no_playlist() -> NotFound:
    zh, en = "这份资源没有分档的流，请直接播放文件。", "This resource has no playlist; play its file."
    return NotFound("playlist-missing", zh=zh, en=en)
