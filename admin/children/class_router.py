"""Consents of a whole class, as its school keeps them on paper."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.children import class_consents, files
from admin.children.models import Purpose
from admin.children.schemas import ClassConsents, PaperConsents, PapersRecorded
from admin.today import Today
from admin.who import Actor, require
from core.connections import Ground
from core.database import Session

router = APIRouter(prefix="/api/classes/{class_id}/consents", tags=["children"], responses=PROBLEMS)
Recording = Annotated[Actor, require("consents.record")]


@router.get("")
async def class_consents_given(
    class_id: UUID, session: Session, who: Recording, day: Today, request: Request
) -> ClassConsents:
    """Who has agreed to what, who withdrew, and who is asked no more. The look is on record."""
    return await class_consents.of_class(session, who, class_id, day, request)


@router.post("", status_code=201)
async def record_papers(
    class_id: UUID, body: PaperConsents, session: Session, who: Recording, day: Today, request: Request
) -> PapersRecorded:
    """The signed papers of a class in one act. What a family has withdrawn is only given to children in `again`."""
    return await class_consents.record(session, who, class_id, body, day, request)


@router.delete("/{child_id}/{purpose}", status_code=204)
async def withdraw_on_paper(
    class_id: UUID,
    child_id: UUID,
    purpose: Purpose,
    session: Session,
    ground: Ground,
    who: Recording,
    request: Request,
) -> None:
    """A family has withdrawn in writing. What rested on it ends at once, as when it does so itself."""
    if await class_consents.withdraw_on_paper(session, who, class_id, child_id, purpose, request):
        await files.end_purpose(session, ground, child_id, purpose)
