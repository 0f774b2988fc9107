"""The web app's frame: connections, middleware, problem documents, health, metrics, the API's own page."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from core import api_page, database, health, install_page, invalid, metrics, problems, store, valkey
from core.connections import open_connections
from core.headers import SecurityHeaders, sockets
from core.request_id import RequestId
from core.settings import DataSettings, RelaysSettings, StoreSettings, TlsSettings, WebSettings, load
from core.version import VERSION

OUTAGES = (*database.OUTAGES, *valkey.OUTAGES, *store.OUTAGES)


Running = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""What a package keeps running beside the routes; entered when `app.state.connections` is there."""


def build(settings: WebSettings, routers: Iterable[APIRouter], running: Iterable[Running] = ()) -> FastAPI:
    """Needs no address of a service before it starts, so that the API's document can be had without any."""
    app = FastAPI(
        title="送教 Songjiao",
        version=VERSION,
        description="Live lessons from model schools to village classrooms.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(list(running)),
    )
    problems.install(app, OUTAGES)
    invalid.install(app)
    metrics.install(app, settings.metrics_from)
    for router in (health.router, api_page.router, *routers):
        _add(app, router)
    if load(TlsSettings).tls_certificate:
        _add(app, install_page.router(load(DataSettings).data / "tls"))
    _add_middleware(app, settings)
    return app


def _add(app: FastAPI, router: APIRouter) -> None:
    """Its routes as they stand: `include_router` would work out each a second time, a second of every start."""
    app.router.routes.extend(router.routes)


def _lifespan(running: list[Running]) -> Running:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.connections = await stack.enter_async_context(open_connections())
            for one in running:
                await stack.enter_async_context(one(app))
            yield

    return lifespan


def _add_middleware(app: FastAPI, settings: WebSettings) -> None:
    """The one added last is the outermost."""
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=2)  # half the time of 5, a tenth more bytes
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["*"],
        allow_headers=["Authorization", "Content-Type", "Accept-Language"],
        expose_headers=["X-Request-Id", "Retry-After"],
    )
    app.add_middleware(SecurityHeaders, connect=_elsewhere(settings), secure=settings.url.startswith("https://"))
    app.add_middleware(RequestId)


def _elsewhere(settings: WebSettings) -> list[str]:
    """What pages talk to besides the address they came from: relays, the store, and sockets of ours."""
    store_settings = load(StoreSettings)
    outside = store_settings.s3_public_endpoint or store_settings.s3_endpoint
    own = [settings.url, *settings.origins]
    relays = load(RelaysSettings)
    return [*relays.relays.values(), *relays.relay_origins, *own, *sockets(own), *([outside] if outside else [])]
