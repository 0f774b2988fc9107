"""Every message of a lesson's socket, both directions. `classroom/PROTOCOL.md` tells the same in words and is held
against this file by a test.

    Message
    ├── from the server
    │   ├── Fact: LessonFact, SlotFact, LineFact, PresenceFact, PausedFact, MutedFact, RecordingFact, RemoteFact
    │   ├── Gone
    │   └── State, Ping, Problem
    └── from the client: Pong, Pause, Mute

Facts and Gone are numbered: the newest fact of a (type, key) holds, Gone removes it.
A message is one JSON object in one text frame; `type` tells which. Moments are ISO 8601 with a zone, in UTC.
A client leaves unknown types and unknown fields alone: later versions add some.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

Role = Literal["teacher", "classroom", "student", "observer", "equipment"]
FactType = Literal["lesson", "slot", "line", "presence", "paused", "muted", "recording", "remote"]
SlotName = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z][a-z0-9-]*$")]


class ServerMessage(BaseModel):
    """What the server says; built by the server, so unknown fields are left out rather than refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class NumberedMessage(ServerMessage):
    """`seq` rises with every fact of the lesson, but not by one; the highest seen is what `?after=` takes."""

    seq: int
    key: str


class LessonFact(NumberedMessage):
    """Where the lesson stands; key is empty. Written by the web when the lesson starts, ends or is shut down."""

    type: Literal["lesson"] = "lesson"
    state: Literal["upcoming", "live", "ended"]
    title: str | None = None
    teacher_name: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    shutdown_reason: str | None = None


class SlotFact(NumberedMessage):
    """Who is in a slot; key is the slot's name. Written by the relay."""

    type: Literal["slot"] = "slot"
    slot: str
    live: bool
    person: str | None = None
    name: str | None = None
    human: bool = True
    room: str | None = None
    room_name: str | None = None
    audio: bool = False
    video: bool = False
    since: AwareDatetime | None = None
    relay: str


class LineFact(NumberedMessage):
    """How well one media session is connected; key is the session's id. Written by the relay, at most every 2 s and
    only on change.
    """

    type: Literal["line"] = "line"
    direction: Literal["receive", "send"] = "receive"
    person: str
    name: str
    role: Role
    room: str | None = None
    room_name: str | None = None
    connected: bool
    loss: float = Field(default=0.0, ge=0.0, le=1.0)
    delay_ms: float | None = None
    layer: str | None = None
    kbps: int = 0
    state: Literal["ok", "weak", "down"]
    codec: Literal["supported", "unsupported"] = "supported"
    relay: str


class PresenceFact(NumberedMessage):
    """Who has the page open; key is the room's id for a room, else the person's id. Written by the socket."""

    type: Literal["presence"] = "presence"
    name: str
    role: Role
    room: str | None = None
    room_name: str | None = None
    online: bool
    since: AwareDatetime


class PausedFact(NumberedMessage):
    """Whether the teacher has paused the lesson; key is empty."""

    type: Literal["paused"] = "paused"
    paused: bool
    by: str
    since: AwareDatetime


class MutedFact(NumberedMessage):
    """Whether the teacher has muted a slot; key is the slot's name."""

    type: Literal["muted"] = "muted"
    slot: str
    muted: bool
    by: str
    since: AwareDatetime


class RecordingFact(NumberedMessage):
    """What is recorded of the lesson now; key is empty. Written by the recorder."""

    type: Literal["recording"] = "recording"
    state: Literal["waiting", "on", "trouble"]
    slots: tuple[SlotName, ...] = ()
    rooms: bool = False
    """Interactive rooms are recorded too, as soon as something of them comes."""
    since: AwareDatetime | None = None


RemoteAct = Literal["sound-on", "sound-off", "tone"]


class RemoteFact(NumberedMessage):
    """What a phone last asked of a room's screen; key is the room's id. Written by the web for the room's assistant."""

    type: Literal["remote"] = "remote"
    act: RemoteAct
    by: str
    since: AwareDatetime


class Gone(NumberedMessage):
    """The fact (`fact`, `key`) holds no longer."""

    type: Literal["gone"] = "gone"
    fact: FactType


Fact = Annotated[
    LessonFact | SlotFact | LineFact | PresenceFact | PausedFact | MutedFact | RecordingFact | RemoteFact,
    Field(discriminator="type"),
]


class You(ServerMessage):
    """Whom the server takes the socket for. `key` is the key of its presence fact."""

    key: str
    person: str
    name: str
    role: Role
    room: str | None = None
    room_name: str | None = None


class State(ServerMessage):
    """Everything that holds now. It replaces all that the client knew. The first message of a socket, unless `after`
    could be honoured.
    """

    type: Literal["state"] = "state"
    seq: int
    lesson: str
    stage: Literal["live", "rehearsal"]
    you: You
    at: AwareDatetime
    facts: list[Fact]


class Ping(ServerMessage):
    """Sent every 10 s; a client that hears nothing for 25 s opens a new socket. Answer with `pong`."""

    type: Literal["ping"] = "ping"
    seq: int
    at: AwareDatetime


class Problem(ServerMessage):
    """A message of the client was not taken; the socket stays open."""

    type: Literal["problem"] = "problem"
    code: Literal["not-json", "unknown-type", "bad-field", "not-allowed", "too-fast", "not-now"]
    detail_zh: str
    detail_en: str
    id: str | None = None


class ClientMessage(BaseModel):
    """What a page says; unknown fields are refused, so that a misspelt one is heard of. `id` is given back in
    `problem`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str | None = Field(default=None, max_length=64)


class Pong(ClientMessage):
    """The answer to `ping`."""

    type: Literal["pong"] = "pong"


class Pause(ClientMessage):
    """Pause the lesson or go on. Only the teacher. Answered by the fact `paused`."""

    type: Literal["pause"] = "pause"
    paused: bool


class Mute(ClientMessage):
    """Mute a slot or let it be heard. Only the teacher. Answered by the fact `muted`."""

    type: Literal["mute"] = "mute"
    slot: SlotName
    muted: bool


FromServer = Annotated[
    State
    | LessonFact
    | SlotFact
    | LineFact
    | PresenceFact
    | PausedFact
    | MutedFact
    | RecordingFact
    | RemoteFact
    | Gone
    | Ping
    | Problem,
    Field(discriminator="type"),
]
FromClient = Annotated[Pong | Pause | Mute, Field(discriminator="type")]

FROM_SERVER: TypeAdapter[FromServer] = TypeAdapter(FromServer)
FROM_CLIENT: TypeAdapter[FromClient] = TypeAdapter(FromClient)
SERVER_MODELS: tuple[type[ServerMessage], ...] = (
    State, LessonFact, SlotFact, LineFact, PresenceFact, PausedFact, MutedFact, RecordingFact, RemoteFact,
    Gone, Ping, Problem,
)  # fmt: skip
CLIENT_MODELS: tuple[type[ClientMessage], ...] = (Pong, Pause, Mute)


class Close(IntEnum):
    """Close codes of the socket. What the client does next stands in PROTOCOL.md."""

    TICKET_INVALID = 4401
    TICKET_EXPIRED = 4402
    WRONG_LESSON = 4403
    LESSON_UNKNOWN = 4404
    ORIGIN_REFUSED = 4406
    SILENT = 4408
    TICKET_IN_ADDRESS = 4412
    TOO_LARGE = 4413
    TOO_MANY = 4429
    TOO_SLOW = 4490
    STOPPING = 1012
