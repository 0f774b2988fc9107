"""The library's routes for readers and those who answer for its contents. What each sees is bounded by reach.py."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from admin.answers import PROBLEMS
from admin.paging import After, Limit, Words
from admin.schemas import Page
from admin.who import Actor, require
from core.connections import Files, Ground
from core.database import Session
from resources import actions, facets, readers, reading, showing
from resources.kinds import Kind, Medium, Phase, Review, Scope, Track, Volume
from resources.reader_schemas import CaptionsNew, NoteNew, NoteOut, Position
from resources.reading import Wanted
from resources.schemas import (
    FacetsOut,
    Grade,
    Reason,
    RegionCode,
    ResourceCard,
    ResourceChange,
    ResourceOut,
    SpaceOut,
    SpaceSet,
)

A_PAGE = 20

router = APIRouter(prefix="/api", tags=["resources"], responses=PROBLEMS)
Reader = Annotated[Actor, require("resources.read")]
Author = Annotated[Actor, require("resources.change")]
Reviewer = Annotated[Actor, require("resources.review")]
Name = Annotated[str | None, Query(max_length=120, pattern=r"^[^\x00]*$")]


def wanted(
    q: Words = None,
    kind: Annotated[list[Kind] | None, Query()] = None,
    phase: Phase | None = None,
    grade: Grade | None = None,
    subject: Name = None,
    textbook_version: Name = None,
    volume: Volume | None = None,
    unit: Name = None,
    medium: Medium | None = None,
    scope: Annotated[list[Scope] | None, Query()] = None,
    region: Annotated[list[RegionCode] | None, Query()] = None,
    review: Review | None = None,
    provider: UUID | None = None,
    author: UUID | None = None,
    lesson: UUID | None = None,
    series: UUID | None = None,
    favourite: bool = False,
    mine: bool = False,
) -> Wanted:
    place = (phase, grade, subject, textbook_version, volume, unit, medium)
    rest = (review, provider, author, lesson, series, favourite, mine)
    return Wanted(q, tuple(kind or ()), *place, tuple(scope or ()), tuple(region or ()), *rest)


Filters = Annotated[Wanted, Depends(wanted)]


@router.get("/resources")
async def list_resources(
    session: Session, files: Files, who: Reader, filters: Filters, after: After = None, limit: Limit = A_PAGE
) -> Page[ResourceCard]:
    """The newest first: what can be played and is published, or waits for review and is seen meanwhile."""
    return await reading.resources(session, files, who, filters, after, limit)


@router.get("/resources/facets")
async def count_resources(session: Session, who: Reader, filters: Filters) -> FacetsOut:
    """How many there are of each kind, scope, medium and region, and along the contents tree, for the same words as the
    list's."""
    return await facets.facets(session, who, filters)


@router.get("/resources/{resource_id}")
async def get_resource(resource_id: UUID, session: Session, files: Files, who: Reader) -> ResourceOut:
    return await showing.one(session, files, who, resource_id)


@router.patch("/resources/{resource_id}")
async def change_resource(
    resource_id: UUID, body: ResourceChange, session: Session, files: Files, who: Author, request: Request
) -> ResourceOut:
    await actions.change(session, who, resource_id, body, request)
    return await showing.one(session, files, who, resource_id)


@router.delete("/resources/{resource_id}", status_code=204)
async def remove_resource(resource_id: UUID, session: Session, ground: Ground, who: Author, request: Request) -> None:
    """For good; a published one is withdrawn first."""
    await actions.remove(session, ground, who, resource_id, request)


@router.post("/resources/{resource_id}/hand-in")
async def hand_in(resource_id: UUID, session: Session, files: Files, who: Author, request: Request) -> ResourceOut:
    """Asks for review; until it is published only the own school sees it."""
    await actions.review(session, who, resource_id, "waiting", "", request)
    return await showing.one(session, files, who, resource_id)


@router.post("/resources/{resource_id}/take-back")
async def take_back(resource_id: UUID, session: Session, files: Files, who: Author, request: Request) -> ResourceOut:
    await actions.review(session, who, resource_id, "draft", "", request)
    return await showing.one(session, files, who, resource_id)


@router.post("/resources/{resource_id}/publish")
async def publish(
    resource_id: UUID, session: Session, files: Files, who: Reviewer, request: Request, body: Reason | None = None
) -> ResourceOut:
    """From here on everybody within its scope sees it; the version before it is withdrawn. 409 `consent-withdrawn` or
    `consent-missing` where a recording may show a child whose family has not agreed: then the reviewer's word is asked
    as `reason`."""
    await actions.review(session, who, resource_id, "published", body.reason if body else "", request)
    return await showing.one(session, files, who, resource_id)


@router.post("/resources/{resource_id}/return")
async def return_it(
    resource_id: UUID, body: Reason, session: Session, files: Files, who: Reviewer, request: Request
) -> ResourceOut:
    """To its author, with the reason."""
    await actions.review(session, who, resource_id, "returned", body.reason, request)
    return await showing.one(session, files, who, resource_id)


@router.post("/resources/{resource_id}/withdraw")
async def withdraw(
    resource_id: UUID, body: Reason, session: Session, files: Files, who: Reviewer, request: Request
) -> ResourceOut:
    """Takedown: at once nobody but its author and reviewers sees it; addresses that are out end within the hour."""
    await actions.review(session, who, resource_id, "withdrawn", body.reason, request)
    return await showing.one(session, files, who, resource_id)


@router.post("/resources/{resource_id}/captions", status_code=201)
async def add_captions(
    resource_id: UUID,
    body: CaptionsNew,
    session: Session,
    ground: Ground,
    files: Files,
    who: Author,
    request: Request,
) -> ResourceOut:
    await actions.add_captions(session, ground, who, resource_id, body, request)
    return await showing.one(session, files, who, resource_id)


@router.get("/resources/{resource_id}/playlist.m3u8", response_class=Response, responses=showing.PLAYLIST)
async def get_playlist(resource_id: UUID, session: Session, who: Reader, track: Track = "main") -> Response:
    return Response(await showing.master(session, who, resource_id, track), media_type=showing.HLS)


@router.get("/resources/{resource_id}/playlists/{file_id}.m3u8", response_class=Response, responses=showing.PLAYLIST)
async def get_media_playlist(resource_id: UUID, file_id: UUID, session: Session, files: Files, who: Reader) -> Response:
    return Response(await showing.media(session, files, who, resource_id, file_id), media_type=showing.HLS)


@router.put("/resources/{resource_id}/position", status_code=204)
async def watch(resource_id: UUID, body: Position, session: Session, who: Reader) -> None:
    """Where the reader is. A view, and a completion at nine tenths, count once for each reader."""
    await readers.watch(session, who, resource_id, body.position)


@router.put("/resources/{resource_id}/favourite", status_code=204)
async def mark(resource_id: UUID, session: Session, who: Reader) -> None:
    await readers.mark(session, who, resource_id, True)


@router.delete("/resources/{resource_id}/favourite", status_code=204)
async def unmark(resource_id: UUID, session: Session, who: Reader) -> None:
    await readers.mark(session, who, resource_id, False)


@router.get("/resources/{resource_id}/notes")
async def list_notes(resource_id: UUID, session: Session, who: Reader) -> Page[NoteOut]:
    return await readers.notes(session, who, resource_id)


@router.post("/resources/{resource_id}/notes", status_code=201)
async def write_note(resource_id: UUID, body: NoteNew, session: Session, who: Author, request: Request) -> NoteOut:
    return await readers.write_note(session, who, resource_id, body, request)


@router.delete("/resources/{resource_id}/notes/{note_id}", status_code=204)
async def remove_note(resource_id: UUID, note_id: UUID, session: Session, who: Author, request: Request) -> None:
    await readers.remove_note(session, who, resource_id, note_id, request)


@router.get("/quotas/{organisation_id}")
async def get_quota(
    organisation_id: UUID, session: Session, who: Annotated[Actor, require("resources.create")]
) -> SpaceOut:
    return await actions.quota(session, who, organisation_id)


@router.put("/quotas/{organisation_id}")
async def set_quota(
    organisation_id: UUID,
    body: SpaceSet,
    session: Session,
    who: Annotated[Actor, require("resources.quota")],
    request: Request,
) -> SpaceOut:
    return await actions.set_quota(session, who, organisation_id, body, request)
