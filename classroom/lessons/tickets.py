"""Tickets: the database says who may do what in a lesson, once; relay and socket then believe the signature."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.children.families import must_be_allowed
from admin.who import Actor
from classroom.lessons import rules, seats
from classroom.lessons.actions import must_be_open, must_not_be_over
from classroom.lessons.models import Lesson
from classroom.lessons.reading import RoomInLesson, one_lesson, rooms_of
from classroom.lessons.relays import Way, way_for
from classroom.lessons.schemas import IceServer, TicketOut, TicketWanted
from classroom.lessons.seats import Granted, ReceivingPlace
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import NotAllowed, NotValid
from core.settings import RelaySettings, RelaysSettings, TurnSettings, WebSettings, load
from core.tickets import Stage, Ticket
from core.turn import ice_servers


async def ticket(
    session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID, wanted: TicketWanted, request: Request
) -> TicketOut:
    """Raises NotFound, Conflict (not open, over) or NotAllowed."""
    lesson = await one_lesson(session, who, lesson_id)
    sending, *receiving = (await rooms_of(session, [lesson.id]))[lesson.id]
    granted = _seat(who, lesson, sending, receiving, wanted)
    moment = now()
    if wanted.as_ == "student":
        await must_be_allowed(session, who.id, "live", moment)
    if wanted.rehearsal:
        _check_rehearsal(wanted)
        must_not_be_over(lesson, moment)
    else:
        must_be_open(lesson, moment)
    way = await _way(ground, lesson, sending, receiving, wanted, granted)
    made = replace(_ticket(who, lesson, wanted, granted, moment.timestamp()), ways=way.ways, anchor=way.anchor)
    after = {"as": wanted.as_, "stage": made.stage, "room": made.room, "ticket": made.id}
    await audit.record(session, who.id, "lesson.ticket", f"lesson:{lesson.id}", after=after, request=request)
    return _answer(made, ground.signer.sign(made), way, request)


def _seat(
    who: Actor, lesson: Lesson, sending: RoomInLesson, receiving: list[RoomInLesson], wanted: TicketWanted
) -> Granted:
    right = seats.RIGHT_FOR[wanted.as_]
    if not who.places(right):
        raise _refusal("not-your-lesson")
    places = [_place(who, part) for part in receiving]
    if wanted.as_ == "teacher":
        granted = seats.teacher_seat(who.id in lesson.leaders or (lesson.demo and who.has("demo_teacher")))
    elif wanted.as_ == "classroom":
        granted = seats.classroom_seat(places, who.rooms, wanted.room_id)
    elif wanted.as_ == "equipment":
        granted = seats.equipment_seat(sending.room_id, _called(sending), places, who.room_id)
    elif wanted.as_ == "student":
        granted = seats.student_seat(places, who.rooms)
    else:
        in_place = bool(set(who.place_ids(right)) & set(lesson.places))
        seated = seats.observer_seat(in_place)
        granted = seated if wanted.as_ == "observer" else seats.recorder_seat(in_place, lesson.recording != "none")
    if isinstance(granted, str):
        raise _refusal(granted)
    return granted


async def _way(
    ground: Connections,
    lesson: Lesson,
    sending: RoomInLesson,
    receiving: list[RoomInLesson],
    wanted: TicketWanted,
    granted: Granted,
) -> Way:
    own = next((part.path for part in receiving if part.room_id == granted.room), None)
    if wanted.as_ == "teacher" or granted.room == sending.room_id:
        own = sending.path
    ends = [part.path for part in (sending, *receiving)]
    return await way_for(ground, str(lesson.id), own, ends, load(RelaysSettings).relays)


def _place(who: Actor, part: RoomInLesson) -> ReceivingPlace:
    in_reach = who.may("lessons.attend", part.path) and who.has("assistant")
    return ReceivingPlace(part.room_id, _called(part), part.kind == "interactive", in_reach)


def _called(part: RoomInLesson) -> str:
    return f"{part.school} · {part.name}"


def _ticket(who: Actor, lesson: Lesson, wanted: TicketWanted, granted: Granted, moment: float) -> Ticket:
    stage: Stage = "rehearsal" if wanted.rehearsal else "live"
    over = lesson.times.over_at
    human = not who.has("demo_teacher") and wanted.as_ != "equipment"
    return Ticket(
        person=str(who.id),
        name="" if wanted.as_ == "student" else who.name,  # see names.py
        lesson=str(lesson.id),
        stage=stage,
        role=wanted.as_,
        room=str(granted.room) if granted.room else None,
        room_name=granted.room_name,
        publish=granted.publish,
        watch=wanted.as_ != "equipment",
        human=human,
        takeover=wanted.takeover and wanted.as_ == "teacher" and human,
        max_sessions=load(RelaySettings).max_sessions_per_ticket,
        issued_at=moment,
        expires_at=min(over, moment + rules.REHEARSAL) if wanted.rehearsal else over,
        id=secrets.token_hex(16),
    )


def _answer(made: Ticket, text: str, way: Way, request: Request) -> TicketOut:
    whip = [f"{relay}/whip/{made.lesson}" for relay in way.publish] if made.publish else []
    whep = [f"{relay}/whep/{made.lesson}" for relay in way.watch]
    web = load(WebSettings).public_url or f"{request.url.scheme}://{request.url.netloc}"
    servers = ice_servers(load(TurnSettings), made.person, made.expires_at)
    return TicketOut(
        ticket=text,
        whip_url=whip[0] if whip else None,
        whep_url=whep[0],
        whip_urls=whip,
        whep_urls=whep,
        events_url=f"{web.replace('http', 'ws', 1)}/api/lessons/{made.lesson}/events",
        ice_servers=[IceServer.model_validate(server) for server in servers],
        expires_at=datetime.fromtimestamp(made.expires_at, UTC),
        slots=list(made.publish),
    )


def _check_rehearsal(wanted: TicketWanted) -> None:
    if wanted.as_ != "teacher":
        zh, en = "只有主讲教师可以试讲。", "Only the lead teacher rehearses."
        raise NotAllowed("rehearsal-is-the-teachers", zh=zh, en=en)


def _refusal(code: seats.Refused) -> Exception:
    if code == "choose-room":
        zh, en = (
            "贵校有几间教室听这节课，请选一间（room_id）。",
            "Several rooms of your school receive it: name one in room_id.",
        )
        return NotValid(code, zh=zh, en=en)
    if code == "not-your-room":
        zh, en = (
            "这节课没有安排您的教室，请看今天的课表。",
            "Your room does not receive this lesson; look at today's list.",
        )
        return NotAllowed(code, zh=zh, en=en)
    zh, en = (
        "您不能以这个身份进这节课，请从自己的课表进入。",
        "You have no such seat in this lesson; enter from your own list.",
    )
    return NotAllowed(code, zh=zh, en=en)
