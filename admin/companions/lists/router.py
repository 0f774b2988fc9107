from typing import Annotated

from fastapi import APIRouter

from admin.answers import PROBLEMS
from admin.companions.lists import actions
from admin.companions.lists.schemas import BarOut
from admin.companions.shape.cards import Card
from admin.companions.shape.reading import Ask
from admin.companions.shape.routes import add_register
from admin.schemas import Page
from admin.who import Actor, require
from core.clock import now
from core.database import Session

router = APIRouter(prefix="/api/lists", tags=["lists"], responses=PROBLEMS)
Reader = Annotated[Actor, require("lists.read")]


@router.get("/cards")
async def show_cards(session: Session, who: Reader) -> list[Card]:
    return await actions.cards(session, who, now())


@router.get("/wall")
async def show_wall(session: Session, who: Reader, wanted: Ask) -> Page[BarOut]:
    """挂图作战: each item as a bar from its start to its due day, with its colour."""
    return await actions.wall(session, who, wanted, now())


add_register(router, actions.ITEMS)
