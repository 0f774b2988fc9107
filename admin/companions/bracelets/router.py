from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from admin.answers import PROBLEMS
from admin.companions.bracelets import actions, reports
from admin.companions.bracelets.registers import ALL
from admin.companions.bracelets.schemas import (
    AlertOut,
    BindIn,
    BraceletOut,
    CaseNew,
    CaseOut,
    FenceIn,
    FenceOut,
    FixesIn,
    FixesOut,
    LookOut,
    OwnChildOut,
    TrackOut,
)
from admin.companions.shape.cards import Card
from admin.companions.shape.routes import add_register
from admin.companions.shape.schemas import Day
from admin.paging import Words
from admin.schemas import Named, Page
from admin.who import Actor, require
from admin.working_days import local_day
from core.clock import now
from core.database import Session

router = APIRouter(prefix="/api/bracelets", tags=["bracelets"], responses=PROBLEMS)
Guardian = Annotated[Actor, require("bracelets.own")]


@router.get("/cards")
async def show_cards(session: Session, who: Annotated[Actor, require("bracelets.read")]) -> list[Card]:
    return await reports.cards(session, who, now())


@router.put("/bracelets/{row_id}/child")
async def bind(
    row_id: UUID, body: BindIn, session: Session, who: Annotated[Actor, require("bracelets.keep")], request: Request
) -> BraceletOut:
    """Below fourteen only with the guardian's consent."""
    return await actions.bind(session, who, row_id, body.child_id, now(), request)


@router.post("/fixes")
async def take_fixes(body: FixesIn, session: Session, who: Annotated[Actor, require("bracelets.feed")]) -> FixesOut:
    """From the bracelets' gateway, up to 10,000 at a time."""
    return await actions.take_fixes(session, body, now())


@router.post("/cases", status_code=201)
async def open_case(
    body: CaseNew, session: Session, who: Annotated[Actor, require("bracelets.search")], request: Request
) -> CaseOut:
    return await actions.open_case(session, who, body, now(), request)


@router.get("/tracks/{child_id}")
async def show_track(
    child_id: UUID,
    session: Session,
    who: Annotated[Actor, require("bracelets.look")],
    request: Request,
    day: Annotated[Day | None, Query(description="today on the prefecture's clock, if not given")] = None,
) -> TrackOut:
    """Every look is on record, refused ones too."""
    moment = now()
    return await reports.track(session, who, child_id, day or local_day(moment), moment, request)


@router.get("/own")
async def own_children(session: Session, who: Guardian) -> list[OwnChildOut]:
    return await actions.own_children(session, who)


@router.get("/own/{child_id}/fences", response_model=list[FenceOut])
async def list_fences(child_id: UUID, session: Session, who: Guardian) -> Any:
    return await actions.fences(session, who, child_id)


@router.post("/own/{child_id}/fences", status_code=201, response_model=FenceOut)
async def add_fence(child_id: UUID, body: FenceIn, session: Session, who: Guardian, request: Request) -> Any:
    return await actions.add_fence(session, who, child_id, body, request)


@router.delete("/own/{child_id}/fences/{fence_id}", status_code=204)
async def remove_fence(child_id: UUID, fence_id: UUID, session: Session, who: Guardian, request: Request) -> None:
    await actions.remove_fence(session, who, child_id, fence_id, request)


@router.get("/own/{child_id}/looks")
async def list_looks(child_id: UUID, session: Session, who: Guardian) -> list[LookOut]:
    """Who looked at this child's positions, or tried to."""
    return await reports.looks(session, who, child_id)


@router.get("/guardians")
async def find_guardians(
    session: Session, who: Annotated[Actor, require("bracelets.keep")], q: Words = None
) -> Page[Named]:
    return await actions.guardians(session, who, q)


@router.get("/alerts")
async def list_alerts(session: Session, who: Guardian, fresh: bool = False) -> list[AlertOut]:
    """The newest 200; `fresh`: of the last day."""
    return await actions.alerts(session, who, now() - actions.FRESH if fresh else None)


for register in ALL:
    add_register(router, register)
