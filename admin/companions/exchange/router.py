from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.companions.exchange import actions
from admin.companions.exchange.schemas import Apply, CallIn, CallOut, DatasetOut, Push, RowsOut, ShareOut
from admin.companions.shape.cards import Card
from admin.companions.shape.routes import add_register
from admin.companions.shape.sharing import Exchange
from admin.who import Actor, require
from core.clock import now
from core.database import Session

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
