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
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{6,12}$")]
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


class ChapterIn(Given):
    at: Annotated[float, Field(ge=0, le=86_400)]
    title: Words


class Chapter(BaseModel):
    at: float
    title: str


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


class SpaceOut(BaseModel):
    organisation_id: UUID
    bytes: int
    used: int


class SpaceSet(Given):
    bytes: Annotated[int, Field(ge=0, le=2**50)]


class Facet(BaseModel):
    value: str
    count: int


class RegionFacet(Facet):
    """`value` is the code (GB/T 2260) of the providers' region."""

    name: str
    name_en: str


class Branch(BaseModel):
    """A place in the contents tree: [phase, grade] or down to [phase, grade, subject, version, volume, unit]."""

    path: list[str]
    count: int


class FacetsOut(BaseModel):
    kinds: list[Facet]
    scopes: list[Facet]
    media: list[Facet]
    regions: list[RegionFacet]
    tree: list[Branch]
