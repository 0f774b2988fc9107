"""What the routes of uploads and recordings take and give, as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from admin.schemas import Given, Named, NamedPlace
from resources.kinds import Track
from resources.schemas import (
    MOST_BYTES,
    ChapterIn,
    ContentType,
    Described,
    FileName,
    Fragment,
    PartNumber,
    Sha256,
)
from resources.stages import Stage


class UploadNew(Described):
    filename: FileName
    content_type: ContentType = "application/octet-stream"
    size: Annotated[int, Field(ge=0, le=MOST_BYTES)]
    sha256: Sha256 | None = None
    """Of the whole file; where it is given, other bytes are refused."""
    provider_id: UUID | None = None
    """The school in whose name it stands; left out, one's own."""
    previous_id: UUID | None = None
    """The resource that this is a new version of."""


class PartsWanted(Given):
    parts: Annotated[list["PartWanted"], Field(min_length=1, max_length=100)]


class PartWanted(Given):
    number: PartNumber
    sha256: Sha256 | None = None
    """Of this part's bytes: checked when all are there."""


class PartAddress(BaseModel):
    number: int
    url: str
    """PUT the bytes here, straight to the store; no header is needed."""


class PartAddresses(BaseModel):
    items: list[PartAddress]
    expires_at: datetime


class PartReceived(BaseModel):
    number: int
    size: int
    sha256: str | None


class UploadOut(BaseModel):
    id: UUID
    resource_id: UUID
    track: Track
    take: int
    title: str
    filename: str
    size: int | None
    part_size: int
    parts: int | None
    """How many there will be; null while a recording grows."""
    received: list[PartReceived]
    stage: Stage
    completed: bool
    deadline: datetime
    """Each address that is asked for moves it on; after it what arrived is forgotten."""


class UploadDone(Given):
    sha256: Sha256 | None = None
    parts: PartNumber | None = None
    """Of a recording: how many there are."""
    fragments: Annotated[list[Fragment], Field(max_length=20_000)] = []
    """Of a fragmented MP4: its moof+mdat pairs in order."""


class TrackNew(Given):
    track: Track
    take: Annotated[int, Field(ge=1, le=1000)] = 1
    content_type: ContentType


class RecordingDone(Given):
    seconds: Annotated[float, Field(ge=0, le=86_400)]
    chapters: Annotated[list[ChapterIn], Field(max_length=500)] = []


class GuestRoom(Named):
    """An interactive room, how many children the classes have that sit there, and how many families must agree yet."""

    school: NamedPlace
    children: int
    lacking: int


class GuestsOut(BaseModel):
    wanted: bool
    """The lesson's policy names its interactive rooms."""
    recorded: bool
    """They are: every family has agreed as well."""
    rooms: list[GuestRoom]


class RecordingOut(BaseModel):
    resource_id: UUID
    lesson_id: UUID
    stage: Stage
    uploads: list[UploadOut]
