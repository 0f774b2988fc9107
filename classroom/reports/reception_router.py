from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.who import Actor, require
from classroom.lessons.reading import Fate
from classroom.reports import receptions
from classroom.reports.receptions import Wanted
from classroom.reports.schemas import Reception, SchoolReached
from core.database import Session

router = APIRouter(prefix="/api/receptions", tags=["reports"], responses=PROBLEMS)
Reader = Annotated[Actor, require("lessons.read")]
Day = Annotated[date, Query(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


def wanted(
    day: Day,
    until: Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2100, 1, 1))] = None,
    place: UUID | None = None,
    school: UUID | None = None,
    fate: Fate | None = None,
    mine: bool = False,
) -> Wanted:
    return Wanted(day, until or day, place, school, fate, mine)


Asked = Annotated[Wanted, Depends(wanted)]


@router.get("")
async def list_rooms(
    session: Session, who: Reader, asked: Asked, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[Reception]:
    """Each receiving room of each lesson of the days, at one's places; with `mine` of the lessons that one leads.
    `place` is a county."""
    return await receptions.rooms(session, who, asked, after, limit)


@router.get("/schools")
async def list_schools(
    session: Session, who: Reader, asked: Asked, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[SchoolReached]:
    """The schools of these rooms."""
    return await receptions.schools(session, who, asked, after, limit)
