"""Who may open a lesson's socket. Pure; `now` in seconds since 1970."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from classroom.interaction.messages import Close
from core.errors import NotSignedIn
from core.tickets import Ticket, TicketVerifier

SUBPROTOCOL = "songjiao.events"
TICKET_WORDS = frozenset({"ticket", "token", "access_token", "authorization", "bearer", "jwt"})
# every compact JWS begins with the base64url of '{"'
TICKET_START = "eyJ"


def admit(
    headers: Mapping[str, str],
    query: Mapping[str, str],
    lesson: str,
    verifier: TicketVerifier,
    origins: Collection[str],
    now: float,
) -> Ticket | Close:
    """The ticket, or the code to close with. `headers` are looked up in lower case."""
    if not origin_allowed(headers.get("origin"), headers.get("host", ""), origins):
        return Close.ORIGIN_REFUSED
    if any(name.lower() in TICKET_WORDS or value.startswith(TICKET_START) for name, value in query.items()):
        return Close.TICKET_IN_ADDRESS
    text = bearer(headers)
    if text is None:
        return Close.TICKET_INVALID
    try:
        ticket = verifier.verify(text, now)
    except NotSignedIn as problem:
        return Close.TICKET_EXPIRED if problem.code == "ticket-expired" else Close.TICKET_INVALID
    return ticket if ticket.lesson == lesson else Close.WRONG_LESSON


def bearer(headers: Mapping[str, str]) -> str | None:
    """The ticket from `Authorization: Bearer T` or from `Sec-WebSocket-Protocol: songjiao.events, T`."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and text.strip():
        return text.strip()
    offered = subprotocols(headers)
    return offered[1] if len(offered) == 2 and offered[0] == SUBPROTOCOL else None


def subprotocols(headers: Mapping[str, str]) -> list[str]:
    offered = headers.get("sec-websocket-protocol", "")
    return [value.strip() for value in offered.split(",") if value.strip()]


def origin_allowed(origin: str | None, host: str, origins: Collection[str]) -> bool:
    """A browser always names its page's origin; what names none is no browser and brings its own ticket."""
    if origin is None:
        return True
    # compared as text: what cannot be parsed is nobody's origin
    return origin in origins or origin in (f"https://{host}", f"http://{host}")


def resume_after(query: Mapping[str, str]) -> int | None:
    """The number in `?after=`; anything that is none of ours means the whole state."""
    text = query.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None
