"""`songjiao host run`: while a lesson of the room is on, its cameras are in it; before and after they are off."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from classroom.host import checks
from classroom.host.account import Account, NotNow, keep_key, pair, read_key
from classroom.host.sending import Sending
from core.version import VERSION

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
HEAR_SECONDS = 1.0
TELL_SECONDS = 300.0
KEY = "host.key"
Sources = Mapping[str, str]
"""Where each slot's picture and sound come from; `main` is the ticket's first slot."""


def pair_host(web: str, data: Path, authority: Path | None, show: Callable[[str], None]) -> None:
    """The command. Raises NotNow or httpx.HTTPError."""

    async def once() -> None:
        async with _web(web, authority) as client:
            keep_key(data / KEY, await pair(client, show))

    asyncio.run(once())


def run(web: str, data: Path, sources: Sources, authority: Path | None = None) -> None:
    """The command, until Ctrl-C or SIGTERM. Raises NotPaired."""

    async def until_told() -> None:
        task = asyncio.create_task(serve(web, data, sources, authority))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    with suppress(KeyboardInterrupt):
        asyncio.run(until_told())


async def serve(web: str, data: Path, sources: Sources, authority: Path | None = None) -> None:
    async with _web(web, authority) as client:
        account = Account(client, read_key(data / KEY))
        told = 0.0
        while True:
            try:
                if time.monotonic() - told > TELL_SECONDS:
                    await account.tell(VERSION, await _self_test(client, data, sources))
                    told = time.monotonic()
                if lesson := await account.live_lesson():
                    await _attend(account, lesson, data, sources, _trust(authority))
            except (httpx.HTTPError, WebSocketException, OSError, NotNow) as error:
                logger.warning("trying again: %s", error or type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)


async def _attend(account: Account, lesson: str, data: Path, sources: Sources, trust: ssl.SSLContext) -> None:
    """Until the lesson is over or its socket breaks."""
    ticket = await account.ticket(lesson)
    file = data / "ticket"
    keep_key(file, ticket["ticket"])
    headers = {"Authorization": f"Bearer {ticket['ticket']}"}
    secure = trust if ticket["events_url"].startswith("wss:") else None
    main, *others = ticket["slots"]
    wanted = {main: sources["main"]} | {slot: sources[slot] for slot in others if slot in sources}
    async with AsyncExitStack() as stack:
        sendings = [Sending(slot, source, ticket["whip_url"], file) for slot, source in wanted.items()]
        for sending in sendings:
            stack.push_async_callback(sending.stop)
        socket = await stack.enter_async_context(connect(ticket["events_url"], additional_headers=headers, ssl=secure))
        await _follow(socket, sendings)


async def _follow(socket: ClientConnection, sendings: list[Sending]) -> None:
    over = False
    while not over:
        with suppress(TimeoutError):
            text = str(await asyncio.wait_for(socket.recv(), HEAR_SECONDS))
            wants = [sending.hear(text) for sending in sendings]
            if any(wants):
                await socket.send('{"type":"pong"}')
        ends = [await sending.act(time.monotonic()) for sending in sendings]
        over = any(ends)


async def _self_test(client: httpx.AsyncClient, data: Path, sources: Sources) -> list[checks.Check]:
    """Cameras that are pulled from are opened; a box that pushes is heard only while it does."""
    begun = time.monotonic()
    response = await client.get("/api/health")
    found = [checks.of_way(time.monotonic() - begun), checks.of_disk(shutil.disk_usage(data).free)]
    if date := response.headers.get("date"):
        found.append(checks.of_clock(parsedate_to_datetime(date), datetime.now(UTC)))
    if urlsplit(sources["main"]).scheme in ("rtsp", "rtsps"):
        found += await asyncio.to_thread(checks.camera, sources["main"])
    return found


def _web(url: str, authority: Path | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=10, verify=_trust(authority))


def _trust(authority: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority) if authority else ssl.create_default_context()
