"""The library's own tables; migration `resources` makes them. What readers add to a resource is in reader_models.py."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

import admin.models  # noqa: F401  # rows here refer to its tables
import classroom.lessons.models  # noqa: F401  # and to its
from core.database import Base, Moment
from core.ids import new_id
from resources.kinds import FileRole, Kind, Licence, Medium, Phase, Review, Scope, Track, Volume
from resources.stages import Stage

Digest = bytes
PLAYS = "plays"


class Resource(Base):
    __tablename__ = "resources"
    __table_args__ = (
        Index("ix_resources_words", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
        Index("ix_resources_grams", "grams", postgresql_using="gin"),
        Index("ix_resources_reach", "reach", "id"),
        Index("ix_resources_provider_path", "provider_path", postgresql_ops={"provider_path": "text_pattern_ops"}),
        Index("ix_resources_book", "phase", "grade", "subject", "textbook_version", "volume", "unit", "id"),
        Index("ix_resources_kind", "kind", "id"),
        Index(
            "ix_resources_undone",
            "changed_at",
            postgresql_where=text("progress < 100 AND stage IN ('sent', 'probed', 'playable')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(1000), default="")
    kind: Mapped[Kind] = mapped_column(String(10))
    phase: Mapped[Phase] = mapped_column(String(10))
    grade: Mapped[int] = mapped_column(SmallInteger)
    subject: Mapped[str] = mapped_column(String(120))
    textbook_version: Mapped[str] = mapped_column(String(120))
    volume: Mapped[Volume] = mapped_column(String(1))
    unit: Mapped[str] = mapped_column(String(120))
    chapter: Mapped[str] = mapped_column(String(120), default="")
    licence: Mapped[Licence] = mapped_column(String(20))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    author: Mapped[str] = mapped_column(String(80), default="")
    """Her name as it is shown, also where she has no account here."""
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    provider_path: Mapped[str]
    region_code: Mapped[str | None] = mapped_column(String(12))
    scope: Mapped[Scope] = mapped_column(String(12))
    reach: Mapped[str]
    """The path of the place within which it is seen: the provider's own while it waits for review; "" is everybody."""
    review: Mapped[Review] = mapped_column(String(12), default="draft")
    lesson_id: Mapped[UUID | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"), unique=True)
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("resources.id", ondelete="SET NULL"), index=True)
    """The version before this one."""
    edition: Mapped[int] = mapped_column(SmallInteger, default=1)
    identifier: Mapped[str | None] = mapped_column(String(300), unique=True)
    """Of a record harvested from another library (OAI-PMH); such a one has an address instead of a file."""
    address: Mapped[str | None] = mapped_column(String(600))

    stage: Mapped[Stage] = mapped_column(String(10), default="sending")
    refusal: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """Why it was refused: {code, zh, en}."""
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Percent of the renditions that are made."""
    medium: Mapped[Medium | None] = mapped_column("media", String(10))
    filename: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of what was sent, which is what counts against the school's quota."""
    sha256: Mapped[Digest | None] = mapped_column(LargeBinary)
    scanned: Mapped[bool] = mapped_column(default=False)
    """Whether the virus scanner has looked at it; houses without one have none."""
    seconds: Mapped[float | None]
    pages: Mapped[int | None]
    loudness: Mapped[float | None]
    """Integrated, in LUFS (EBU R 128)."""
    chapters: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """[{at, title}], seconds."""

    words: Mapped[str] = mapped_column(Text, default="")
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Every single character and pair of neighbours in `words`: what a search of one or two characters asks."""
    views: Mapped[int] = mapped_column(default=0)
    completions: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment] = mapped_column(index=True)
    published_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)


class ResourceCount(Base):
    """How many resources that a list shows have one reach (`place`); or, `below`, lie below a place from which their
    reach is not seen. The database keeps it with each change (migration 0030); several rows of a cell add up."""

    __tablename__ = "resource_counts"
    __table_args__ = (
        Index("ix_resource_counts_cell", "place", "below", "region", "kind", "scope", "medium", "phase", "grade"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    place: Mapped[str]
    below: Mapped[bool]
    region: Mapped[str] = mapped_column(String(12))
    kind: Mapped[Kind] = mapped_column(String(12))
    scope: Mapped[Scope] = mapped_column(String(12))
    medium: Mapped[str] = mapped_column(String(12))
    phase: Mapped[Phase] = mapped_column(String(12))
    grade: Mapped[int] = mapped_column(SmallInteger)
    count: Mapped[int]


class Upload(Base):
    """One object on its way into the store, in parts; `store_name` stays, for it is the source from then on."""

    __tablename__ = "resource_uploads"
    __table_args__ = (UniqueConstraint("resource_id", "track", "take"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    track: Mapped[Track] = mapped_column(String(10))
    take: Mapped[int] = mapped_column(SmallInteger)
    """A track that begins anew, with another codec for example, goes on in the next take."""
    content_type: Mapped[str] = mapped_column(String(120))
    store_name: Mapped[str]
    sending: Mapped[str]
    """The store's name of this multipart sending."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    """Announced; none while a recording grows, then what arrived."""
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    part_size: Mapped[int]
    marks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """SHA-256 of each announced part, hexadecimal, by number."""
    fragments: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    """[offset, bytes, begins ms, lasts ms] of a fragmented MP4; the first offset is the length of its header."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[Moment]
    deadline: Mapped[Moment] = mapped_column(index=True)
    completed_at: Mapped[Moment | None]


class ResourceFile(Base):
    """Something made from the source, or the source itself, in the store."""

    __tablename__ = "resource_files"
    __table_args__ = (UniqueConstraint("resource_id", "role", "track", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    role: Mapped[FileRole] = mapped_column(String(12))
    track: Mapped[Track] = mapped_column(String(10), default="main")
    number: Mapped[int]
    """A page, a rendition's height, a take; 0 where there is one."""
    store_name: Mapped[str]
    content_type: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    codecs: Mapped[str | None] = mapped_column(String(60))
    """As RFC 6381 spells them."""
    fragments: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    """As of an upload."""
    label: Mapped[str] = mapped_column(String(40), default="")
    """A caption's language; of a source, whether browsers play it as it is; of a storyboard, seconds a picture."""


class Quota(Base):
    """What a school may keep, where it differs from the house's usual."""

    __tablename__ = "resource_quotas"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)


class ReviewStep(Base):
    __tablename__ = "resource_reviews"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"), index=True)
    review: Mapped[Review] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[Moment]
