"""The relay's HTTP side: the two doors, health and metrics. It needs no database, and no schema either: plain
Starlette, because a join has two milliseconds for all."""

from __future__ import annotations

from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Lifespan

from classroom import whep, whip
from classroom.door import EXPOSED, REQUESTED, Doorway
from classroom.relay.gauges import Gauges
from classroom.relay.turnstile import Turnstile
from core import metrics, problems
from core.request_id import RequestId
from core.settings import RelaySettings


def build(
    doorway: Doorway, tree: list[Route], gauges: Gauges, settings: RelaySettings, lifespan: Lifespan[Starlette]
) -> Starlette:
    """`tree`: what relays ask one another."""
    routes = [*whip.router(doorway), *whep.router(doorway), *tree, Route("/api/health", _health)]
    app = Starlette(routes=routes, lifespan=lifespan)
    problems.install(app)
    app.add_exception_handler(ClientDisconnect, _gone)
    REGISTRY.register(gauges)
    metrics.install(app, settings.metrics_from)
    # Tickets travel in a header, never in cookies: no page can use another's (allow_credentials stays off).
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["POST", "PATCH", "DELETE", "OPTIONS"],
        allow_headers=list(REQUESTED),
        expose_headers=list(EXPOSED),
        max_age=600,
    )
    app.add_middleware(RequestId)
    app.add_middleware(Turnstile)
    return app


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok", "parts": {"media": "ok"}})


async def _gone(_: Request, __: Exception) -> Response:
    """Who has gone before the request's end gets no answer, and leaves no line in the log."""
    return Response(status_code=400)
