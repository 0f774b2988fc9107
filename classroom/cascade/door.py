"""What relays ask one another over HTTP, besides WHEP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from classroom.cascade import offers, orders_from_above, report
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
    news: orders_from_above.Bell
    """Of what holds by order."""
    verifier: TicketVerifier
    wall: Callable[[], float]


def routes(tree: Tree) -> list[Route]:
    """`POST /cascade/report`: relays below say that they live, and hand over their ledger (see report.py).
    `GET /cascade/offers/LESSON?known=MARK`: what a lesson offers here, as soon as that is something else.
    `POST /cascade/orders`: what holds of lessons by order, for a relay below (see orders_from_above.py)."""

    def verify(text: str) -> RelayKey:
        return relay_keys.verify(tree.verifier, text, tree.wall())

    async def hear(request: Request) -> Response:
        taken = tree.membership.hear(report.read(await _body(request, report.MOST_BYTES), verify))
        return JSONResponse({"name": tree.doorway.name, "taken": taken})

    async def ordered(request: Request) -> Response:
        verify(request.headers.get("authorization", "").removeprefix("Bearer "))
        question = orders_from_above.read_question(await _body(request, orders_from_above.MOST_BYTES))
        word = await orders_from_above.answer(tree.doorway.sessions, question, tree.news, tree.doorway.clock)
        return Response(word.text(), media_type="application/json")

    async def offered(request: Request) -> Response:
        ticket = presented(tree.doorway, request, request.path_params["lesson"])
        tree.doorway.sessions.standing.refuse(ticket)
        tree.puller.asked(ticket, tree.doorway.clock())
        known = request.query_params.get("known", "")
        if offers.mark(_now(tree, ticket)) == known:
            news = tree.waiting.event(stage_key(ticket), known)
            with suppress(TimeoutError):
                async with asyncio.timeout(offers.HOLD):
                    await news.wait()
            tree.doorway.sessions.standing.refuse(ticket)
        return JSONResponse({"slots": _now(tree, ticket)})

    return [
        Route("/cascade/report", hear, methods=["POST"]),
        Route("/cascade/offers/{lesson}", offered, methods=["GET"]),
        Route("/cascade/orders", ordered, methods=["POST"]),
    ]


async def _body(request: Request, most: int) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLarge("report-too-large", zh="中继发来的内容过大。", en="What the relay sends is too large.")
    return body


def _now(tree: Tree, ticket: Ticket) -> Offer:
    lesson = tree.doorway.sessions.lessons.get(stage_key(ticket))
    return offers.offered(lesson) if lesson is not None else {}
