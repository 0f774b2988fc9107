"""A file's way from a browser into the store: begin, parts, complete, abandon. The bytes never pass through here: each
part goes to an address that the store takes for an hour, so a closed tab loses at most the parts on their way."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation
from admin.who import Actor, not_your_place
from core import audit, database, jobs
from core.clock import now
from core.connections import Connections
from core.errors import BadInput, Conflict, NotFound
from core.ids import new_id
from core.store import Store
from resources import quotas, reach, receiving
from resources.kinds import phase_of
from resources.models import Resource, Upload
from resources.searching import index
from resources.stages import advance
from resources.upload_schemas import (
    PartAddress,
    PartAddresses,
    PartReceived,
    PartsWanted,
    UploadDone,
    UploadNew,
    UploadOut,
)

ADDRESS_SECONDS = 3600
PATIENCE = timedelta(days=1)
"""An upload that nothing is heard of for so long is forgotten."""
DESCRIBED = {"title", "description", "kind", "grade", "subject", "textbook_version", "volume", "unit", "chapter"}
DESCRIBED |= {"licence", "scope", "filename", "content_type"}


async def begin(session: AsyncSession, ground: Connections, who: Actor, body: UploadNew, request: Request) -> UploadOut:
    school = await _school(session, who, body.provider_id)
    await quotas.must_fit(session, school, body.size)
    row = await _resource(session, who, school, body)
    upload = _upload(row, who, body)
    upload.sending = await ground.store.begin_parts(upload.store_name, body.content_type)
    session.add(upload)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "resource.create", f"resource:{row.id}", after=after, request=request)
    return shown(row, upload, [])


async def addresses(
    session: AsyncSession, ground: Connections, who: Actor, upload_id: UUID, body: PartsWanted
) -> PartAddresses:
    row, upload = await _own(session, who, upload_id)
    _must_be_open(upload)
    most = None if upload.size is None else receiving.parts_of(upload.size, upload.part_size)
    if most and any(part.number > most for part in body.parts):
        zh, en = f"这个文件只有 {most} 段。", f"This file has {most} parts only."
        raise BadInput("no-such-part", zh=zh, en=en, parts=most)
    told = {str(part.number): part.sha256 for part in body.parts if part.sha256}
    upload.marks = upload.marks | told
    moment = now()
    upload.deadline = moment + (upload.deadline - upload.created_at if row.lesson_id else PATIENCE)
    items = [PartAddress(number=one.number, url=_address(ground.store, upload, one.number)) for one in body.parts]
    return PartAddresses(items=items, expires_at=moment + timedelta(seconds=ADDRESS_SECONDS))


async def one(session: AsyncSession, ground: Connections, who: Actor, upload_id: UUID) -> UploadOut:
    row, upload = await _own(session, who, upload_id)
    return shown(row, upload, await _received(ground.store, upload))


async def unfinished(session: AsyncSession, who: Actor) -> list[UploadOut]:
    """One's own, the newest first; what has arrived of each is asked for one by one."""
    query = select(Resource, Upload).join(Upload, Upload.resource_id == Resource.id)
    query = query.where(Upload.person_id == who.id, Upload.completed_at.is_(None)).order_by(Upload.created_at.desc())
    return [shown(row, upload, []) for row, upload in await session.execute(query.limit(100))]


async def complete(
    session: AsyncSession, ground: Connections, who: Actor, upload_id: UUID, body: UploadDone, request: Request
) -> UploadOut:
    row, upload = await _own(session, who, upload_id, lock=True)
    if upload.completed_at:
        return shown(row, upload, [])
    await join(ground.store, upload, body.parts)
    upload.fragments = [list(one) for one in body.fragments]
    upload.sha256 = bytes.fromhex(body.sha256) if body.sha256 else upload.sha256
    if row.lesson_id is None:
        row.stage = advance(row.stage, "sent")
        row.changed_at = now()
        from resources.looking import look_at  # loads FFmpeg, for which a start of the web should not wait

        jobs.after_commit(session, look_at, row.id)
    await audit.record(session, who.id, "resource.sent", f"resource:{row.id}", request=request)
    return shown(row, upload, [])


async def join(store: Store, upload: Upload, count: int | None) -> None:
    """Makes one object of the parts. A repeated call, after an answer that was lost, finds it there."""
    try:
        parts = await receiving.received(store, upload)
    except NotFound:
        upload.size = await store.size(upload.store_name)
        if upload.size is None:
            raise _unknown() from None
    else:
        receiving.must_be_whole(parts, upload.size, upload.part_size, count)
        chosen = parts if count is None else parts[:count]
        await store.join_parts(upload.store_name, upload.sending, chosen)
        upload.size = sum(part.size for part in chosen)
    upload.completed_at = now()


async def abandon(session: AsyncSession, ground: Connections, who: Actor, upload_id: UUID, request: Request) -> None:
    row, upload = await _own(session, who, upload_id, lock=True)
    _must_be_open(upload)
    await forget(session, ground, row, upload)
    await audit.record(session, who.id, "resource.abandon", f"resource:{row.id}", request=request)


async def forget(session: AsyncSession, ground: Connections, row: Resource, upload: Upload) -> None:
    """The row goes with the commit, then the bytes: should that fail, the sweep of the store finds no row for them."""
    database.after_commit(session, ground.store.abandon_parts, upload.store_name, upload.sending)
    await session.delete(upload)
    if row.stage == "sending" and row.lesson_id is None:
        await session.flush()
        await session.delete(row)


def shown(row: Resource, upload: Upload, received: list[PartReceived]) -> UploadOut:
    parts = None if upload.size is None else receiving.parts_of(upload.size, upload.part_size)
    names = ("id", "track", "take", "size", "part_size", "deadline")
    return UploadOut(
        **{name: getattr(upload, name) for name in names},
        **{name: getattr(row, name) for name in ("title", "filename", "stage")},
        resource_id=row.id,
        parts=parts,
        received=received,
        completed=upload.completed_at is not None,
    )


async def _received(store: Store, upload: Upload) -> list[PartReceived]:
    parts = await receiving.received(store, upload)
    return [PartReceived(number=one.number, size=one.size, sha256=upload.marks.get(str(one.number))) for one in parts]


async def _own(session: AsyncSession, who: Actor, upload_id: UUID, lock: bool = False) -> tuple[Resource, Upload]:
    query = select(Resource, Upload).join(Upload, Upload.resource_id == Resource.id)
    query = query.where(Upload.id == upload_id, Upload.person_id == who.id)
    found = (await session.execute(query.with_for_update() if lock else query)).first()
    if found is None:
        raise _unknown()
    return found[0], found[1]


async def _school(session: AsyncSession, who: Actor, wanted: UUID | None) -> Organisation:
    """The place in whose name it stands: the one named, else the first that one may send for."""
    ids = [wanted] if wanted else list(who.place_ids("resources.create"))[:1]
    place = await session.get(Organisation, ids[0])
    if place is None or not who.may("resources.create", place.path):
        raise not_your_place()
    return place


async def _resource(session: AsyncSession, who: Actor, school: Organisation, body: UploadNew) -> Resource:
    moment, words = now(), body.model_dump(include=DESCRIBED)
    row = Resource(id=new_id(), **words, phase=phase_of(body.grade), bytes=body.size, created_at=moment)
    row.changed_at, row.created_by, row.stage, row.review = moment, who.id, "sending", "draft"
    row.author, row.author_id = (body.author, None) if body.author else (who.name, who.id)
    row.provider_id, row.provider_path, row.region_code = school.id, school.path, school.region_code
    row.reach = reach.NOBODY
    await _follow(session, who, row, body.previous_id)
    index(row, school.name_zh)
    session.add(row)
    await session.flush()
    return row


async def _follow(session: AsyncSession, who: Actor, row: Resource, previous_id: UUID | None) -> None:
    if previous_id is None:
        return
    before = await reach.one(session, who, previous_id)
    if not reach.may_change(who, before):
        raise not_your_place()
    row.previous_id, row.edition = before.id, before.edition + 1


def _upload(row: Resource, who: Actor, body: UploadNew) -> Upload:
    upload = make(row, who, {"track": "main", "take": 1, "content_type": body.content_type}, PATIENCE)
    upload.size, upload.part_size = body.size, receiving.part_size(body.size)
    upload.sha256 = bytes.fromhex(body.sha256) if body.sha256 else None
    return upload


def make(row: Resource, who: Actor, words: dict[str, Any], patience: timedelta) -> Upload:
    moment: datetime = now()
    upload = Upload(id=new_id(), resource_id=row.id, person_id=who.id, marks={}, fragments=[], **words)
    upload.store_name = f"resources/{row.id}/source/{upload.track}-{upload.take}"
    upload.created_at, upload.deadline, upload.part_size = moment, moment + patience, receiving.USUAL_PART
    return upload


def _address(store: Store, upload: Upload, number: int) -> str:
    return store.address_to_put_part(upload.store_name, upload.sending, number, ADDRESS_SECONDS)


def _must_be_open(upload: Upload) -> None:
    if upload.completed_at:
        zh, en = "这个文件已经传完了。", "This file has been sent already."
        raise Conflict("upload-complete", zh=zh, en=en)


def _unknown() -> NotFound:
    zh, en = (
        "没有这次上传，或它已过期，请重新上传。",
        "There is no such upload, or it has expired; send the file again.",
    )
    return NotFound("upload-unknown", zh=zh, en=en)
