"""What the routes of readers and master teachers take and give, as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.schemas import Given, Named, NamedPlace
from resources.schemas import (
    Grade,
    MaybeWords,
    Text,
    Words,
)


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
    place: NamedPlace
    resources: int


class TeacherOut(Named):
    """A master teacher's page: somebody with published resources."""

    school: NamedPlace
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
    school: NamedPlace
    asked_by: Named
    series_id: UUID | None
    subject: str
    grade: int
    words: str
    state: str
    answer: str
    created_at: datetime
    answered_at: datetime | None
