"""The store's own rules for the library: which pages may read and send files there, and how long it keeps the parts of
something that was never finished. Set at each start of the web, so that nobody has to set them by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI

from core.connections import Connections
from core.settings import WebSettings
from core.store import OUTAGES
from core.web import Running

log = structlog.get_logger()
UNFINISHED_DAYS = 8
"""A day more than the longest patience with an upload: the sweep ends what it knows of, the store what nobody knows."""
LOOPBACK = ("127.0.0.1", "localhost")
PAUSE = 10.0


def pages(settings: WebSettings) -> list[str]:
    """The origins of our own pages. On loopback people type either name."""
    own = [settings.url, *settings.origins]
    parts = urlsplit(settings.url)
    if parts.hostname in LOOPBACK:
        own += [f"{parts.scheme}://{name}:{parts.port}" for name in LOOPBACK if parts.port]
    return list(dict.fromkeys(origin.rstrip("/") for origin in own))


def furnished(settings: WebSettings) -> Running:
    """Beside the routes: the web starts without the store, and sets the rules as soon as it answers."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_set(app.state.connections, pages(settings)))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return running


async def _set(ground: Connections, origins: list[str]) -> None:
    """Until the store has answered, and has our bucket. What it does not take is said once; the web goes on without."""
    said: dict[str, str] = {}
    while True:
        with suppress(*OUTAGES):
            refused = await ground.store.set_rules(origins, UNFINISHED_DAYS)
            if refused and refused != said:
                log.warning("store_keeps_its_own_rules", rules=refused)
            if "bucket" not in refused:
                return
            said = refused
        await asyncio.sleep(PAUSE)
