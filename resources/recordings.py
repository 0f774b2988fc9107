"""A lesson's recording grows while the lesson runs: one resource, an open upload for each track and take, parts of at
least 5 MiB as they fill, and a short last one at the end. So all that is left to do then is the last part."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation, Person, Room
from admin.who import Actor, not_your_place
from classroom.lessons.models import Lesson, LessonRoom
from core import audit, jobs
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotFound
from core.ids import new_id
from resources import guests, reach, receiving, uploads
from resources.kinds import GUESTS, phase_of
from resources.models import Resource, ReviewStep, Upload
from resources.searching import index
from resources.shown_children import destroy_guests
from resources.stages import advance
from resources.upload_schemas import RecordingDone, RecordingOut, TrackNew, UploadOut

PATIENCE = timedelta(days=7)
"""A recorder that has lost its line, its disk or its power may come back with the rest for so long."""


async def begin(session: AsyncSession, who: Actor, lesson_id: UUID, request: Request) -> RecordingOut:
    """Opens the lesson's recording, or gives the one that is open."""
    lesson, school = await _lesson(session, who, lesson_id)
    row = await _of_lesson(session, lesson_id)
    if row is None:
        row = await _resource(session, who, lesson, school)
        await audit.record(session, who.id, "recording.begin", f"resource:{row.id}", request=request)
    return await _shown(session, row)


async def add_track(
    session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, body: TrackNew
) -> UploadOut:
    """The same track and take again is the same upload. Raises Conflict when the recording is over."""
    row = await _open(session, who, lesson_id)
    if body.track in GUESTS:
        await _must_be_agreed(session, lesson_id)
    mine = select(Upload).where(Upload.resource_id == row.id, Upload.track == body.track, Upload.take == body.take)
    upload = (await session.scalars(mine)).first()
    if upload is None:
        upload = uploads.make(row, who, body.model_dump(), PATIENCE)
        upload.sending = await ground.store.begin_parts(upload.store_name, body.content_type)
        session.add(upload)
        await session.flush()
    elif not await _known(ground, upload):
        upload.sending = await ground.store.begin_parts(upload.store_name, body.content_type)
    return uploads.shown(row, upload, [])


async def _known(ground: Connections, upload: Upload) -> bool:
    """A store whose machine died may have lost the newest of it; the recorder has it all and brings it anew."""
    try:
        await receiving.received(ground.store, upload)
    except NotFound:
        return False
    return True


async def _must_be_agreed(session: AsyncSession, lesson_id: UUID) -> None:
    told = await guests.of_lesson(session, await session.get_one(Lesson, lesson_id))
    if not told.recorded:
        zh, en = (
            "互动教室的学生还没有全部得到家长同意，不录。",
            "Not all families of the rooms agree: they are not recorded.",
        )
        raise Conflict("families-disagree", zh=zh, en=en)


async def forget_rooms(
    session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, request: Request
) -> None:
    """What there is of the interactive rooms: a family has changed its mind while the lesson ran."""
    row = await _open(session, who, lesson_id)
    await destroy_guests(session, ground, row)
    await audit.record(session, who.id, "recording.forget-rooms", f"resource:{row.id}", request=request)


async def complete(
    session: AsyncSession, who: Actor, lesson_id: UUID, body: RecordingDone, request: Request
) -> RecordingOut:
    """Every track must be complete. A second call changes nothing."""
    row = await _recording(session, who, lesson_id)
    if row.stage != "sending":
        return await _shown(session, row)
    rest = [one for one in await _uploads(session, row) if one.completed_at is None]
    if rest:
        zh, en = "还有轨道没有传完。", "Some tracks are not complete yet."
        raise Conflict("tracks-open", zh=zh, en=en, uploads=[str(one.id) for one in rest])
    await _finish(session, row, body)
    await audit.record(session, who.id, "recording.complete", f"resource:{row.id}", request=request)
    return await _shown(session, row)


async def _finish(session: AsyncSession, row: Resource, body: RecordingDone) -> None:
    row.stage, row.seconds, row.changed_at = advance(row.stage, "sent"), body.seconds, now()
    row.chapters = [one.model_dump() for one in body.chapters]
    row.bytes = sum(one.size or 0 for one in await _uploads(session, row))
    from resources.looking import look_at  # loads FFmpeg, for which a start of the web should not wait

    jobs.after_commit(session, look_at, row.id)


async def close_late(session: AsyncSession, ground: Connections, row: Resource, upload: Upload) -> None:
    """Nobody came back for the rest: what arrived is the recording."""
    await uploads.join(ground.store, upload, None)
    await session.flush()
    if all(one.completed_at for one in await _uploads(session, row)) and row.stage == "sending":
        await _finish(session, row, RecordingDone(seconds=row.seconds or 0))


async def _lesson(session: AsyncSession, who: Actor, lesson_id: UUID) -> tuple[Lesson, Organisation]:
    query = select(Lesson, Organisation).join(LessonRoom, LessonRoom.lesson_id == Lesson.id)
    query = query.join(Room, Room.id == LessonRoom.room_id).join(Organisation, Organisation.id == Room.school_id)
    query = query.where(Lesson.id == lesson_id, LessonRoom.part == "sending").with_for_update(of=Lesson)
    found = (await session.execute(query)).first()
    if found is None or not who.may("recordings.hand_over", found[1].path):
        raise not_your_place()
    if found[0].recording == "none":
        zh, en = "这节课不录制。", "This lesson is not recorded."
        raise Conflict("not-recorded", zh=zh, en=en)
    return found[0], found[1]


async def _resource(session: AsyncSession, who: Actor, lesson: Lesson, school: Organisation) -> Resource:
    """Described by the lesson. The demo's is published at once; another waits for review, seen by its school."""
    teacher = await session.get_one(Person, lesson.teacher_id)
    row = Resource(id=new_id(), lesson_id=lesson.id, kind="lesson", phase=phase_of(lesson.grade), licence="house")
    row.description = row.chapter = ""
    for name in ("title", "subject", "grade", "textbook_version", "volume"):
        setattr(row, name, getattr(lesson, name))
    row.unit, row.author, row.author_id = lesson.chapter, teacher.name, teacher.id
    row.filename, row.content_type = f"{lesson.title}.mp4", "video/mp4"
    row.provider_id, row.provider_path, row.region_code = school.id, school.path, school.region_code
    row.scope, row.review = "prefecture", "published" if lesson.demo else "waiting"
    row.reach = await reach.reach(session, school, row.scope, row.review)
    row.created_by, row.created_at, row.changed_at = who.id, now(), now()
    row.published_at = now() if lesson.demo else None
    index(row, school.name_zh)
    session.add(row)
    await session.flush()
    session.add(ReviewStep(resource_id=row.id, review=row.review, by_id=None, at=row.created_at))
    return row


async def _of_lesson(session: AsyncSession, lesson_id: UUID) -> Resource | None:
    query = select(Resource).where(Resource.lesson_id == lesson_id)
    return (await session.scalars(query.with_for_update())).first()


async def _recording(session: AsyncSession, who: Actor, lesson_id: UUID) -> Resource:
    row = await _of_lesson(session, lesson_id)
    if row is None or not who.may("recordings.hand_over", row.provider_path):
        zh, en = "这节课还没有开始录制。", "This lesson has no recording yet."
        raise NotFound("recording-unknown", zh=zh, en=en)
    return row


async def _open(session: AsyncSession, who: Actor, lesson_id: UUID) -> Resource:
    row = await _recording(session, who, lesson_id)
    if row.stage != "sending":
        zh, en = "这节课的录制已经结束。", "This lesson's recording is over."
        raise Conflict("recording-over", zh=zh, en=en)
    return row


async def _uploads(session: AsyncSession, row: Resource) -> list[Upload]:
    query = select(Upload).where(Upload.resource_id == row.id).order_by(Upload.track, Upload.take)
    return list((await session.scalars(query)).all())


async def _shown(session: AsyncSession, row: Resource) -> RecordingOut:
    mine = [uploads.shown(row, one, []) for one in await _uploads(session, row)]
    assert row.lesson_id is not None
    return RecordingOut(resource_id=row.id, lesson_id=row.lesson_id, stage=row.stage, uploads=mine)
