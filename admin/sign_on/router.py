"""One's own account, and what the security administrator sees of others'. The door itself is in admin/router.py."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit, Words
from admin.schemas import Page, SessionOut
from admin.sign_on import factors, identities, signed_in
from admin.sign_on.schemas import (
    CodeGiven,
    Enrolment,
    FactorState,
    IdentityAnswer,
    IdentityOffer,
    IdentityRequest,
    LinkedIdentity,
    PasswordChange,
    RecoveryCodes,
    SessionLine,
    SessionOf,
)
from admin.who import Actor, require
from core.connections import Ground, Valkey
from core.database import Session

router = APIRouter(prefix="/api", tags=["sessions"], responses=PROBLEMS)

Own = Annotated[Actor, require("session.own")]
Enrolling = Annotated[Actor, require("session.enrol")]


@router.get("/sessions")
async def list_own_sessions(
    session: Session, who: Own, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[SessionLine]:
    return await signed_in.own(session, who, after, limit)


@router.delete("/sessions", status_code=204)
async def end_other_sessions(session: Session, who: Own, request: Request) -> None:
    """All of one's own but the one that asks."""
    await signed_in.end_own(session, who, None, request)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_own_session(session_id: UUID, session: Session, who: Own, request: Request) -> None:
    await signed_in.end_own(session, who, session_id, request)


@router.post("/password", status_code=204)
async def change_own_password(
    body: PasswordChange, session: Session, ground: Ground, who: Own, request: Request
) -> None:
    """Signs out everywhere else."""
    await signed_in.change_password(session, ground, who, body, request)


@router.get("/factor")
async def own_factor(session: Session, who: Enrolling) -> FactorState:
    return await factors.state(session, who.id)


@router.post("/factor")
async def begin_factor(session: Session, who: Enrolling, request: Request) -> Enrolment:
    """A secret for an authenticator app. It counts for nothing until a first code has confirmed it."""
    return await factors.begin(session, who, request)


@router.post("/factor/confirmation")
async def confirm_factor(
    body: CodeGiven, session: Session, ground: Ground, who: Enrolling, request: Request
) -> RecoveryCodes:
    """Makes this sign-in whole and ends the others. The recovery codes are told once."""
    return await factors.confirm(session, ground, who, body.code, request)


@router.post("/factor/proof", status_code=204)
async def prove_factor(body: CodeGiven, session: Session, ground: Ground, who: Enrolling, request: Request) -> None:
    """For a sign-in whose `standing` is "factor"."""
    await factors.prove(session, ground, who, body.code, request)


@router.post("/factor/recovery-codes")
async def renew_recovery_codes(
    body: CodeGiven, session: Session, ground: Ground, who: Own, request: Request
) -> RecoveryCodes:
    """The old ones are worth nothing from then on."""
    return await factors.new_codes(session, ground, who, body.code, request)


@router.post("/factor/removal", status_code=204)
async def remove_factor(body: CodeGiven, session: Session, ground: Ground, who: Own, request: Request) -> None:
    await factors.remove(session, ground, who, body.code, request)


@router.get("/security/sessions")
async def list_sessions(
    session: Session,
    who: Annotated[Actor, require("sessions.read")],
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[SessionOf]:
    return await signed_in.everybodys(session, who, q, after, limit)


@router.delete("/security/sessions/{session_id}", status_code=204)
async def end_session(
    session_id: UUID, session: Session, who: Annotated[Actor, require("sessions.end")], request: Request
) -> None:
    await signed_in.end_anyones(session, who, session_id, request)


@router.delete("/security/factors/{person_id}", status_code=204)
async def reset_factor(
    person_id: UUID, session: Session, who: Annotated[Actor, require("factors.reset")], request: Request
) -> None:
    """For somebody who has lost telephone and recovery codes. Ends all of the person's sessions."""
    await signed_in.reset_factor(session, who, person_id, request)


@router.get("/identity")
async def identity_offer() -> IdentityOffer:
    """Open without sign-in: whether another house's sign-on may be used here."""
    return identities.offer()


@router.post("/identity/requests", status_code=201)
async def begin_identity(valkey: Valkey) -> IdentityRequest:
    """Open without sign-in. The page keeps `binding` and sends the browser to `address`."""
    return await identities.begin(valkey)


@router.post("/identity/sessions", status_code=201)
async def sign_in_by_identity(body: IdentityAnswer, session: Session, valkey: Valkey, request: Request) -> SessionOut:
    """Open without sign-in. `standing` is "factor" where the provider did not ask for two factors and the person has
    one here."""
    return await identities.sign_in(session, valkey, body, request)


@router.get("/identity/links")
async def own_identities(session: Session, who: Own) -> list[LinkedIdentity]:
    return await identities.linked(session, who.id)


@router.post("/identity/links", status_code=204)
async def link_identity(body: IdentityAnswer, session: Session, valkey: Valkey, who: Own, request: Request) -> None:
    await identities.link(session, valkey, who, body, request)


@router.delete("/identity/links", status_code=204)
async def unlink_identities(session: Session, who: Own, request: Request) -> None:
    await identities.unlink(session, who, request)
