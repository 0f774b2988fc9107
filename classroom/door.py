"""What the two doors share: tickets, and sessions as resources (RFC 9725 sections 4.2 to 4.6; WHEP says the same)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from classroom.cascade import ways
from classroom.relay.session import DELETED, Session, owner
from classroom.relay.sessions import Sessions
from classroom.transport import fragment, offer
from classroom.transport.ice import Credentials
from core.clock import timestamp
from core.errors import BadInput, NotAllowed, NotSignedIn, Problem, TooLarge, Unsupported
from core.settings import TurnSettings
from core.tickets import Ticket, TicketVerifier
from core.turn import ice_servers

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
EXPOSED = ("Location", "ETag", "Link", "Accept-Post", "Accept-Patch", "Retry-After")
REQUESTED = ("Authorization", "Content-Type", "If-Match", "Accept-Language")


class PreconditionRequired(Problem):
    status = 428
    title_zh, title_en = "缺少前提条件", "A precondition is missing"


class PreconditionFailed(Problem):
    status = 412
    title_zh, title_en = "前提条件不符", "A precondition does not hold"


class SeenTickets:
    """Verifies a signature once: pages come back with the same ticket, and this is a third of a join."""

    MOST = 4096

    def __init__(self, verifier: TicketVerifier) -> None:
        self._verifier = verifier
        self._seen: dict[str, Ticket] = {}

    def verify(self, text: str, now: float) -> Ticket:
        """Raises NotSignedIn."""
        known = self._seen.get(text)
        if known is not None and now < known.expires_at:
            return known
        self._seen.pop(text, None)
        ticket = self._verifier.verify(text, now)
        if len(self._seen) >= self.MOST:
            del self._seen[next(iter(self._seen))]
        self._seen[text] = ticket
        return ticket


Begin = Callable[[Request, Ticket, offer.Offer], tuple[Session, str]]


@dataclass(frozen=True)
class Doorway:
    """What a door stands in: the sessions, who may come in, and what is told on the way."""

    sessions: Sessions
    verifier: SeenTickets
    clock: Callable[[], float]
    turn: TurnSettings
    public_url: str | None
    address: str
    """This relay's own, as tickets name it."""
    name: str


def routes(doorway: Doorway, door: str, begin: Begin) -> list[Route]:
    """`POST /DOOR/LESSON` opens a session at `/DOOR/LESSON/ID`; `begin` says what a door does with an offer."""

    async def endpoint(request: Request) -> Response:
        lesson = request.path_params["lesson"]
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Accept-Post": SDP, "Allow": "POST, OPTIONS"})
        ticket = presented(doorway, request, lesson)
        body = await _body(request, SDP, offer.MOST_BYTES)
        session, text = begin(request, ticket, offer.read(body))
        return _created(doorway, request, session, text)

    async def resource(request: Request) -> Response:
        lesson = request.path_params["lesson"]
        identity = request.path_params["identity"]
        if request.method == "DELETE" and _departed(doorway, request, door, lesson, identity):
            return Response(status_code=200)
        session = doorway.sessions.find(door, lesson, identity)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Accept-Patch": FRAGMENT, "Allow": "PATCH, DELETE, OPTIONS"})
        _own(doorway, session, presented(doorway, request, lesson))
        if request.method == "DELETE":
            session.close(DELETED, doorway.clock())
            return Response(status_code=200)
        return await _patch(doorway, request, session)

    return [
        Route(f"/{door}/{{lesson}}", endpoint, methods=["POST", "OPTIONS"]),
        Route(f"/{door}/{{lesson}}/{{identity}}", resource, methods=["PATCH", "DELETE", "OPTIONS"]),
    ]


def presented(doorway: Doorway, request: Request, lesson: str) -> Ticket:
    """The ticket that a request carries, good for this lesson and this relay. Raises NotSignedIn or NotAllowed."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        zh, en = "缺少课堂凭证（Authorization: Bearer）。", "The ticket is missing (Authorization: Bearer)."
        raise NotSignedIn("ticket-missing", zh=zh, en=en)
    ticket = doorway.verifier.verify(text.strip(), timestamp())
    if ticket.lesson != lesson:
        zh, en = "这张凭证属于另一节课。", "This ticket belongs to another lesson."
        raise NotAllowed("ticket-for-another-lesson", zh=zh, en=en)
    ways.check_place(ticket, doorway.address)
    return ticket


def _departed(doorway: Doorway, request: Request, door: str, lesson: str, identity: str) -> bool:
    departed = doorway.sessions.departed
    if identity not in departed:
        return False
    return departed.take(identity, owner(door, presented(doorway, request, lesson)), doorway.clock())


def _own(doorway: Doorway, session: Session, ticket: Ticket) -> None:
    """The same person may come with a newer ticket; the session then lives as long as that."""
    if ticket.person != session.ticket.person or ticket.stage != session.ticket.stage:
        zh, en = "这个会话属于另一个人。", "This session belongs to another person."
        raise NotAllowed("not-your-session", zh=zh, en=en)
    if ticket.expires_at > session.ticket.expires_at and ticket.publish == session.ticket.publish:
        doorway.sessions.renew(session, ticket)


async def _body(request: Request, media_type: str, most: int) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        zh, en = f"请以 {media_type} 发送。", f"Send it as {media_type}."
        raise Unsupported("wrong-content-type", zh=zh, en=en)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            zh, en = f"内容超过 {most // 1024} KB。", f"The body is larger than {most // 1024} KB."
            raise TooLarge("body-too-large", zh=zh, en=en)
    return body


def _created(doorway: Doorway, request: Request, session: Session, text: str) -> Response:
    base = doorway.public_url or str(request.base_url).rstrip("/")
    response = Response(text, 201, media_type=SDP)
    response.headers["Location"] = f"{base}/{session.door}/{session.ticket.lesson}/{session.id}"
    response.headers["ETag"] = session.etag
    response.headers["Accept-Patch"] = FRAGMENT
    for server in ice_servers(doorway.turn, session.ticket.person, session.ticket.expires_at):
        for url in server["urls"]:
            response.headers.append("Link", _ice_link(url, server["username"], server["credential"]))
    return response


def _ice_link(url: str, username: str, credential: str) -> str:
    """RFC 9725 section 4.6."""
    return f'<{url}>; rel="ice-server"; username="{username}"; credential="{credential}"; credential-type="password"'


async def _patch(doorway: Doorway, request: Request, session: Session) -> Response:
    """Candidates (204) or an ICE restart (200 with our new credentials): RFC 9725 section 4.3."""
    match = request.headers.get("if-match", "").strip()
    any_session = match in ("*", '"*"')
    if not match:
        zh, en = "缺少 If-Match。", "If-Match is missing: send the session's ETag, or * to restart ICE."
        raise PreconditionRequired("if-match-missing", zh=zh, en=en)
    if not any_session and session.etag not in [one.strip() for one in match.split(",")]:
        zh, en = (
            "ICE 会话已经更换，请以 If-Match: * 重新开始。",
            "The ICE session has changed; restart it with If-Match: *.",
        )
        raise PreconditionFailed("etag-differs", zh=zh, en=en)
    remote = fragment.read(await _body(request, FRAGMENT, fragment.MOST_BYTES))
    if remote == session.peer.agent.current.remote:
        return Response(status_code=204, headers={"ETag": session.etag})
    return _restarted(doorway, session, remote)


def _restarted(doorway: Doorway, session: Session, remote: Credentials) -> Response:
    if remote.ufrag == session.peer.agent.current.remote.ufrag:
        zh, en = "重启 ICE 要同时更换 ufrag 和密码。", "An ICE restart changes the user fragment and the password."
        raise BadInput("fragment-malformed", zh=zh, en=en)
    local = session.restart(remote, doorway.clock())
    text = fragment.write(local, doorway.sessions.candidates)
    return Response(text, 200, headers={"ETag": session.etag}, media_type=FRAGMENT)
