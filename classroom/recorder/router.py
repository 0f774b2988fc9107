"""The recorder's routes at the web: a lesson under way for rooms that UDP cannot reach, and what goes wrong."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI, Header, Path, Request, Response

from admin.answers import PROBLEMS
from admin.who import Actor, require
from classroom.recorder import trouble
from classroom.recorder.schemas import Trouble
from core import alive
from core.clock import timestamp
from core.connections import Connections, Ground
from core.database import Session
from core.errors import NotFound, NotSignedIn, Unavailable
from core.tickets import TicketVerifier
from core.trust import trusted

PATIENCE = httpx.Timeout(8.0, connect=1.0)
FORWARDED = ("content-type", "cache-control")
FILE = r"^[a-z][a-z0-9]{0,15}(-[0-9]{1,9})?(-[0-9]{1,4}|-init)?\.(m3u8|mp4|webm)$"

router = APIRouter(prefix="/api", tags=["recordings"], responses=PROBLEMS)


@asynccontextmanager
async def calls(app: FastAPI) -> AsyncIterator[None]:
    """The connections to recorders, kept open while the web runs."""
    async with httpx.AsyncClient(verify=trusted()) as app.state.recorders:
        yield


@router.get("/lessons/{lesson_id}/live/{name}", response_class=Response)
async def follow_lesson(
    lesson_id: UUID,
    name: Annotated[str, Path(pattern=FILE, max_length=60)],
    ground: Ground,
    who: Annotated[Actor, require("lessons.ticket")],
    request: Request,
    songjiao_ticket: Annotated[str, Header(max_length=4000)] = "",
) -> Response:
    """HLS with parts of a second, some seconds behind the lesson: `teacher.m3u8`, `board.m3u8` and what they name. The
    lesson's ticket goes into the header `Songjiao-Ticket`."""
    ticket = TicketVerifier(ground.signer.public_key).verify(songjiao_ticket, timestamp())
    if ticket.person != str(who.id):
        zh, en = "这张凭证属于另一个人。", "This ticket belongs to another person."
        raise NotSignedIn("ticket-invalid", zh=zh, en=en)
    url = f"{await _recorder_of(ground, lesson_id)}/live/{lesson_id}/{name}"
    held = {key: value for key, value in request.query_params.items() if key in ("_HLS_msn", "_HLS_part")}
    try:
        client: httpx.AsyncClient = request.app.state.recorders
        said = await client.get(url, params=held, headers={"Songjiao-Ticket": songjiao_ticket}, timeout=PATIENCE)
    except httpx.HTTPError:
        zh, en = "录制服务没有回应，稍后再试。", "The recorder does not answer; try again soon."
        raise Unavailable("recorder-away", zh=zh, en=en, headers={"Retry-After": "2"}) from None
    kept = {key: said.headers[key] for key in FORWARDED if key in said.headers}
    return Response(said.content, said.status_code, headers=kept)


@router.post("/recordings/{lesson_id}/trouble", status_code=204)
async def report_trouble(
    lesson_id: UUID,
    body: Trouble,
    session: Session,
    who: Annotated[Actor, require("recordings.hand_over")],
    request: Request,
) -> None:
    """By the recorder: its disk takes no more of this lesson (the reason), or takes it again (null)."""
    await trouble.report(session, who, lesson_id, body, request)


async def _recorder_of(ground: Connections, lesson_id: UUID) -> str:
    held = await ground.valkey.get(alive.RECORDING.format(lesson=lesson_id))
    if held is None:
        zh, en = "这节课没有可以备用收看的画面。", "No picture of this lesson is kept for lines like yours."
        raise NotFound("not-live-here", zh=zh, en=en)
    found: dict[str, Any] = json.loads(held)
    return str(found["url"])
