"""Calendars for people's own apps: addresses nobody can guess, made and revoked here, read without sign-in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.who import Actor, require
from core.database import Session
from core.errors import Unavailable
from scheduling.timetable.published_schemas import FeedMade, FeedNew, FeedOut

router = APIRouter(prefix="/api", tags=["timetable"], responses=PROBLEMS)
Own = Annotated[Actor, require("session.own")]
Secret = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9_-]+\.ics$")]


@router.get("/calendar-feeds")
async def list_feeds(session: Session, who: Own, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[FeedOut]:
    """One's own, and those that one has made or may revoke; without their addresses."""
    raise _soon()


@router.post("/calendar-feeds", status_code=201)
async def make_feed(body: FeedNew, session: Session, who: Own, request: Request) -> FeedMade:
    """Of oneself; of people, rooms and schools of one's places for those who plan."""
    raise _soon()


@router.delete("/calendar-feeds/{feed_id}", status_code=204)
async def revoke_feed(feed_id: UUID, session: Session, who: Own, request: Request) -> None:
    """The address answers 410 from now on."""
    raise _soon()


@router.get("/calendars/{secret}", response_class=Response)
async def read_feed(secret: Secret, session: Session, request: Request) -> Response:
    """text/calendar with ETag; 304 when nothing changed; 410 with a sentence when it was revoked or its owner left."""
    raise _soon()


def _soon() -> Unavailable:
    return Unavailable("not-built-yet", zh="正在做。", en="Being built.")
