import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from admin import sheets
from admin.answers import PROBLEMS
from admin.companions.settlement import actions, reports
from admin.companions.settlement.registers import ALL
from admin.companions.settlement.schemas import (
    Admission,
    EncounterOut,
    FeeItemsIn,
    PartsOut,
    ReconciliationIn,
    ReconciliationOut,
    Reversal,
    SettlementOut,
    StatementOut,
    WindowOut,
)
from admin.companions.shape.cards import Card
from admin.companions.shape.routes import SHEET, add_register
from admin.who import Actor, require
from core.clock import now
from core.database import Session

router = APIRouter(prefix="/api/settlement", tags=["settlement"], responses=PROBLEMS)
Window = Annotated[Actor, require("settlement.charge")]
Looks = Annotated[Actor, require("settlement.statement")]
HEAD = ("序号", "目录编码", "名称", "类别", "日期", "数量", "单价（元）", "金额（元）")


@router.get("/cards")
async def show_cards(session: Session, who: Annotated[Actor, require("settlement.read")]) -> list[Card]:
    return await reports.cards(session, who, now())


@router.put("/hospitals/{row_id}/windows/{person_id}", status_code=204)
async def put_at_window(
    row_id: UUID,
    person_id: UUID,
    session: Session,
    who: Annotated[Actor, require("settlement.keep")],
    request: Request,
) -> None:
    await actions.put_at_window(session, who, row_id, person_id, request)


@router.get("/window")
async def show_window(session: Session, who: Window, request: Request, open: bool = False) -> WindowOut:
    """The hospital that this account stands for, and its newest stays, or of those that are not settled; the look is
    on record."""
    return await reports.window(session, who, open, request)


@router.post("/encounters", status_code=201)
async def admit(body: Admission, session: Session, who: Window, request: Request) -> EncounterOut:
    """409 `manual-reimbursement` where region or hospital is not connected."""
    return await actions.admit(session, who, body, now(), request)


@router.put("/encounters/{row_id}/items", status_code=204)
async def put_items(row_id: UUID, body: FeeItemsIn, session: Session, who: Window, request: Request) -> None:
    await actions.put_items(session, who, row_id, body, request)


@router.get("/encounters/{row_id}/preview")
async def preview(row_id: UUID, session: Session, who: Window) -> PartsOut:
    """What settling would give now; writes nothing."""
    return await actions.preview(session, who, row_id)


@router.post("/encounters/{row_id}/settle", status_code=201)
async def settle(row_id: UUID, session: Session, who: Window, request: Request) -> SettlementOut:
    return await actions.settle(session, who, row_id, now(), request)


@router.post("/encounters/{row_id}/reverse")
async def reverse(row_id: UUID, body: Reversal, session: Session, who: Window, request: Request) -> SettlementOut:
    return await actions.reverse(session, who, row_id, body.reason, now(), request)


@router.get("/settlements/{row_id}/statement")
async def statement(row_id: UUID, session: Session, who: Looks, request: Request) -> StatementOut:
    return await reports.statement(session, who, row_id, request)


@router.get("/settlements/{row_id}/statement/{format}", response_class=Response, responses=SHEET)
async def statement_sheet(
    row_id: UUID, format: sheets.Format, session: Session, who: Looks, request: Request
) -> Response:
    told = await reports.statement(session, who, row_id, request)
    lines = [[str(value) for value in item.model_dump().values()] for item in told.items]
    parts = told.settlement
    sums = [["总费用", parts.total], ["个人支付", parts.patient], ["基金支付", parts.fund], ["个人垫付", told.advanced]]
    data = await asyncio.to_thread(sheets.written, format, HEAD, [*lines, *sums])
    named = {"Content-Disposition": f'attachment; filename="statement.{format}"'}
    return Response(data, media_type=sheets.MEDIA[format], headers=named)


@router.post("/reconciliations", status_code=201)
async def reconcile(
    body: ReconciliationIn,
    session: Session,
    who: Annotated[Actor, require("settlement.reconcile")],
    request: Request,
) -> ReconciliationOut:
    return await reports.reconcile(session, who, body, request)


for register in ALL:
    add_register(router, register)
