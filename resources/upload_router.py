"""The routes by which files come in: people's uploads and lessons' recordings. README.md tells the whole way."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.schemas import Page
from admin.who import Actor, require
from core.connections import Ground
from core.database import Session
from resources import guests, recordings, uploads
from resources.upload_schemas import (
    GuestsOut,
    PartAddresses,
    PartsWanted,
    RecordingDone,
    RecordingOut,
    TrackNew,
    UploadDone,
    UploadNew,
    UploadOut,
)

router = APIRouter(prefix="/api", tags=["uploads"], responses=PROBLEMS)
Sender = Annotated[Actor, require("resources.create")]
Carrier = Annotated[Actor, require("resources.send")]
Recorder = Annotated[Actor, require("recordings.hand_over")]


@router.post("/uploads", status_code=201)
async def begin_upload(body: UploadNew, session: Session, ground: Ground, who: Sender, request: Request) -> UploadOut:
    """Cut the file into parts of `part_size` bytes; ask for their addresses; PUT them; complete."""
    return await uploads.begin(session, ground, who, body, request)


@router.get("/uploads")
async def list_uploads(session: Session, who: Sender) -> Page[UploadOut]:
    """One's own that are not complete: what a closed tab left behind."""
    items = await uploads.unfinished(session, who)
    return Page[UploadOut](items=items, total=len(items), next=None)


@router.get("/uploads/{upload_id}")
async def get_upload(upload_id: UUID, session: Session, ground: Ground, who: Carrier) -> UploadOut:
    """With the parts that have arrived, so that only the others are sent."""
    return await uploads.one(session, ground, who, upload_id)


@router.post("/uploads/{upload_id}/parts")
async def address_parts(
    upload_id: UUID, body: PartsWanted, session: Session, ground: Ground, who: Carrier
) -> PartAddresses:
    """The same part may be sent again; the last one counts."""
    return await uploads.addresses(session, ground, who, upload_id, body)


@router.post("/uploads/{upload_id}/complete")
async def complete_upload(
    upload_id: UUID, body: UploadDone, session: Session, ground: Ground, who: Carrier, request: Request
) -> UploadOut:
    """409 `parts-missing` names the parts that have not arrived. A second call changes nothing."""
    return await uploads.complete(session, ground, who, upload_id, body, request)


@router.delete("/uploads/{upload_id}", status_code=204)
async def abandon_upload(upload_id: UUID, session: Session, ground: Ground, who: Carrier, request: Request) -> None:
    await uploads.abandon(session, ground, who, upload_id, request)


@router.put("/recordings/{lesson_id}")
async def begin_recording(lesson_id: UUID, session: Session, who: Recorder, request: Request) -> RecordingOut:
    """Opens the lesson's one recording, or gives the open one: a recorder that starts again goes on with it."""
    return await recordings.begin(session, who, lesson_id, request)


@router.get("/recordings/{lesson_id}/rooms")
async def recorded_rooms(
    lesson_id: UUID, session: Session, who: Annotated[Actor, require("recordings.plan")]
) -> GuestsOut:
    """Whether the interactive rooms may be recorded, and where families have yet to agree. Counts, no names."""
    return await guests.shown(session, who, lesson_id)


@router.delete("/recordings/{lesson_id}/rooms", status_code=204)
async def forget_rooms(lesson_id: UUID, session: Session, ground: Ground, who: Recorder, request: Request) -> None:
    """By the recorder, while the recording is open: nothing of the interactive rooms is kept. Again does no harm."""
    await recordings.forget_rooms(session, ground, who, lesson_id, request)


@router.post("/recordings/{lesson_id}/tracks")
async def add_track(lesson_id: UUID, body: TrackNew, session: Session, ground: Ground, who: Recorder) -> UploadOut:
    """An upload that grows: parts, then complete, as with any; parts but the last have at least 5 MiB."""
    return await recordings.add_track(session, ground, who, lesson_id, body)


@router.post("/recordings/{lesson_id}/complete")
async def complete_recording(
    lesson_id: UUID, body: RecordingDone, session: Session, who: Recorder, request: Request
) -> RecordingOut:
    """Every track's upload must be complete. From here on it is looked at, then playable."""
    return await recordings.complete(session, who, lesson_id, body, request)
