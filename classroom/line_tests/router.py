"""The routes of line tests."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.who import Actor, require
from classroom.line_tests import actions, noise, reading
from classroom.line_tests.schemas import LineTestBegun, LineTestNew, LineTestOut, LineTestTold
from core.connections import Ground
from core.database import Session

router = APIRouter(prefix="/api/line-tests", tags=["line tests"], responses=PROBLEMS)
Tester = Annotated[Actor, require("lines.test")]
PLAIN = {"Content-Encoding": "identity", "Cache-Control": "no-store"}
"""Nobody on the way is to pack it, or to keep it."""


@router.post("", status_code=201)
async def begin_a_line_test(
    body: LineTestNew, session: Session, ground: Ground, who: Tester, request: Request
) -> LineTestBegun:
    """A private lesson of some minutes on the way that the school's lessons take; nobody else may enter it."""
    return await actions.begin(session, ground, who, body, request)


@router.get("")
async def list_line_tests(
    session: Session, who: Tester, place: UUID | None = None, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[LineTestOut]:
    """Of the lines of one's places, the latest first; `place` is one school."""
    return await reading.tests(session, who, place, after, limit)


@router.get("/noise", response_class=StreamingResponse)
async def noise_down(session: Session, who: Tester) -> StreamingResponse:
    """4 MiB, to be broken off after a few seconds."""
    await session.close()  # a slow line keeps no connection of the database
    return StreamingResponse(noise.blocks(), media_type="application/octet-stream", headers=PLAIN)


@router.post("/noise", status_code=204)
async def noise_up(session: Session, who: Tester, request: Request) -> None:
    """Takes a body of up to 1 MiB of any kind and keeps nothing of it."""
    await session.close()
    await noise.swallow(request)


@router.put("/{test_id}")
async def tell_a_line_test(
    test_id: UUID, body: LineTestTold, session: Session, who: Tester, request: Request
) -> LineTestOut:
    """What the test showed, by who began it."""
    await actions.tell(session, who, test_id, body, request)
    await session.flush()
    return await reading.one(session, test_id)
