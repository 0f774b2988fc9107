"""The audit administrator's routes. Nobody else reads the log, the system's administrator included."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from admin.answers import PROBLEMS
from admin.auditing import checking, reading
from admin.auditing.schemas import CheckOut, EntryLine, EntryOut, Filters, Form
from admin.auditing.tasks import walk_chain
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.who import Actor, require
from core.connections import Ground
from core.database import Session
from core.jobs import after_commit

router = APIRouter(prefix="/api/audit", tags=["audit"], responses=PROBLEMS)
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_TEXT = {"schema": {"type": "string"}}


@router.get("/entries")
async def search_entries(
    session: Session,
    who: Annotated[Actor, require("audit.read")],
    wanted: Filters,
    request: Request,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[EntryLine]:
    """Newest first. The search itself is written down."""
    return await reading.search(session, who, wanted, after, limit, request)


@router.get("/entries/{number}")
async def open_entry(
    number: Annotated[int, Path(ge=1, lt=2**63)],
    session: Session,
    who: Annotated[Actor, require("audit.read")],
    request: Request,
) -> EntryOut:
    """With what it says of a person, unsealed. The look is written down."""
    return await reading.open_entry(session, who, number, request)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"content": {"text/csv": _TEXT, "application/x-ndjson": _TEXT}, "description": "the entries"}},
)
async def export_entries(
    session: Session,
    ground: Ground,
    who: Annotated[Actor, require("audit.export")],
    wanted: Filters,
    request: Request,
    form: Form = "csv",
) -> Response:
    """In the chain's order; as JSON lines each entry has the text that its digest covers."""
    await reading.note_export(session, who, wanted, form, request)
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"'}
    return StreamingResponse(reading.export(ground, who, wanted, form), headers=headers, media_type=TYPES[form])


@router.get("/checks")
async def list_checks(
    session: Session,
    who: Annotated[Actor, require("audit.verify")],
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[CheckOut]:
    return await checking.checks(session, after, limit)


@router.post("/checks", status_code=202)
async def begin_check(session: Session, who: Annotated[Actor, require("audit.verify")]) -> None:
    """Walks along the whole chain in a job; what it found comes into the list."""
    after_commit(session, walk_chain, who.id)
