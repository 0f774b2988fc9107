"""What a lesson's creation or change asks for, and the rules that it must pass. A refusal says what to do instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Assignment, Organisation, Person, Room
from admin.rights import Right
from admin.tree import ancestors
from admin.who import Actor, not_your_place
from classroom.lessons import rules
from classroom.lessons.reading import HOME
from core.errors import NotAllowed, NotValid

FARTHEST = 370 * 24 * 3600.0
"""How far ahead a lesson may be planned: a school year."""


@dataclass(frozen=True)
class Plan:
    starts_at: datetime
    ends_at: datetime
    teacher_id: UUID
    sending_room_id: UUID
    receiving_room_ids: tuple[UUID, ...]

    @property
    def room_ids(self) -> tuple[UUID, ...]:
        return self.sending_room_id, *self.receiving_room_ids


@dataclass(frozen=True)
class Booked:
    """A plan's rooms with their schools, in the plan's order."""

    sending: tuple[Room, Organisation]
    receiving: Sequence[tuple[Room, Organisation]]

    @property
    def all(self) -> list[tuple[Room, Organisation]]:
        return [self.sending, *self.receiving]

    @property
    def places(self) -> list[UUID]:
        return sorted({step for _, school in self.all for step in ancestors(school.path)})


async def checked(session: AsyncSession, who: Actor, right: Right, plan: Plan, now: datetime) -> Booked:
    """Raises NotValid or NotAllowed."""
    check_times(plan, now.timestamp())
    booked = await booked_rooms(session, plan)
    if not all(who.may(right, school.path) for _, school in booked.all):
        raise not_your_place()
    _check_kinds(booked)
    _check_model_school(booked, plan)
    await check_teacher(session, who, right, plan.teacher_id)
    return booked


def check_times(plan: Plan, now: float) -> None:
    starts, ends = plan.starts_at.timestamp(), plan.ends_at.timestamp()
    if not rules.length_is_sound(starts, ends):
        zh = "一节课在 5 分钟到 4 小时之间，请改上课或下课时间。"
        raise NotValid("lesson-length", zh=zh, en="A lesson lasts 5 min to 4 h; change its start or its end.")
    if ends <= now:
        zh = "下课时间已经过了，请选以后的时间。"
        raise NotValid("lesson-in-the-past", zh=zh, en="The lesson would be over already; choose a later time.")
    if starts - now > FARTHEST:
        zh = "最多提前一学年排课，请选近一些的日期。"
        raise NotValid(
            "lesson-too-far", zh=zh, en="Lessons are planned a school year ahead at most; choose a nearer day."
        )


async def check_teacher(session: AsyncSession, who: Actor, right: Right, person_id: UUID) -> None:
    """The lead or substitute teacher holds the role of teacher, somewhere within the reach of who arranges."""
    query = select(Organisation.path).join(Assignment, Assignment.organisation_id == Organisation.id)
    query = query.join(Person, Person.id == Assignment.person_id)
    query = query.where(Person.id == person_id, Person.disabled_at.is_(None), Assignment.role == "teacher")
    paths = (await session.scalars(query)).all()
    if not paths:
        zh = "这个人不是教师，请从教师名单里选。"
        raise NotValid("not-a-teacher", zh=zh, en="This person is no teacher; choose one from the list of teachers.")
    if not any(who.may(right, path) for path in paths):
        raise not_your_place()


async def booked_rooms(session: AsyncSession, plan: Plan) -> Booked:
    """Raises NotValid for a room that is unknown or chosen twice."""
    query = select(Room, Organisation).join(Organisation, Organisation.id == Room.school_id)
    rows = await session.execute(query.where(Room.id.in_(plan.room_ids)))
    found = {room.id: (room, school) for room, school in rows}
    if missing := [room for room in plan.room_ids if room not in found]:
        zh, en = "有教室不在登记册里，请从列表里选。", "A room is not in the register; choose from the list."
        raise NotValid("room-unknown", zh=zh, en=en, rooms=[str(room) for room in missing])
    if len(set(plan.room_ids)) < len(plan.room_ids):
        zh, en = "同一间教室选了两次，请去掉一个。", "A room is chosen twice; remove one."
        raise NotValid("room-twice", zh=zh, en=en)
    return Booked(found[plan.sending_room_id], [found[room] for room in plan.receiving_room_ids])


def _check_kinds(booked: Booked) -> None:
    if booked.sending[0].kind != "sending":
        zh, en = "主讲教室要选直录播教室。", "The sending room must be a live-recording room."
        raise NotValid("not-a-sending-room", zh=zh, en=en)
    kinds = [room.kind for room, _ in booked.receiving]
    if "sending" in kinds:
        zh, en = "听课教室要选互动教室或收看教室。", "A receiving room must be an interactive or a listening room."
        raise NotValid("not-a-receiving-room", zh=zh, en=en)
    if rules.too_many_interactive(kinds):
        zh = f"一节课最多 {rules.MOST_INTERACTIVE} 间互动教室，其余请改选收看教室。"
        en = f"A lesson has {rules.MOST_INTERACTIVE} interactive rooms at most; choose listening rooms for the others."
        raise NotValid("too-many-interactive", zh=zh, en=en, most=rules.MOST_INTERACTIVE)


def _check_model_school(booked: Booked, plan: Plan) -> None:
    school = booked.sending[1]
    sender = rules.Sender(_text(school.county_id), school.model_from, school.model_to)
    counties = [_text(other.county_id) for _, other in booked.receiving]
    if rules.needs_model_school(sender, counties, plan.starts_at.astimezone(HOME).date()):
        name = school.name_zh
        zh = f"{name}不是示范校，只能送到本县（市）。请把外县的教室去掉，或换一所示范校主讲。"
        en = (
            f"{school.name_en} is no model school, so it may send within its own county only. "
            "Remove the rooms of other counties, or choose a model school."
        )
        raise NotAllowed("not-model-school", zh=zh, en=en, school=name)


def _text(county: UUID | None) -> str | None:
    return str(county) if county else None
