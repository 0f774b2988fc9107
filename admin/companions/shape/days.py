"""The bureau's own working days, and the day on which a deadline falls."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy import select

from admin.answers import PROBLEMS
from admin.companions.shape.schemas import Day, Line
from admin.models import BureauDay
from admin.schemas import Given
from admin.who import Actor, require
from admin.working_days import MOST_DAYS, calendar
from core import audit
from core.database import Session

router = APIRouter(prefix="/api/working-days", tags=["working days"], responses=PROBLEMS)
Reader = Annotated[Actor, require("workdays.read")]
Keeper = Annotated[Actor, require("workdays.change")]
MOST_DECLARED = 1000


class DayIn(Given):
    working: bool
    note: Line


class DayOut(BaseModel):
    day: date
    working: bool
    note: str


class DeadlineOut(BaseModel):
    day: date
    certain: bool
    """False when a year on the way has no published calendar: load the notice and ask again."""


@router.get("", response_model=list[DayOut])
async def declared(session: Session, who: Reader) -> Any:
    """What the bureau has declared, the newest first; every other day follows the state's table."""
    return (await session.scalars(select(BureauDay).order_by(BureauDay.day.desc()).limit(MOST_DECLARED))).all()


@router.get("/deadline")
async def deadline(
    session: Session,
    who: Reader,
    start: Annotated[Day, Query(description="the day before the first that counts")],
    days: Annotated[int, Query(ge=0, le=MOST_DAYS)],
) -> DeadlineOut:
    found = (await calendar(session)).after(start, days)
    return DeadlineOut(day=found.day, certain=found.certain)


@router.put("/{day}", status_code=204)
async def declare(day: Day, body: DayIn, session: Session, who: Keeper, request: Request) -> None:
    await session.merge(BureauDay(day=day, working=body.working, note=body.note))
    after = body.model_dump()
    await audit.record(session, who.id, "working-day.declare", f"working-day:{day}", after=after, request=request)


@router.delete("/{day}", status_code=204)
async def take_back(day: Day, session: Session, who: Keeper, request: Request) -> None:
    """The day follows the state's table again."""
    if found := await session.get(BureauDay, day):
        await session.delete(found)
        await audit.record(session, who.id, "working-day.take-back", f"working-day:{day}", request=request)
