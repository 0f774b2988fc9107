"""What the library's routes take and give, as JSON. Bytes are bytes, times carry an offset, durations are seconds."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from admin.schemas import Given, Named
from resources.kinds import FileRole, Kind, Licence, Medium, Phase, Review, Scope, Track, Volume
from resources.stages import Stage

MOST_BYTES = 20 * 1024**3
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
MaybeWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")]
FileName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f/\\]*$")
]
ContentType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,80}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Grade = Annotated[int, Field(ge=1, le=12)]
PartNumber = Annotated[int, Field(ge=1, le=10_000)]
Whole = Annotated[int, Field(ge=0, lt=2**53)]
Fragment = tuple[Whole, Whole, Whole, Whole]
"""offset, bytes, begins ms, lasts ms."""


class Described(Given):
    """Where in the textbooks it belongs, and who may use it."""

    title: Words
    description: Text = ""
    kind: Kind
    grade: Grade
    subject: Words
    textbook_version: Words
    volume: Volume
    unit: Words
    chapter: MaybeWords = ""
    licence: Licence = "house"
    scope: Scope = "school"
    author: Annotated[MaybeWords | None, Field(max_length=80)] = None
    """Left out: the person who sends it."""


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


class ChapterIn(Given):
    at: Annotated[float, Field(ge=0, le=86_400)]
    title: Words


class Chapter(BaseModel):
    at: float
    title: str


class TrackNew(Given):
    track: Track
    take: Annotated[int, Field(ge=1, le=1000)] = 1
    content_type: ContentType


class RecordingDone(Given):
    seconds: Annotated[float, Field(ge=0, le=86_400)]
    chapters: Annotated[list[ChapterIn], Field(max_length=500)] = []


class RecordingOut(BaseModel):
    resource_id: UUID
    lesson_id: UUID
    stage: Stage
    uploads: list[UploadOut]


class Refusal(BaseModel):
    code: str
    zh: str
    en: str


class MediaOut(BaseModel):
    """One way to play or show it. `url` is good until `expires_at` of the resource, and for this reader only."""

    url: str
    type: str
    role: FileRole
    track: Track
    number: int
    width: int | None = None
    height: int | None = None
    label: str = ""


class ResourceCard(BaseModel):
    """A line of the list."""

    id: UUID
    title: str
    description: str
    kind: Kind
    phase: Phase
    grade: int
    subject: str
    textbook_version: str
    volume: Volume
    unit: str
    chapter: str
    licence: Licence
    scope: Scope
    review: Review
    author: str
    author_id: UUID | None
    provider: Named
    medium: Medium | None
    stage: Stage
    refusal: Refusal | None
    progress: int
    bytes: int
    seconds: float | None
    pages: int | None
    views: int
    completions: int
    poster: str | None
    lesson_id: UUID | None
    edition: int
    created_at: datetime
    published_at: datetime | None


class ReviewOut(BaseModel):
    review: Review
    reason: str
    by: str | None
    at: datetime


class Storyboard(BaseModel):
    """Small pictures in one: `columns` in a row, one every `every` seconds, each `width` by `height` pixels."""

    url: str
    every: float
    columns: int
    width: int
    height: int


class ResourceHere(BaseModel):
    """What the reader has to do with it."""

    favourite: bool
    position: float
    completed: bool
    may_change: bool
    may_review: bool


class ResourceOut(ResourceCard):
    media: list[MediaOut]
    """What plays it whole, the best first: signed addresses of files, then HLS playlists, which ask for the sign-in."""
    pages_shown: list[MediaOut]
    captions: list[MediaOut]
    storyboard: Storyboard | None
    download: str | None
    """The file as it was sent."""
    chapters: list[Chapter]
    loudness: float | None
    sha256: str | None
    scanned: bool
    filename: str
    reviews: list[ReviewOut]
    previous_id: UUID | None
    next_id: UUID | None
    address: str | None
    expires_at: datetime
    here: ResourceHere
    version: int


class ResourceChange(Given):
    """Only what is sent changes."""

    version: int
    title: Words | None = None
    description: Text | None = None
    kind: Kind | None = None
    grade: Grade | None = None
    subject: Words | None = None
    textbook_version: Words | None = None
    volume: Volume | None = None
    unit: Words | None = None
    chapter: MaybeWords | None = None
    licence: Licence | None = None
    scope: Scope | None = None
    chapters: Annotated[list[ChapterIn], Field(max_length=500)] | None = None

    @model_validator(mode="after")
    def has_a_change(self) -> "ResourceChange":
        sent = self.model_fields_set - {"version"}
        if not sent or any(getattr(self, name) is None for name in sent):
            raise ValueError("至少写一项要改的内容，不能为空 / name at least one field to change, none of them null")
        return self


class Reason(Given):
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300, pattern=r"^[^\x00]*$")
    ]


class QuotaOut(BaseModel):
    organisation_id: UUID
    bytes: int
    used: int


class QuotaSet(Given):
    bytes: Annotated[int, Field(ge=0, le=2**50)]


class Facet(BaseModel):
    value: str
    count: int


class Branch(BaseModel):
    """A place in the contents tree: [phase, grade] or down to [phase, grade, subject, version, volume, unit]."""

    path: list[str]
    count: int


class FacetsOut(BaseModel):
    kinds: list[Facet]
    scopes: list[Facet]
    media: list[Facet]
    tree: list[Branch]


class Position(Given):
    """Where the reader is: seconds, or the page of a document."""

    position: Annotated[float, Field(ge=0, le=86_400)]


class NoteNew(Given):
    at: Annotated[float, Field(ge=0, le=86_400)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class NoteOut(BaseModel):
    id: UUID
    at: float
    text: str
    by: Named
    created_at: datetime


class CaptionsNew(Given):
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
    text: Annotated[str, StringConstraints(min_length=6, max_length=500_000, pattern=r"^[^\x00]*$")]
    """A WebVTT file."""


class SeriesNew(Given):
    title: Words
    description: Text = ""
    studio: MaybeWords | None = None
    """A studio's name (名师工作室); left out, the series is the teacher's own."""
    resources: Annotated[list[UUID], Field(max_length=500)] = []


class SeriesOut(Named):
    description: str
    studio: str | None
    owner: Named
    place: Named
    resources: int


class TeacherOut(Named):
    """A master teacher's page: somebody with published resources."""

    school: Named
    subjects: list[str]
    grades: list[int]
    resources: int
    views: int


class LessonRequestNew(Given):
    subject: Words
    grade: Grade
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500, pattern=r"^[^\x00]*$")]
    series_id: UUID | None = None


class LessonRequestAnswer(Given):
    accepted: bool
    answer: Text = ""


class LessonRequestOut(BaseModel):
    id: UUID
    teacher: Named
    school: Named
    asked_by: Named
    series_id: UUID | None
    subject: str
    grade: int
    words: str
    state: str
    answer: str
    created_at: datetime
    answered_at: datetime | None


class SourceNew(Given):
    """Another library that answers OAI-PMH."""

    name: Words
    address: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00]{1,580}$")]
    set_spec: Annotated[str, StringConstraints(max_length=120, pattern=r"^[\x21-\x7e]*$")] | None = None
    provider_id: UUID
    """The place in whose name its records stand here."""


class SourceOut(BaseModel):
    id: UUID
    name: str
    address: str
    set_spec: str | None
    provider_id: UUID
    harvested_until: datetime | None
    records: int
    trouble: str | None


class WrongRow(BaseModel):
    line: int
    zh: str
    en: str


class SheetOut(BaseModel):
    """What a sheet of metadata changed, or would change."""

    changed: int
    same: int
    wrong: list[WrongRow]
