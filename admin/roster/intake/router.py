"""Rosters in: sent, checked, applied, taken back; and out."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.roster.intake import actions, export, sheets_out, template
from admin.roster.intake.models import Kind
from admin.roster.intake.schemas import ImportOut, LineOut
from admin.schemas import Page
from admin.sheets import MEDIA, XLSX, Format
from admin.today import Today
from admin.who import Actor, require
from core.connections import Ground
from core.database import Session

router = APIRouter(prefix="/api", tags=["imports"], responses=PROBLEMS)
Importer = Annotated[Actor, require("imports.run")]
ZIP = "application/zip"


def _file(kind: str) -> dict[int | str, dict[str, object]]:
    return {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}, "description": "the file"}}


def _sheets() -> dict[int | str, dict[str, object]]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"content": dict.fromkeys(MEDIA.values(), binary), "description": "the sheet"}}


@router.get("/imports")
async def list_imports(
    session: Session, ground: Ground, who: Importer, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[ImportOut]:
    """The newest first."""
    return await actions.listed(session, ground, who, after, limit)


@router.post("/imports", status_code=201)
async def send_import(
    session: Session,
    ground: Ground,
    who: Importer,
    today: Today,
    request: Request,
    file: Annotated[UploadFile, File(description="xlsx, CSV (UTF-8 or GB 18030) or a OneRoster zip")],
    place_id: Annotated[UUID, Form()],
    kind: Annotated[Kind, Form()],
    day: Annotated[
        date | None, Form(description="from which day pupils are in their classes; today without one")
    ] = None,
) -> ImportOut:
    """A worker checks it; nothing is written before it is applied."""
    return await actions.send(session, ground, who, file, place_id, kind, day or today, request)


@router.get("/imports/template", response_class=Response, responses=_file(XLSX))
async def get_template(who: Importer, kind: Annotated[Kind, Query()] = "pupils") -> Response:
    """An empty sheet with the headings, merged as the bureau's are."""
    return Response(template.sheet(kind), media_type=XLSX, headers=_attached(f"{kind}.xlsx"))


@router.get("/imports/{import_id}")
async def one_import(import_id: UUID, session: Session, ground: Ground, who: Importer) -> ImportOut:
    """With its progress while a worker is at it."""
    return await actions.one(session, ground, who, import_id)


@router.get("/imports/{import_id}/lines")
async def import_lines(
    import_id: UUID,
    session: Session,
    who: Importer,
    request: Request,
    wrong: bool = False,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[LineOut]:
    """Row by row, with what is wrong. The look is logged."""
    return await actions.lines(session, who, import_id, wrong, after, limit, request)


@router.post("/imports/{import_id}/apply", status_code=202)
async def apply_import(import_id: UUID, session: Session, ground: Ground, who: Importer, request: Request) -> ImportOut:
    """Writes every line without a mistake; by a worker, in one transaction."""
    return await actions.apply(session, ground, who, import_id, request)


@router.post("/imports/{import_id}/undo")
async def undo_import(import_id: UUID, session: Session, ground: Ground, who: Importer, request: Request) -> ImportOut:
    """409 with the lines when somebody has been changed since."""
    return await actions.undo(session, ground, who, import_id, request)


@router.delete("/imports/{import_id}", status_code=204)
async def discard_import(import_id: UUID, session: Session, ground: Ground, who: Importer, request: Request) -> None:
    """The file and its lines go. What was applied stays, and can no longer be taken back."""
    await actions.discard(session, ground, who, import_id, request)


@router.get("/roster/oneroster.zip", response_class=Response, responses=_file(ZIP))
async def export_oneroster(session: Session, who: Importer, place: UUID, today: Today, request: Request) -> Response:
    """OneRoster 1.2, bulk: places, classes, staff and pupils, without any number of a person. Logged."""
    packed = await export.oneroster(session, who, place, today, request)
    return Response(packed, media_type=ZIP, headers=_attached("oneroster.zip"))


@router.get("/roster/{what}.{format}", response_class=Response, responses=_sheets())
async def export_sheet(
    what: sheets_out.What,
    format: Format,
    session: Session,
    who: Importer,
    place: UUID,
    request: Request,
    language: sheets_out.Language = "zh",
) -> Response:
    """Classes or pupils as a sheet, without any number of a person. Logged."""
    data = await sheets_out.sheet(session, who, place, what, format, language, request)
    return Response(data, media_type=MEDIA[format], headers=_attached(f"{what}.{format}"))


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
