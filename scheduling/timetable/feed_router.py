"""Calendars for people's own apps: addresses nobody can guess, made and revoked here, read without sign-in."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.who import Actor, require
from core.database import Session
from scheduling.timetable import feeds
from scheduling.timetable.published_schemas import FeedMade, FeedNew, FeedOut

router = APIRouter(prefix="/api", tags=["timetable"], responses=PROBLEMS)
Own = Annotated[Actor, require("session.own")]
CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "as the client has it"},
}
Secret = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9_-]+\.ics$")]


@router.get("/calendar-feeds")
async def list_feeds(session: Session, who: Own, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[FeedOut]:
    """One's own, and those that one has made or may revoke; without their addresses."""
    return await feeds.listed(session, who, after, limit)


@router.post("/calendar-feeds", status_code=201)
async def make_feed(body: FeedNew, session: Session, who: Own, request: Request) -> FeedMade:
    """Of oneself; of people, rooms and schools of one's places for those who plan."""
    return await feeds.make(session, who, body, request)


@router.delete("/calendar-feeds/{feed_id}", status_code=204)
async def revoke_feed(feed_id: UUID, session: Session, who: Own, request: Request) -> None:
    """The address answers 410 from now on."""
    await feeds.revoke(session, who, feed_id, request)


@router.get("/calendars/{secret}", response_class=Response, responses=CALENDAR)
async def read_feed(secret: Secret, session: Session, request: Request) -> Response:
    """text/calendar with ETag; 304 when nothing changed; 410 with a sentence when it was revoked or its owner left."""
    written, tag = await feeds.read(session, secret.removesuffix(".ics"))
    headers = {"ETag": tag, "Cache-Control": "private, max-age=3600", "Referrer-Policy": "no-referrer"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(written, media_type="text/calendar; charset=utf-8", headers=headers)
