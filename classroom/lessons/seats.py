"""Which seat someone may take in a lesson, and what may be done from it. Plain rules; tickets.py signs the result."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from admin.rights import Right
from classroom.lessons.schemas import Seat

TEACHER_SLOTS = ("teacher", "board", "voice")
ROOM_SLOTS = ("room",)
SENDING_SLOTS = ("teacher", "board")
"""Of a sending room's own cameras and lectern: its recording host stands in for the teacher's page."""

RIGHT_FOR: dict[Seat, Right] = {
    "teacher": "lessons.teach",
    "classroom": "lessons.attend",
    "student": "lessons.watch",
    "observer": "lessons.observe",
    "recorder": "recordings.hand_over",
    "equipment": "lessons.equip",
}


@dataclass(frozen=True)
class ReceivingPlace:
    room: UUID
    name: str
    interactive: bool
    in_reach: bool
    """The person assists at this room's school."""


@dataclass(frozen=True)
class Granted:
    publish: tuple[str, ...] = ()
    room: UUID | None = None
    room_name: str | None = None


Refused = Literal["not-your-lesson", "not-your-room", "choose-room"]


def classroom_seat(rooms: Sequence[ReceivingPlace], own: Collection[UUID], chosen: UUID | None) -> Granted | Refused:
    """The room that the account is bound to, or one at the assistant's school; `chosen` decides between several."""
    mine = [room for room in rooms if room.room in own] or [room for room in rooms if room.in_reach]
    if chosen is not None:
        mine = [room for room in rooms if room.room == chosen and (room.in_reach or room.room in own)]
    if not mine:
        return "not-your-room"
    if len(mine) > 1:
        return "choose-room"
    room = mine[0]
    return Granted(ROOM_SLOTS if room.interactive else (), room.room, room.name)


def equipment_seat(
    sending: UUID, sending_name: str, rooms: Sequence[ReceivingPlace], own: UUID | None
) -> Granted | Refused:
    """A recording host sends its own room and nothing else: as sending room the lesson's picture and board, as
    interactive room the room's slot."""
    if own == sending:
        return Granted(SENDING_SLOTS, own, sending_name)
    mine = next((room for room in rooms if room.room == own and room.interactive), None)
    return Granted(ROOM_SLOTS, mine.room, mine.name) if mine else "not-your-room"


def student_seat(rooms: Sequence[ReceivingPlace], own: Collection[UUID]) -> Granted | Refused:
    """A pupil watches from the room where the class sits, and publishes nothing."""
    mine = [room for room in rooms if room.room in own]
    return Granted((), mine[0].room, mine[0].name) if mine else "not-your-lesson"


def teacher_seat(leads: bool) -> Granted | Refused:
    return Granted(TEACHER_SLOTS) if leads else "not-your-lesson"


def observer_seat(in_place: bool) -> Granted | Refused:
    return Granted() if in_place else "not-your-lesson"


def recorder_seat(in_place: bool, recorded: bool) -> Granted | Refused:
    """A lesson that is not recorded has no place for a recorder."""
    return Granted() if in_place and recorded else "not-your-lesson"
