"""`songjiao demo-teacher`: signs in like anybody, finds the live demo lesson, broadcasts the film into it, yields to
a human, resumes after her.

The way: film.py makes the film once → this file holds a ticket and listens to the lesson's socket →
classroom/ingest/manners.py says when to speak → encoder.py keeps ffmpeg running. Nothing here is privileged but the
account's own role, which marks its publications as not human.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from classroom.demo import broadcast
from classroom.demo.encoder import Encoder
from classroom.demo.film import film
from classroom.ingest.manners import Manners

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
NO_LESSON_SECONDS = 3.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0


@dataclass(frozen=True)
class Account:
    """`authority` is the file of a certificate authority to trust besides the machine's."""

    web: str
    username: str = "demo-teacher"
    password: str = "songjiao-demo"  # noqa: S105 the demo's, written on the start page
    authority: Path | None = None


class NotNow(Exception):
    """Something is missing at present; the words are for the log."""


async def teach(account: Account, data: Path) -> None:
    """Broadcasts until cancelled. Makes the film first when `data` has none. Raises only when that fails."""
    made = await asyncio.to_thread(film, data)
    trust = ssl.create_default_context(cafile=account.authority) if account.authority else ssl.create_default_context()
    encoder, pause = Encoder(), FIRST_PAUSE
    try:
        while True:
            try:
                await _one_lesson(account, made, encoder, trust)
                pause = FIRST_PAUSE
            except (httpx.HTTPError, WebSocketException, OSError, NotNow) as error:
                logger.warning("trying again: %s", error or type(error).__name__)
                await asyncio.sleep(pause * random.uniform(0.7, 1.3))
                pause = min(pause * 2, LONGEST_PAUSE)
    finally:
        await encoder.stop()


async def _one_lesson(account: Account, made: Path, encoder: Encoder, trust: ssl.SSLContext) -> None:
    """Until the lesson is over or the socket breaks; a broken socket leaves the broadcast alone."""
    ticket = await _ticket(account, trust)
    if ticket is None:
        await encoder.stop()
        await asyncio.sleep(NO_LESSON_SECONDS)
        return
    if encoder.lesson not in (None, ticket["lesson"]):
        await encoder.stop()
    headers = {"Authorization": f"Bearer {ticket['ticket']}"}
    secure = trust if ticket["events_url"].startswith("wss:") else None
    async with connect(ticket["events_url"], additional_headers=headers, ssl=secure) as socket:
        await _attend(socket, ticket, made, encoder)


async def _attend(socket: ClientConnection, ticket: dict[str, Any], made: Path, encoder: Encoder) -> None:
    manners = Manners()
    arguments = broadcast.arguments(made, ticket["whip_url"], ticket["ticket"])
    while True:
        try:
            if manners.hear(str(await asyncio.wait_for(socket.recv(), LOOK_SECONDS))):
                await socket.send('{"type":"pong"}')
        except TimeoutError:
            pass
        act = manners.act(encoder.since, time.monotonic())
        if act in ("yield", "begin again", "over"):
            await encoder.stop()
        if act in ("broadcast", "begin again"):
            encoder.start(ticket["lesson"], ticket["whip_url"], arguments, broadcast.ENVIRONMENT)
        if act == "over":
            return


async def _ticket(account: Account, trust: ssl.SSLContext) -> dict[str, Any] | None:
    """A teacher's ticket for the live lesson, its id added as `lesson`; None when no lesson is live."""
    async with httpx.AsyncClient(base_url=account.web, timeout=10, verify=trust) as web:
        signed_in = {"username": account.username, "password": account.password}
        token = _answer(await web.post("/api/sessions", json=signed_in))["access_token"]
        web.headers["Authorization"] = f"Bearer {token}"
        try:
            lessons = _answer(await web.get("/api/lessons", params={"state": "live"}))["items"]
            if not lessons:
                return None
            lesson = lessons[0]["id"]
            return {
                **_answer(await web.post(f"/api/lessons/{lesson}/ticket", json={"as": "teacher"})),
                "lesson": lesson,
            }
        finally:
            await web.delete("/api/sessions/current")


def _answer(response: httpx.Response) -> dict[str, Any]:
    """Raises NotNow with the problem document's own words."""
    if response.is_success:
        return dict(response.json())
    problem = response.headers.get("content-type", "").startswith("application/problem+json")
    words = response.json().get("detail_en") if problem else response.text[:200]
    raise NotNow(f"{response.request.url.path} answered {response.status_code}: {words}")


def run(account: Account, data: Path) -> None:
    """The command. Ctrl-C or SIGTERM ends the broadcast with a good-bye to the relay."""

    async def until_told() -> None:
        task = asyncio.create_task(teach(account, data))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    with suppress(KeyboardInterrupt):
        asyncio.run(until_told())
