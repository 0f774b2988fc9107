"""Lending a role until a day."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.roster import lending
from admin.roster.lending_schemas import DelegationNew, DelegationOut
from admin.schemas import Page
from admin.who import Actor, require
from core.database import Session

router = APIRouter(prefix="/api/delegations", tags=["delegations"], responses=PROBLEMS)


@router.get("")
async def list_delegations(
    session: Session,
    who: Annotated[Actor, require("delegations.read")],
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[DelegationOut]:
    """The newest first, those that are over too."""
    return await lending.listed(session, who, after, limit)


@router.post("", status_code=201)
async def lend(
    body: DelegationNew, session: Session, who: Annotated[Actor, require("delegations.give")], request: Request
) -> DelegationOut:
    """A role of one's own, at one's own place or below it, for at most a year."""
    return await lending.lend(session, who, body, request)


@router.post("/{delegation_id}/revoke", status_code=204)
async def revoke(
    delegation_id: UUID, session: Session, who: Annotated[Actor, require("delegations.give")], request: Request
) -> None:
    """Counts at once."""
    await lending.revoke(session, who, delegation_id, request)
