import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, UploadFile
from pydantic import ValidationError

from admin import sheets
from admin.answers import PROBLEMS
from admin.companions.exchange import actions
from admin.companions.exchange.rules import rows_of
from admin.companions.exchange.schemas import Apply, CallIn, CallOut, DatasetOut, Push, RowsOut, ShareOut
from admin.companions.shape.cards import Card
from admin.companions.shape.routes import add_register
from admin.companions.shape.sharing import Exchange
from admin.who import Actor, require
from core.clock import now
from core.database import Session
from core.errors import NotValid

router = APIRouter(prefix="/api/exchange", tags=["exchange"], responses=PROBLEMS)
Reader = Annotated[Actor, require("exchange.read")]
Applicant = Annotated[Actor, require("exchange.apply")]


@router.get("/cards")
async def show_cards(session: Session, who: Reader) -> list[Card]:
    return await actions.cards(session, who, now())


@router.post("/applications", status_code=201)
async def apply(body: Apply, session: Session, who: Applicant, request: Request) -> ShareOut:
    """An unconditional dataset's share is approved at once; a conditional one waits for the owner."""
    return await actions.apply(session, who, body, request)


@router.put("/datasets/{row_id}/rows")
async def push(
    row_id: UUID, body: Push, session: Session, who: Annotated[Actor, require("exchange.offer")], request: Request
) -> DatasetOut:
    return await actions.push(session, who, row_id, body, request)


@router.put("/datasets/{row_id}/sheet")
async def push_sheet(
    row_id: UUID,
    sheet: UploadFile,
    session: Session,
    who: Annotated[Actor, require("exchange.offer")],
    request: Request,
) -> DatasetOut:
    """The same from xlsx or CSV: the first column holds the keys, the others are the dataset's columns by heading."""
    lines = await asyncio.to_thread(sheets.read, await sheet.read(sheets.MOST_BYTES + 1))
    try:
        body = Push.model_validate({"rows": rows_of(lines)})
    except ValidationError as error:
        zh, en = "表里有太长的键或格子，或者超过 5000 行。", "A key or cell is too long, or there are over 5,000 rows."
        raise NotValid("sheet-wrong", zh=zh, en=en, mistakes=error.error_count()) from None
    return await actions.push(session, who, row_id, body, request)


@router.post("/shares/{share_id}/calls")
async def call(
    share_id: UUID, body: CallIn, session: Session, who: Applicant, ask: Exchange, request: Request
) -> RowsOut:
    """The share's columns only; every call is logged, refused ones too."""
    rows = await ask(session, who, share_id, body.keys, request)
    return RowsOut(columns=sorted({name for row in rows for name in row}), rows=rows)


@router.get("/shares/{share_id}/calls", response_model=list[CallOut])
async def list_calls(share_id: UUID, session: Session, who: Reader) -> Any:
    return await actions.calls(session, who, share_id)


add_register(router, actions.DATASETS)
add_register(router, actions.SHARES)
add_register(router, actions.APPLICATIONS)
