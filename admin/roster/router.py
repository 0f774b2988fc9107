"""The organisation as a tree: on any day, and changed from a day on."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from admin.answers import PROBLEMS
from admin.models import Organisation
from admin.roster import organisations, standing
from admin.roster.schemas import PlaceChange, PlaceEnd, PlaceNew, PlaceOut, TreePlace
from admin.schemas import Page
from admin.today import Today
from admin.who import Actor, not_your_place, require
from core.database import Session

router = APIRouter(prefix="/api/organisations", tags=["organisation"], responses=PROBLEMS)
Reader = Annotated[Actor, require("organisations.read")]
Maker = Annotated[Actor, require("organisations.create")]
Changer = Annotated[Actor, require("organisations.change")]


@router.get("/tree")
async def tree(
    session: Session,
    who: Reader,
    today: Today,
    on: Annotated[date | None, Query(description="the day that is asked for; today without one")] = None,
    parent: Annotated[UUID | None, Query(description="without one: the highest places of the asker")] = None,
) -> Page[TreePlace]:
    """One step of the tree, as it was on the day: names, and who hung under whom."""
    return await standing.children(session, who, on or today, parent)


@router.get("/{place_id}")
async def one_place(place_id: UUID, session: Session, who: Reader) -> PlaceOut:
    """With all that it was and will be."""
    row = await session.get(Organisation, place_id)
    if row is None or not who.may("organisations.read", row.path):
        raise not_your_place()
    return await standing.one(session, who, row)


@router.post("", status_code=201)
async def create(body: PlaceNew, session: Session, who: Maker, request: Request) -> PlaceOut:
    return await organisations.create(session, who, body, request)


@router.patch("/{place_id}")
async def change(
    place_id: UUID, body: PlaceChange, session: Session, who: Changer, today: Today, request: Request
) -> PlaceOut:
    """From a day on; without one a correction. A day to come waits. 409 when somebody was first, as for schools."""
    return await organisations.alter(session, who, place_id, body, today, request)


@router.delete("/{place_id}/planned")
async def take_back(place_id: UUID, session: Session, who: Changer, request: Request) -> PlaceOut:
    """Withdraws the change that waits for its day."""
    return await organisations.take_back(session, who, place_id, request)


@router.post("/{place_id}/close")
async def close(place_id: UUID, body: PlaceEnd, session: Session, who: Changer, request: Request) -> PlaceOut:
    """409 while places, classes or pupils are still in it."""
    return await organisations.close(session, who, place_id, body, request)
