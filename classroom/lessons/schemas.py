"""What the lessons' routes take and give, as JSON. Times carry an offset; answers are in UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from admin.schemas import Given, Named, NamedPlace, SchoolHere
from admin.tree import Tier
from classroom.lessons.rules import RoomKind, State

Kind = Literal["dedicated", "master_teacher", "school_online"]
Volume = Literal["上", "下"]
Recording = Literal["none", "teacher", "teacher_board", "teacher_board_rooms"]
Seat = Literal["teacher", "classroom", "student", "observer", "recorder", "equipment"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300, pattern=r"^[^\x00]*$")]
Grade = Annotated[int, Field(ge=1, le=12)]
Rooms = Annotated[list[UUID], Field(min_length=1, max_length=500)]


class SendingRoom(Named):
    school: NamedPlace


class ReceivingRoom(Named):
    kind: RoomKind
    school: SchoolHere


class Step(BaseModel):
    """One place on the way down; several places of one tier are one step that says how many."""

    tier: Tier
    name: str
    name_en: str
    count: int


class Shutdown(BaseModel):
    at: datetime
    reason: str
    by: str


class LessonOut(BaseModel):
    id: UUID
    title: str
    subject: str
    grade: int
    kind: Kind
    textbook_version: str
    volume: Volume
    chapter: str
    starts_at: datetime
    ends_at: datetime
    state: State
    opens_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    shutdown: Shutdown | None
    teacher: Named
    substitute: Named | None
    sending_room: SendingRoom
    receiving_rooms: list[ReceivingRoom]
    recording: Recording
    way: list[Step]
    """From the sending school down to the reader's own room, or to all receiving rooms."""


class LessonNew(Given):
    title: Words
    subject: Words
    grade: Grade
    kind: Kind = "dedicated"
    textbook_version: Words
    volume: Volume
    chapter: Words
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    teacher_id: UUID
    sending_room_id: UUID
    receiving_room_ids: Rooms
    recording: Recording = "teacher"


class LessonChange(Given):
    """Only the fields that are sent change; null is not a value."""

    title: Words | None = None
    subject: Words | None = None
    grade: Grade | None = None
    kind: Kind | None = None
    textbook_version: Words | None = None
    volume: Volume | None = None
    chapter: Words | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    teacher_id: UUID | None = None
    sending_room_id: UUID | None = None
    receiving_room_ids: Rooms | None = None
    recording: Recording | None = None

    @model_validator(mode="after")
    def has_a_change(self) -> "LessonChange":
        if not self.model_fields_set or any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("至少写一项要改的内容，不能为空 / name at least one field to change, none of them null")
        return self


class ShutdownOrder(Given):
    reason: Reason


class SubstituteOrder(Given):
    person_id: UUID


class TicketWanted(Given):
    as_: Annotated[Seat, Field(alias="as")]
    rehearsal: bool = False
    takeover: bool = False
    """A teacher only: take the slots from whoever publishes now."""
    room_id: UUID | None = None
    """An assistant whose school has several rooms in this lesson says which."""


class IceServer(BaseModel):
    urls: list[str]
    username: str | None = None
    credential: str | None = None


class TicketOut(BaseModel):
    ticket: str
    whip_url: str | None
    whep_url: str
    whip_urls: list[str]
    """The relays that take it, the best one first: when one is gone, try the next."""
    whep_urls: list[str]
    """The relays that give it, the nearest first; a nearer one that comes back is better."""
    events_url: str
    ice_servers: list[IceServer]
    expires_at: datetime
    slots: list[str]
    """The slots that this ticket may publish to; the first is the main one."""
