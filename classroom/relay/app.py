"""The relay's HTTP side: the two doors, health and metrics. It needs no database."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import REGISTRY
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import Lifespan

from classroom import whep, whip
from classroom.door import EXPOSED, REQUESTED, Doorway
from classroom.relay.gauges import Gauges
from classroom.relay.turnstile import Turnstile
from core import metrics, problems
from core.request_id import RequestId
from core.settings import RelaySettings


def build(
    doorway: Doorway, tree: APIRouter, gauges: Gauges, settings: RelaySettings, lifespan: Lifespan[FastAPI]
) -> FastAPI:
    """`tree`: what relays ask one another."""
    app = FastAPI(title="Songjiao relay", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
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
    app.include_router(whip.router(doorway))
    app.include_router(whep.router(doorway))
    app.include_router(tree)

    @app.get("/api/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "parts": {"media": "ok"}}

    return app


async def _gone(_: Request, __: Exception) -> Response:
    """Who has gone before the request's end gets no answer, and leaves no line in the log."""
    return Response(status_code=400)
