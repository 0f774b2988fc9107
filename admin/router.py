"""The registry's routes. What each may reach is bounded by the places of its right."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from admin import pairing, registry, sessions
from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit, Words
from admin.rights import Role
from admin.schemas import (
    DeviceKind,
    DeviceOut,
    DeviceSignIn,
    OrganisationOut,
    Page,
    PairingClaim,
    PairingNew,
    PairingOut,
    PairingState,
    PasswordSignIn,
    PersonHere,
    PersonOut,
    PupilSignIn,
    RegionOut,
    RoomKind,
    RoomOut,
    SchoolOut,
    ServiceSignIn,
    SessionOut,
)
from admin.today import Today
from admin.tree import Tier
from admin.who import Actor, require
from core.connections import Ground
from core.database import Session

router = APIRouter(prefix="/api", responses=PROBLEMS)


@router.post("/sessions", status_code=201, tags=["sessions"])
async def sign_in(
    body: PasswordSignIn | PupilSignIn | DeviceSignIn | ServiceSignIn,
    session: Session,
    ground: Ground,
    request: Request,
) -> SessionOut:
    """Open without sign-in. Five wrong tries close the door for 15 minutes (429)."""
    return await sessions.sign_in(session, ground, body, request)


@router.get("/sessions/current", tags=["sessions"])
async def who_am_i(session: Session, who: Annotated[Actor, require("session.own")]) -> PersonHere:
    return await sessions.person_here(session, who.id)


@router.delete("/sessions/current", status_code=204, tags=["sessions"])
async def sign_out(session: Session, who: Annotated[Actor, require("session.own")], request: Request) -> None:
    await sessions.sign_out(session, who, request)


@router.post("/pairings", status_code=201, tags=["devices"])
async def begin_pairing(session: Session, body: PairingNew | None = None) -> PairingOut:
    """Open without sign-in. The box shows `code` and keeps `secret`; both are good for 10 minutes. Without a body it is
    a room's screen."""
    return await pairing.begin(session, (body or PairingNew()).kind)


@router.post("/pairings/claim", tags=["devices"])
async def claim_pairing(
    body: PairingClaim, session: Session, who: Annotated[Actor, require("devices.pair")], request: Request
) -> PairingState:
    return await pairing.claim(session, who, body, request)


@router.get("/pairings/{pairing_id}", tags=["devices"])
async def look_at_pairing(
    pairing_id: UUID,
    session: Session,
    request: Request,
    authorization: Annotated[str, Header(description="`Pairing` and the secret")] = "",
) -> PairingState:
    """Open without sign-in: the secret proves that it is the box that began."""
    return await pairing.look(session, pairing_id, authorization, request)


@router.get("/devices", tags=["devices"])
async def list_devices(
    session: Session,
    who: Annotated[Actor, require("devices.read")],
    room: UUID | None = None,
    kind: DeviceKind | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[DeviceOut]:
    return await pairing.devices(session, who.places("devices.read"), room, kind, after, limit)


@router.delete("/devices/{device_id}", status_code=204, tags=["devices"])
async def revoke_device(
    device_id: UUID, session: Session, who: Annotated[Actor, require("devices.revoke")], request: Request
) -> None:
    """The box is signed out at once and its key is worth nothing any more."""
    await pairing.revoke(session, who, device_id, request)


@router.get("/regions", tags=["registry"])
async def list_regions(
    session: Session,
    who: Annotated[Actor, require("regions.read")],
    on: Annotated[
        date | None, Query(description="only codes valid on this day; without it, all there ever were")
    ] = None,
) -> Page[RegionOut]:
    return await registry.regions(session, on)


@router.get("/organisations", tags=["registry"], response_model=Page[OrganisationOut])
async def list_organisations(
    session: Session,
    who: Annotated[Actor, require("organisations.read")],
    day: Today,
    tier: Tier | None = None,
    parent: UUID | None = None,
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    places = who.places("organisations.read")
    return await registry.organisations(session, places, day, tier, parent, q, after, limit)


@router.get("/schools", tags=["registry"], response_model=Page[SchoolOut])
async def list_schools(
    session: Session,
    who: Annotated[Actor, require("schools.read")],
    day: Today,
    county: UUID | None = None,
    model: bool | None = None,
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    return await registry.schools(session, who.places("schools.read"), day, county, model, q, after, limit)


@router.get("/rooms", tags=["registry"], response_model=Page[RoomOut])
async def list_rooms(
    session: Session,
    who: Annotated[Actor, require("rooms.read")],
    school: UUID | None = None,
    kind: RoomKind | None = None,
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    return await registry.rooms(session, who.places("rooms.read"), school, kind, q, after, limit)


@router.get("/people", tags=["registry"], response_model=Page[PersonOut])
async def list_people(
    session: Session,
    who: Annotated[Actor, require("people.read")],
    role: Role | None = None,
    school: UUID | None = None,
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Adults only: pupils and boxes are not in this list. `school`: who has an office there."""
    return await registry.people(session, who.places("people.read"), role, school, q, after, limit)
