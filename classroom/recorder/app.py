"""The recorder's HTTP side: a lesson under way as playlists and parts, health and metrics. The web asks here for rooms
that UDP cannot reach; the lesson's own ticket opens it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.types import Lifespan

from classroom.recorder.lesson import LessonRecording
from classroom.recorder.live import LiveSlot
from classroom.relay.counters import Counters
from core import metrics, problems
from core.clock import timestamp
from core.errors import NotAllowed, NotFound
from core.request_id import RequestId
from core.settings import RelaySettings, load
from core.tickets import TicketVerifier

PLAYLIST = re.compile(r"([a-z][a-z0-9]{0,15})\.m3u8")
FILE = re.compile(r"([a-z][a-z0-9]{0,15})-(\d{1,9})(?:-(init|\d{1,4}))?\.(?:mp4|webm)")
HELD = 5.0
"""Seconds that a playlist waits for the part that was asked for."""


def build(
    lessons: Mapping[str, LessonRecording], checks: TicketVerifier, counters: Counters, lifespan: Lifespan[FastAPI]
) -> FastAPI:
    app = FastAPI(title="Songjiao recorder", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    problems.install(app)
    metrics.install(app, load(RelaySettings).metrics_from)
    app.add_middleware(RequestId)
    app.include_router(routes(lessons, checks))

    @app.get("/api/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "parts": {"lessons": len(lessons), "packets": counters.received}}

    return app


def routes(lessons: Mapping[str, LessonRecording], checks: TicketVerifier) -> APIRouter:
    """`GET /live/LESSON/SLOT.m3u8?_HLS_msn=&_HLS_part=`, and the files that it names."""
    router = APIRouter()

    async def get(request: Request) -> Response:
        identity, name = request.path_params["lesson"], request.path_params["name"]
        check(checks, request.headers.get("songjiao-ticket", ""), identity)
        lesson = lessons.get(identity)
        if lesson is None:
            raise _missing()
        if found := PLAYLIST.fullmatch(name):
            return await _playlist(lesson, found[1], request)
        return _file(lesson, name)

    router.add_route("/live/{lesson}/{name}", get, methods=["GET"])
    return router


def check(checks: TicketVerifier, text: str, lesson: str) -> None:
    """A ticket that may watch this lesson. Raises NotSignedIn or NotAllowed."""
    ticket = checks.verify(text, timestamp())
    if ticket.lesson != lesson or not ticket.watch or ticket.stage != "live":
        zh, en = "这张凭证属于另一节课。", "This ticket belongs to another lesson."
        raise NotAllowed("ticket-for-another-lesson", zh=zh, en=en)


async def _playlist(lesson: LessonRecording, slot: str, request: Request) -> Response:
    segment, part = (request.query_params.get(name, "") for name in ("_HLS_msn", "_HLS_part"))
    if segment.isdecimal():
        await lesson.live.wait(slot, int(segment), int(part) if part.isdecimal() else 0, HELD)
    text = lesson.live.slots.get(slot, LiveSlot()).playlist(slot)
    if text is None:
        raise _missing()
    return Response(text, media_type="application/vnd.apple.mpegurl", headers={"Cache-Control": "no-cache"})


def _file(lesson: LessonRecording, name: str) -> Response:
    found = FILE.fullmatch(name)
    if found is None:
        raise _missing()
    slot, first, rest = lesson.live.slots.get(found[1], LiveSlot()), int(found[2]), found[3]
    kind = "segment" if rest is None else "init" if rest == "init" else "part"
    given = slot.file(kind, first, int(rest) if kind == "part" else 0)
    if given is None:
        raise _missing()
    return Response(given[0], media_type=given[1], headers={"Cache-Control": "max-age=60"})


def _missing() -> NotFound:
    zh, en = "这里现在没有这节课的画面。", "There is no picture of this lesson here now."
    return NotFound("not-live-here", zh=zh, en=en)
