"""The lesson's socket: WebSocket GET /api/lessons/{id}/events. PROTOCOL.md tells what is said on it; README.md the
way of a fact.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from fastapi import APIRouter, WebSocket
from redis.asyncio import Redis
from redis.exceptions import RedisError

from classroom.interaction.admission import SUBPROTOCOL, admit, resume_after, subprotocols
from classroom.interaction.attendance import Attendance
from classroom.interaction.conversation import Conversation
from classroom.interaction.feed import Feed
from classroom.interaction.follow import Follower
from classroom.interaction.log import LessonLog, stage_key
from classroom.interaction.messages import Close
from classroom.interaction.outbox import Outbox
from classroom.interaction.watch import LessonFactOf, Watch
from core.tickets import Ticket, TicketVerifier
from core.valkey import end

logger = logging.getLogger(__name__)

NameOf = Callable[[str], Awaitable[str]]

# a page that reloads is back within this time, and nobody need hear of it
RELOAD_SECONDS = 3.0
CLOSE_SECONDS = 1.0
STATE_SECONDS = 2.0


class LessonEvents:
    """All lesson sockets of one web process.

    `origins` are the pages allowed besides the server's own; `name_of` names the holder of a ticket without a name.
    Include `router` and keep `running()` entered while the
    server runs:

        events = LessonEvents(connect(url), verifier, lesson_fact, origins)
        app.include_router(events.router)
        async with events.running(): …
    """

    def __init__(
        self,
        valkey: Redis,
        verifier: TicketVerifier,
        lesson_fact: LessonFactOf,
        origins: Collection[str] = (),
        name_of: NameOf | None = None,
    ):
        self.log = LessonLog(valkey)
        self.router = APIRouter()
        self.router.add_api_websocket_route("/api/lessons/{lesson}/events", self._open)
        self._verifier = verifier
        self._lesson_fact = lesson_fact
        self._origins = frozenset(origins)
        self._name_of = name_of
        self._follower = Follower(self.log)
        self._watch = Watch(self.log, self._follower, lesson_fact, secrets.token_hex(8))
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = {asyncio.create_task(self._follower.run()), asyncio.create_task(self._watch.run())}
        try:
            yield
        finally:
            await end(tasks | self._leaving)

    async def _open(self, websocket: WebSocket, lesson: str) -> None:
        offered = subprotocols(websocket.headers)
        # accepted before it is judged: a browser's page sees the code of a close, but not the status of a refusal
        await websocket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        admitted = admit(websocket.headers, websocket.query_params, lesson, self._verifier, self._origins, time.time())
        code = admitted if isinstance(admitted, Close) else await self._talk(websocket, await self._named(admitted))
        if code is not None:
            await close(websocket, code)

    async def _named(self, ticket: Ticket) -> Ticket:
        """A pupil's ticket has no name, because relays see it."""
        if ticket.name or self._name_of is None:
            return ticket
        return replace(ticket, name=await self._name_of(ticket.person))

    async def _talk(self, websocket: WebSocket, ticket: Ticket) -> Close | None:
        lesson = stage_key(ticket.lesson, ticket.stage)
        outbox = Outbox(ticket)
        feed = await self._follower.join(lesson, outbox)
        try:
            await first_state(feed)
            if not await self._lesson_known(feed, ticket):
                return Close.LESSON_UNKNOWN
            await self._begin(feed, outbox, resume_after(websocket.query_params))
            attendance = Attendance(self.log, lesson, ticket, secrets.token_hex(8))
            try:
                return await Conversation(websocket, self.log, feed, outbox, attendance).run()
            finally:
                self._leave_soon(attendance)
        finally:
            await self._follower.leave(lesson, outbox)

    async def _begin(self, feed: Feed, outbox: Outbox, after: int | None) -> None:
        missed = None
        if after is not None:
            try:
                missed = await self.log.after(feed.lesson, after)
            except (RedisError, OSError) as error:
                logger.info("cannot resume %s: %s", feed.lesson, error)
        if after is not None and missed is not None:
            outbox.resume(after, missed)
        else:
            outbox.start(feed.state)

    async def _lesson_known(self, feed: Feed, ticket: Ticket) -> bool:
        """Makes sure that the log tells where the lesson stands; false: there is no such lesson."""
        if feed.state is not None and ("lesson", "") in feed.state.facts:
            return True
        body = await self._lesson_fact(ticket.lesson)
        if body is None:
            return False
        try:
            await self.log.append(feed.lesson, "lesson", "", body, only_if_absent=True)
        except (RedisError, OSError) as error:
            logger.info("lesson %s waits for valkey: %s", feed.lesson, error)
        return True

    def _leave_soon(self, attendance: Attendance) -> None:
        task = asyncio.create_task(leave(attendance))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


async def first_state(feed: Feed) -> None:
    """Wait for it a while: with Valkey away the socket opens all the same, and hears of the state when it is there."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STATE_SECONDS):
            await feed.known.wait()


async def leave(attendance: Attendance) -> None:
    await asyncio.sleep(RELOAD_SECONDS)
    try:
        await attendance.left(time.time())
    except (RedisError, OSError) as error:
        logger.info("a departure was not written, the watch will: %s", error)


async def close(websocket: WebSocket, code: Close) -> None:
    """A peer that does not read cannot hear the close either: do not wait long for it."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(code.value, code.name.lower())
    except (TimeoutError, RuntimeError) as error:
        logger.debug("closed without a word: %s", error)
