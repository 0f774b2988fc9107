"""What relays ask one another over HTTP, besides WHEP."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from classroom.cascade import report
from classroom.cascade.membership import Membership
from core import relay_keys
from core.errors import TooLarge
from core.relay_keys import RelayKey
from core.tickets import TicketVerifier


def routes(membership: Membership, verifier: TicketVerifier, name: str, wall: Callable[[], float]) -> APIRouter:
    """`POST /cascade/report`: relays below say that they live, and hand over their ledger (see report.py)."""
    router = APIRouter()

    def verify(text: str) -> RelayKey:
        return relay_keys.verify(verifier, text, wall())

    async def hear(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > report.MOST_BYTES:
                raise TooLarge("report-too-large", zh="中继报告过大。", en="The report is too large.")
        taken = membership.hear(report.read(body, verify))
        return JSONResponse({"name": name, "taken": taken})

    router.add_route("/cascade/report", hear, methods=["POST"])
    return router
