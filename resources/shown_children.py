"""Which recordings may show a child, and what becomes of them when its family no longer agrees.

Nobody is recognised by the face. What is known is where a class sat: a recording may show a child when, on the lesson's
day, its class had its room there where a camera of the recording was: the sending room, or a receiving room that is in
the recording itself (a track of `GUESTS`). Rooms that a class had before a promotion
count too. So rather one recording too many is taken down; a reviewer who has looked at it may publish it again, with a
reason on record.
"""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Date, Select, and_, cast, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.children.ages import CHILD_YEARS
from admin.children.models import Consent, Minor
from admin.models import SchoolClass
from admin.roster.models import Enrolment, PromotedClass
from admin.today import today
from classroom.lessons.models import Lesson, LessonRoom
from core import audit, database
from core.clock import now
from core.connections import Connections
from resources.kinds import GUESTS
from resources.models import Resource, ResourceFile, ReviewStep, Upload
from resources.reach import NOBODY

WITHDRAWN = "监护人撤回了录制的同意 / A guardian withdrew the consent to recording"
SEEN: tuple[str, ...] = ("published", "waiting")
"""Reviews in which somebody beside author and reviewers sees a resource."""
RECORDING = aliased(Resource)


def _shown() -> Select[UUID, UUID]:
    """Each recording with the children that it may show."""
    guest = exists().where(Upload.resource_id == RECORDING.id, Upload.track.in_(GUESTS))
    earlier = exists().where(
        PromotedClass.class_id == SchoolClass.id, PromotedClass.before_room_id == LessonRoom.room_id
    )
    day = cast(func.timezone("Asia/Shanghai", Lesson.starts_at), Date)
    there = and_(Enrolment.since <= day, or_(Enrolment.until.is_(None), day < Enrolment.until))
    query = select(RECORDING.id, Enrolment.person_id).join(Lesson, Lesson.id == RECORDING.lesson_id)
    query = query.join(LessonRoom, LessonRoom.lesson_id == Lesson.id)
    query = query.join(SchoolClass, or_(SchoolClass.room_id == LessonRoom.room_id, earlier))
    query = query.join(Enrolment, and_(Enrolment.class_id == SchoolClass.id, there))
    return query.where(or_(LessonRoom.part == "sending", guest))


def of_child(child: UUID) -> Select[Resource]:
    mine = _shown().where(Enrolment.person_id == child).with_only_columns(RECORDING.id)
    return select(Resource).where(Resource.id.in_(mine))


async def told(session: AsyncSession, child: UUID) -> list[dict[str, Any]]:
    query = of_child(child).order_by(Resource.created_at)
    return [
        {"title": row.title, "recorded": row.created_at.isoformat(), "review": row.review}
        for row in await session.scalars(query)
    ]


async def take_down(session: AsyncSession, ground: Connections, child: UUID) -> None:
    """At once nobody but author and reviewers sees them; tracks of receiving rooms are destroyed."""
    for row in await session.scalars(of_child(child).with_for_update(of=Resource)):
        if row.review in SEEN:
            row.review, row.reach, row.changed_at, row.version = "withdrawn", NOBODY, now(), row.version + 1
            session.add(ReviewStep(resource_id=row.id, review="withdrawn", reason=WITHDRAWN, by_id=None, at=now()))
            await audit.record(session, None, "resource.withdrawn", f"resource:{row.id}", after={"reason": WITHDRAWN})
        await destroy_guests(session, ground, row)


async def unagreed(session: AsyncSession, row: Resource) -> Literal["withdrawn", "missing"] | None:
    """Why publishing it takes a reviewer's word that it shows no child whose family has not agreed: one has withdrawn
    its consent, or never gave it for a child below fourteen."""
    last = select(ReviewStep.by_id, ReviewStep.review).where(ReviewStep.resource_id == row.id)
    step = (await session.execute(last.order_by(ReviewStep.at.desc()).limit(1))).first()
    if step and step.review == "withdrawn" and step.by_id is None:
        return "withdrawn"
    said = exists().where(Consent.child_id == Enrolment.person_id, Consent.purpose == "recording")
    refused, standing = said.where(Consent.withdrawn_at.is_not(None)), said.where(Consent.withdrawn_at.is_(None))
    fourteen = literal(today()) - func.make_interval(CHILD_YEARS)
    old = exists().where(Minor.person_id == Enrolment.person_id, Minor.born <= fourteen)
    against = _shown().where(RECORDING.id == row.id, ~standing)
    if (await session.execute(against.where(refused).limit(1))).first():
        return "withdrawn"
    return "missing" if (await session.execute(against.where(~old).limit(1))).first() else None


async def destroy_guests(session: AsyncSession, ground: Connections, row: Resource) -> None:
    """The tracks of receiving rooms, with their bytes."""
    uploads = select(Upload).where(Upload.resource_id == row.id, Upload.track.in_(GUESTS))
    for upload in await session.scalars(uploads):
        if upload.completed_at is None:
            database.after_commit(session, ground.store.abandon_parts, upload.store_name, upload.sending)
        database.after_commit(session, ground.store.remove, upload.store_name)
        await session.delete(upload)
    files = select(ResourceFile).where(ResourceFile.resource_id == row.id, ResourceFile.track.in_(GUESTS))
    for file in await session.scalars(files):
        database.after_commit(session, ground.store.remove, file.store_name)
        await session.delete(file)
