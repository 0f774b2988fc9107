"""The routes of invitations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.who import Actor, require
from classroom.invitations import actions, entering, reading
from classroom.invitations.schemas import InvitationMade, InvitationNew, InvitationOut, Invited, KeyGiven
from core.connections import Ground
from core.database import Session

router = APIRouter(prefix="/api/invitations", tags=["invitations"], responses=PROBLEMS)
Asking = Annotated[Actor, require("invitations.ask")]


@router.get("")
async def list_invitations(
    session: Session, who: Asking, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[InvitationOut]:
    """Of lessons in one's place, the latest first."""
    return await reading.invitations(session, who, after, limit)


@router.post("", status_code=201)
async def ask_for_an_invitation(body: InvitationNew, session: Session, who: Asking, request: Request) -> InvitationMade:
    """For a sender from outside; the key in the answer is shown this once."""
    row, key = await actions.ask(session, who, body, request)
    shown = await reading.one_shown(session, row)
    return InvitationMade(**shown.model_dump(), key=key)


@router.post("/{invitation_id}/approval")
async def approve_an_invitation(
    invitation_id: UUID,
    session: Session,
    who: Annotated[Actor, require("invitations.approve")],
    request: Request,
) -> InvitationOut:
    """By an administrator of the prefecture who has not asked for it."""
    return await reading.one_shown(session, await actions.approve(session, who, invitation_id, request))


@router.delete("/{invitation_id}", status_code=204)
async def revoke_an_invitation(
    invitation_id: UUID, session: Session, ground: Ground, who: Asking, request: Request
) -> None:
    """Also refuses one that waits for approval. Who sends by it is cut off at once."""
    await actions.revoke(session, ground, who, invitation_id, request)


@router.post("/tickets")
async def enter_by_key(body: KeyGiven, session: Session, ground: Ground, request: Request) -> Invited:
    """Without sign-in: the key is it. The ticket publishes that lesson's teacher or board, and watches nothing."""
    return await entering.enter(session, ground, body.key, request)
