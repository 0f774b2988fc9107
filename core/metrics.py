"""Prometheus metrics of a process, at /metrics, for the networks that the settings name (loopback by default)."""

import time
from ipaddress import ip_address, ip_network

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import NotAllowed

REQUESTS = Counter("songjiao_http_requests_total", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "songjiao_http_request_seconds",
    "Time to the last byte of the answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def install(app: Starlette, allowed: list[str]) -> None:
    """`allowed` holds addresses or networks ("10.0.0.0/8"); others get 403."""
    networks = [ip_network(one, strict=False) for one in allowed]
    app.add_middleware(Measure)

    def metrics(request: Request) -> Response:
        address = ip_address(request.client.host) if request.client else None
        if address is None or not any(address in network for network in networks):
            zh, en = "这个地址不能读取指标。", "This address may not read the metrics."
            raise NotAllowed("metrics-not-here", zh=zh, en=en)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app.add_route("/metrics", metrics, include_in_schema=False)


class Measure:
    """ASGI middleware. Routes are counted by their pattern, never by the address: addresses are without number."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            REQUESTS.labels(scope["method"], route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - started)
