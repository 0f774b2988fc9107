"""What relays ask one another over HTTP, besides WHEP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from classroom.cascade import offers, report
from classroom.cascade.membership import Membership
from classroom.cascade.offers import Offer, Waiting
from classroom.cascade.puller import Puller
from classroom.door import Doorway, presented
from classroom.relay.sessions import stage_key
from core import relay_keys
from core.errors import TooLarge
from core.relay_keys import RelayKey
from core.tickets import Ticket, TicketVerifier


@dataclass(frozen=True)
class Tree:
    """This relay among the others. `wall` gives seconds since 1970."""

    doorway: Doorway
    membership: Membership
    puller: Puller
    waiting: Waiting
    verifier: TicketVerifier
    wall: Callable[[], float]


def routes(tree: Tree) -> list[Route]:
    """`POST /cascade/report`: relays below say that they live, and hand over their ledger (see report.py).
    `GET /cascade/offers/LESSON?known=MARK`: what a lesson offers here, as soon as that is something else."""

    def verify(text: str) -> RelayKey:
        return relay_keys.verify(tree.verifier, text, tree.wall())

    async def hear(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > report.MOST_BYTES:
                raise TooLarge("report-too-large", zh="中继报告过大。", en="The report is too large.")
        taken = tree.membership.hear(report.read(body, verify))
        return JSONResponse({"name": tree.doorway.name, "taken": taken})

    async def offered(request: Request) -> Response:
        ticket = presented(tree.doorway, request, request.path_params["lesson"])
        tree.doorway.sessions.refuse_ended(ticket)
        tree.puller.asked(ticket, tree.doorway.clock())
        known = request.query_params.get("known", "")
        if offers.mark(_now(tree, ticket)) == known:
            news = tree.waiting.event(stage_key(ticket), known)
            with suppress(TimeoutError):
                async with asyncio.timeout(offers.HOLD):
                    await news.wait()
            tree.doorway.sessions.refuse_ended(ticket)
        return JSONResponse({"slots": _now(tree, ticket)})

    return [
        Route("/cascade/report", hear, methods=["POST"]),
        Route("/cascade/offers/{lesson}", offered, methods=["GET"]),
    ]


def _now(tree: Tree, ticket: Ticket) -> Offer:
    lesson = tree.doorway.sessions.lessons.get(stage_key(ticket))
    return offers.offered(lesson) if lesson is not None else {}
