"""The routes by which libraries exchange records. OAI-PMH answers without sign-in, with what is public."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile
from sqlalchemy import select

from admin.answers import PROBLEMS
from admin.models import Organisation
from admin.schemas import Page
from admin.sheets import MOST_BYTES, XLSX
from admin.who import Actor, not_your_place, require
from core import audit
from core.connections import Ground
from core.database import Session
from core.errors import Conflict, NotFound
from core.settings import WebSettings, load
from resources.interchange import harvest, oai, sheets
from resources.interchange.schemas import ResourceSheetOut, SourceNew, SourceOut
from resources.reader_models import Source

router = APIRouter(prefix="/api", tags=["interchange"], responses=PROBLEMS)
Author = Annotated[Actor, require("resources.change")]
Keeper = Annotated[Actor, require("resources.harvest")]
XML = "text/xml"
ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {XML: {"schema": {"type": "string"}}}}}

SHEET: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/oai", response_class=Response, responses=ANSWER)
async def ask(session: Session, request: Request) -> Response:
    """OAI-PMH 2.0: `verb` is Identify, ListMetadataFormats, ListSets, ListIdentifiers, ListRecords or GetRecord."""
    return await _answer(session, list(request.query_params.multi_items()))


@router.post("/oai", response_class=Response, responses=ANSWER)
async def ask_by_form(session: Session, request: Request) -> Response:
    """The same arguments as a form (application/x-www-form-urlencoded), as the protocol allows."""
    if "form" not in request.headers.get("content-type", ""):
        return await _answer(session, [])
    pairs = (await request.form()).multi_items()
    return await _answer(session, [(name, value) for name, value in pairs if isinstance(value, str)])


async def _answer(session: Session, pairs: list[tuple[str, str]]) -> Response:
    clean = [(name, "".join(letter for letter in value if letter.isprintable())) for name, value in pairs]
    given = dict(clean)
    url = f"{load(WebSettings).url}/api/oai"
    return Response(await oai.answer(session, url, given, len(given) < len(clean)), media_type=XML)


@router.get("/resource-sheet", response_class=Response, responses=SHEET)
async def download_sheet(session: Session, who: Author) -> Response:
    """The words of all resources that one may change, one a row."""
    return Response(await sheets.written(session, who), media_type=XLSX)


@router.post("/resource-sheet")
async def upload_sheet(
    sheet: UploadFile, session: Session, who: Author, request: Request, dry_run: bool = False
) -> ResourceSheetOut:
    """The downloaded sheet, put right; xlsx or CSV. `dry_run` tells what it would change and which rows are wrong."""
    return await sheets.taken(session, who, await sheet.read(MOST_BYTES + 1), dry_run, request)


@router.get("/resource-sources")
async def list_sources(session: Session, who: Keeper) -> Page[SourceOut]:
    query = select(Source, Organisation).join(Organisation, Organisation.id == Source.provider_id).order_by(Source.name)
    rows = (await session.execute(query)).all()
    mine = [source for source, place in rows if who.may("resources.harvest", place.path)]
    items = [SourceOut.model_validate(source, from_attributes=True) for source in mine]
    return Page[SourceOut](items=items, total=len(items), next=None)


@router.post("/resource-sources", status_code=201)
async def add_source(body: SourceNew, session: Session, who: Keeper, request: Request) -> SourceOut:
    """Harvested every hour from then on."""
    place = await session.get(Organisation, body.provider_id)
    if place is None or not who.may("resources.harvest", place.path):
        raise not_your_place()
    if (await session.scalars(select(Source).where(Source.address == body.address))).first():
        raise Conflict("source-known", zh="这个来源已经有了。", en="This source is known already.")
    row = Source(**body.model_dump(), records=0)
    session.add(row)
    await session.flush()
    await audit.record(
        session, who.id, "source.create", f"source:{row.id}", after=body.model_dump(mode="json"), request=request
    )
    return SourceOut.model_validate(row, from_attributes=True)


@router.delete("/resource-sources/{source_id}", status_code=204)
async def remove_source(source_id: UUID, session: Session, who: Keeper, request: Request) -> None:
    """Its records stay; they are harvested no more."""
    await session.delete(await _source(session, who, source_id))
    await audit.record(session, who.id, "source.delete", f"source:{source_id}", request=request)


@router.post("/resource-sources/{source_id}/harvest")
async def harvest_now(source_id: UUID, session: Session, ground: Ground, who: Keeper, request: Request) -> SourceOut:
    row = await _source(session, who, source_id)
    await harvest.harvest_one(ground, row.id)
    await session.refresh(row)
    await audit.record(session, who.id, "source.harvest", f"source:{source_id}", request=request)
    return SourceOut.model_validate(row, from_attributes=True)


async def _source(session: Session, who: Actor, source_id: UUID) -> Source:
    row = await session.get(Source, source_id)
    place = await session.get(Organisation, row.provider_id) if row else None
    if row is None or place is None or not who.may("resources.harvest", place.path):
        raise NotFound("source-unknown", zh="没有这个来源。", en="There is no such source.")
    return row
