"""What the routes about children take and give."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.change_schemas import Name
from admin.children.models import Purpose, ReportKind, RequestKind
from admin.numbers import Kind
from admin.schemas import Given, Named

Sentence = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00]*$")
]
Relation = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=r"^[^\x00]*$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
Born = Annotated[date, Field(ge=date(1990, 1, 1))]


class ChildLine(Named):
    school: str | None
    class_name: str | None
    under_14: bool
    consents: list[Purpose]


class GuardianOut(Named):
    relation: str
    since: datetime


class ConsentOut(BaseModel):
    purpose: Purpose
    guardian: str | None
    """Who gave it here; of a signed paper `paper` and `signed_on` instead."""
    paper: str | None
    signed_on: date | None
    given_at: datetime
    withdrawn_at: datetime | None


class ClassChild(Named):
    under_14: bool
    """Also where nobody has told the birthday; from fourteen on nobody is asked."""
    birthday_known: bool
    consents: list[Purpose]
    refused: list[Purpose]
    """Given once, and withdrawn since."""


class ClassConsents(Named):
    school: str
    wording: str
    """Which text the papers must have."""
    children: list[ClassChild]


class PaperConsents(Given):
    purposes: Annotated[set[Purpose], Field(min_length=1)]
    signed_on: date
    paper: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    """Where the signed papers are kept."""
    without: Annotated[set[UUID], Field(max_length=200)] = set()
    """Children whose paper is missing or says no."""
    again: Annotated[set[UUID], Field(max_length=200)] = set()
    """Children whose family withdrew, and has signed anew."""


class PapersRecorded(BaseModel):
    consents: int
    children: int
    left_out: int
    """Below fourteen, and nothing new was written down for them."""


class HoldingOut(BaseModel):
    key: str
    zh: str
    en: str
    rows: list[dict[str, Any]]


class RequestOut(BaseModel):
    id: UUID
    child: Named
    kind: RequestKind
    words: str
    at: datetime
    due_at: datetime
    done_at: datetime | None
    answer: str | None


class Look(BaseModel):
    at: datetime
    by: str
    action: str


class ChildFile(ChildLine):
    """What is stored about a child, on one page. Seeing it is on record, and the last looks are part of it."""

    born: date | None
    guardians: list[GuardianOut]
    history: list[ConsentOut]
    holdings: list[HoldingOut]
    requests: list[RequestOut]
    looks: list[Look]
    mine: bool
    """Whether the person who asks is a guardian of the child."""


class GuardianNew(Given):
    guardian_id: UUID
    relation: Relation


class Correction(Given):
    name: Name | None = None
    born: Born | None = None


class Erasure(Given):
    reason: Sentence


class RequestNew(Given):
    kind: RequestKind
    words: Sentence


class RequestAnswer(Given):
    answer: Sentence


class Unmasking(Given):
    kind: Kind
    reason: Sentence


class Unmasked(BaseModel):
    number: str


class ReportNew(Given):
    kind: ReportKind
    words: Sentence
    lesson_id: UUID | None = None


class Outcome(Given):
    outcome: Sentence


ReportState = Literal["waiting", "taken", "closed"]
ChosenReports = Literal["open", "waiting", "closed"]
"""Open: not closed."""


class OwnReport(BaseModel):
    """What somebody sees who asked for help: that it lies with somebody, and with whom."""

    id: UUID
    kind: ReportKind
    at: datetime
    state: ReportState
    place: str


class ReportOut(OwnReport):
    by: Named
    words: str
    lesson_id: UUID | None
    due_at: datetime
    handed_on: int
    outcome: str | None


class WordGiven(Given):
    word: Word


class WordOut(BaseModel):
    word: str
    at: datetime


class YearlyReport(BaseModel):
    """The figures of the yearly audit of minors' data (未成年人网络保护条例, article 37), each with what it counts."""

    year: int
    place: str
    minors: int
    under_14: int
    without_consent: dict[Purpose, int]
    """Under 14, and no standing consent for the purpose."""
    consents_given: int
    consents_withdrawn: int
    requests: int
    requests_late: int
    erased: int
    looks: int
    unmasked: int
    reports: int
    reports_late: int
