"""Who assists each class of a course, and what plays there when the line fails: changed without the rest of it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import take_turn
from admin.models import Organisation, Room
from admin.who import Actor
from core import audit
from core.errors import NotValid
from scheduling.plan import fallbacks
from scheduling.plan.courses import courses_out, mine, must_teach_there
from scheduling.plan.models import CourseRow, Seat
from scheduling.plan.schemas import CourseOut, SeatingIn


async def seat(session: AsyncSession, who: Actor, course: UUID, body: SeatingIn, request: Request) -> CourseOut:
    row = await mine(session, who, course)
    before = (await courses_out(session, [row]))[0]
    take_turn(row, body, before)
    seats = {one.class_id: one for one in await session.scalars(select(Seat).where(Seat.course_id == course))}
    await _must_fit(session, who, row, seats, body)
    for one in body.seats:
        seats[one.class_id].assistant_id, seats[one.class_id].fallback_id = one.assistant_id, one.fallback_id
    await session.flush()
    was, after = before.model_dump(mode="json", include={"seats"}), body.model_dump(mode="json")
    await audit.record(session, who.id, "course.seating", f"course:{course}", before=was, after=after, request=request)
    return (await courses_out(session, [row]))[0]


async def _must_fit(
    session: AsyncSession, who: Actor, row: CourseRow, seats: Mapping[UUID, Seat], body: SeatingIn
) -> None:
    if {one.class_id for one in body.seats} - seats.keys():
        zh, en = "有班不听这门课，请刷新再改。", "A class does not attend this course; load it again."
        raise NotValid("class-not-in-course", zh=zh, en=en)
    authority = await session.get_one(Organisation, row.authority_id)
    await must_teach_there(session, [one.assistant_id for one in body.seats if one.assistant_id], [authority.path])
    query = select(Room.id, Organisation.path).join(Organisation, Organisation.id == Room.school_id)
    rooms = await session.execute(query.where(Room.id.in_({one.room_id for one in seats.values()})))
    paths = {row.id: row.path for row in rooms}
    chosen = [(one.fallback_id, paths[seats[one.class_id].room_id]) for one in body.seats if one.fallback_id]
    await fallbacks.must_play_there(session, who, chosen)
