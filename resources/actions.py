"""What those who answer for a resource do with it: describe, hand in, publish or return, withdraw, remove."""

from io import BytesIO
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import put
from admin.models import Organisation
from admin.who import Actor, not_your_place
from core import audit, database
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotValid
from resources import quotas, reach, searching, shown_children
from resources.kinds import Review, phase_of
from resources.models import Quota, Resource, ResourceFile, ReviewStep, Upload
from resources.reader_schemas import CaptionsNew
from resources.schemas import ResourceChange, SpaceOut, SpaceSet

UNAGREED = {
    "withdrawn": (
        "有家长撤回了录制的同意，这段录像可能拍到孩子。请先看一遍，确认没有，再写明理由发布。",
        "A family withdrew its consent, and this may show the child. Look at it first, then publish with a reason.",
    ),
    "missing": (
        "主讲教室里有班级，还有家长没有同意录制，这段录像可能拍到孩子。请先看一遍，确认没有，再写明理由发布。",
        "A class sat in this room and not every family has agreed. Look at it first, then publish with a reason.",
    ),
}
FOLLOWS: dict[Review, frozenset[Review]] = {
    "draft": frozenset({"waiting"}),
    "waiting": frozenset({"published", "returned", "draft"}),
    "returned": frozenset({"waiting"}),
    "published": frozenset({"withdrawn"}),
    "withdrawn": frozenset({"waiting", "published"}),
}
"""Which review may follow which. The author hands in and takes back; the rest is the reviewer's."""
AUTHORS: frozenset[tuple[Review, Review]] = frozenset(
    {("draft", "waiting"), ("returned", "waiting"), ("withdrawn", "waiting"), ("waiting", "draft")}
)


async def change(session: AsyncSession, who: Actor, resource: UUID, body: ResourceChange, request: Request) -> None:
    row = await _mine(session, who, resource)
    if body.version != row.version:
        zh, en = "您打开以后，别人改过这一项，请刷新。", "Somebody changed this after you opened it; reload."
        raise Conflict("changed-meanwhile", zh=zh, en=en, version=row.version)
    sent = body.model_dump(exclude_unset=True, exclude={"version"})
    before = put(row, sent)
    row.phase, row.version, row.changed_at = phase_of(row.grade), row.version + 1, now()
    await _settle(session, row)
    after = {name: value for name, value in sent.items() if name != "chapters"}
    before = {name: before[name] for name in after}
    await audit.record(
        session, who.id, "resource.change", f"resource:{row.id}", before=before, after=after, request=request
    )


async def review(
    session: AsyncSession, who: Actor, resource: UUID, following: Review, reason: str, request: Request
) -> None:
    """Raises Conflict for a step that does not follow, NotAllowed for one that is not this person's."""
    row = await _mine(session, who, resource)
    present = row.review
    if following not in FOLLOWS[present]:
        zh, en = "这份资源的审核已经走到别的步骤，请刷新。", "The review has moved on; reload the page."
        raise Conflict("review-passed", zh=zh, en=en, review=present)
    if (present, following) not in AUTHORS and not reach.may_review(who, row):
        raise not_your_place()
    if following == "published" and row.stage != "playable":
        zh, en = "还不能播放的资源不能发布。", "A resource that cannot be played yet cannot be published."
        raise Conflict("not-playable", zh=zh, en=en, stage=row.stage)
    if following == "published" and not reason and (why := await shown_children.unagreed(session, row)):
        zh, en = UNAGREED[why]
        raise Conflict(f"consent-{why}", zh=zh, en=en)
    row.review, row.changed_at, row.version = following, now(), row.version + 1
    row.published_at = now() if following == "published" else row.published_at
    await _settle(session, row)
    await _succeed(session, row)
    session.add(ReviewStep(resource_id=row.id, review=following, reason=reason, by_id=who.id, at=now()))
    words = {"review": following, "reason": reason}
    name = f"resource.{following}"
    await audit.record(
        session, who.id, name, f"resource:{row.id}", before={"review": present}, after=words, request=request
    )


async def remove(session: AsyncSession, ground: Connections, who: Actor, resource: UUID, request: Request) -> None:
    """For good, bytes included; what is published is withdrawn first, so that nobody removes it by mistake."""
    row = await _mine(session, who, resource)
    if row.review == "published":
        zh, en = "已发布的资源先下架，再删除。", "Withdraw a published resource before you remove it."
        raise Conflict("published", zh=zh, en=en)
    open_ones = select(Upload).where(Upload.resource_id == row.id, Upload.completed_at.is_(None))
    for upload in (await session.scalars(open_ones)).all():
        database.after_commit(session, ground.store.abandon_parts, upload.store_name, upload.sending)
    await session.delete(row)
    database.after_commit(session, ground.store.remove_under, f"resources/{row.id}/")
    await audit.record(
        session, who.id, "resource.delete", f"resource:{row.id}", before={"title": row.title}, request=request
    )


async def add_captions(
    session: AsyncSession, ground: Connections, who: Actor, resource: UUID, body: CaptionsNew, request: Request
) -> None:
    row = await _mine(session, who, resource)
    if not body.text.lstrip("\ufeff").startswith("WEBVTT"):
        zh, en = "字幕要是 WebVTT 文件，第一行写 WEBVTT。", "Captions are a WebVTT file, whose first line says WEBVTT."
        raise NotValid("not-webvtt", zh=zh, en=en)
    written = body.text.encode()
    number = await session.scalar(select(func.count()).where(ResourceFile.resource_id == row.id)) or 0
    name = f"resources/{row.id}/caption/{body.language}-{number}.vtt"
    await ground.store.put(name, BytesIO(written), len(written), "text/vtt")
    file = ResourceFile(resource_id=row.id, role="caption", number=number, store_name=name, label=body.language)
    file.content_type, file.bytes, file.track = "text/vtt", len(written), "main"
    session.add(file)
    await audit.record(session, who.id, "resource.captions", f"resource:{row.id}", request=request)


async def set_quota(
    session: AsyncSession, who: Actor, organisation: UUID, body: SpaceSet, request: Request
) -> SpaceOut:
    place = await session.get(Organisation, organisation)
    if place is None or not who.may("resources.quota", place.path):
        raise not_your_place()
    await session.merge(Quota(organisation_id=place.id, bytes=body.bytes))
    after = body.model_dump()
    await audit.record(session, who.id, "quota.change", f"organisation:{place.id}", after=after, request=request)
    return SpaceOut(organisation_id=place.id, bytes=body.bytes, used=await quotas.used(session, place.id))


async def quota(session: AsyncSession, who: Actor, organisation: UUID) -> SpaceOut:
    place = await session.get(Organisation, organisation)
    if place is None or not who.may("resources.create", place.path):
        raise not_your_place()
    most, used = await quotas.allowed(session, place.id), await quotas.used(session, place.id)
    return SpaceOut(organisation_id=place.id, bytes=most, used=used)


async def _mine(session: AsyncSession, who: Actor, resource: UUID) -> Resource:
    row = await reach.one(session, who, resource, lock=True)
    if not reach.may_change(who, row):
        raise not_your_place()
    return row


async def _settle(session: AsyncSession, row: Resource) -> None:
    """Its reach and its words follow from what was changed; a file's own text stays found."""
    provider = await session.get_one(Organisation, row.provider_id)
    row.reach = await reach.reach(session, provider, row.scope, row.review)
    searching.index(row, provider.name_zh, searching.own_text(row.words))


async def _succeed(session: AsyncSession, row: Resource) -> None:
    """A new version that is published takes the place of the one before."""
    if row.review == "published" and row.previous_id:
        before = update(Resource).where(Resource.id == row.previous_id, Resource.review == "published")
        await session.execute(before.values(review="withdrawn", reach=reach.NOBODY))
