"""The start page's waiting things and numbers, and the portal."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.start import portal
from admin.start.schemas import EntranceChange, EntranceOut, PortalOut
from admin.start.waiting import Found, Source, gathered
from admin.who import Actor, require
from core.clock import now
from core.database import Session

Anyone = Annotated[Actor, require("portal.read")]


def router(sources: Sequence[Source]) -> APIRouter:
    made = APIRouter(prefix="/api", tags=["start"], responses=PROBLEMS)

    @made.get("/start")
    async def show_start(session: Session, who: Anyone) -> Found:
        """What waits for the asker, and her numbers."""
        return await gathered(sources, session, who, now())

    made.add_api_route("/portal", show_portal)
    made.add_api_route("/portal/entrances/{place_id}", rename_entrance, methods=["PUT"])
    return made


async def show_portal(session: Session, who: Anyone) -> PortalOut:
    """The tiers' entrances, and of the catalogue of applications those that the asker may open."""
    return await portal.portal(session, who)


async def rename_entrance(
    place_id: UUID,
    body: EntranceChange,
    session: Session,
    who: Annotated[Actor, require("portal.change")],
    request: Request,
) -> EntranceOut:
    """409 with `theirs` when somebody changed it since `version`."""
    return await portal.rename(session, who, place_id, body, request)
