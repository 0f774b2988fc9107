"""One open socket, from admission to its close code."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime

from fastapi import WebSocket, WebSocketDisconnect
from redis.exceptions import RedisError

from classroom.interaction.attendance import Attendance
from classroom.interaction.feed import Feed
from classroom.interaction.intake import LARGEST_MESSAGE, MOST_REFUSALS, Pace, Said, problem, take
from classroom.interaction.log import LessonLog
from classroom.interaction.messages import Close, Ping, Problem
from classroom.interaction.outbox import Outbox
from core.tickets import Ticket

logger = logging.getLogger(__name__)

PING_SECONDS = 10.0
SILENCE_SECONDS = 35.0


class Conversation:
    """Talks until either side ends it. The caller has accepted the socket and joined `outbox` to `feed`."""

    def __init__(self, websocket: WebSocket, log: LessonLog, feed: Feed, outbox: Outbox, attendance: Attendance):
        self._websocket = websocket
        self._log = log
        self._feed = feed
        self._outbox = outbox
        self._attendance = attendance
        self._pace = Pace(time.monotonic())

    async def run(self) -> Close | None:
        """The code to close with, or None when the client has gone."""
        parts = [self._listen(), self._speak(), self._tick(), self._expire(), self._overflow()]
        tasks = {asyncio.create_task(part) for part in parts}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            await end(tasks)

    async def _speak(self) -> Close | None:
        try:
            while True:
                await self._websocket.send_text(await self._outbox.take())
        except WebSocketDisconnect:
            return None

    async def _tick(self) -> Close | None:
        """Presence at once, then presence and a ping every 10 s."""
        while True:
            try:
                await self._attendance.here(self._feed.state, time.time())
            except (RedisError, OSError) as error:
                logger.info("presence waits: %s", error)
            await asyncio.sleep(PING_SECONDS)
            self._outbox.put(Ping(seq=self._outbox.seq, at=datetime.now(UTC)).model_dump_json())

    async def _expire(self) -> Close | None:
        await asyncio.sleep(max(0.0, self._outbox.ticket.expires_at - time.time()))
        return Close.TICKET_EXPIRED

    async def _overflow(self) -> Close | None:
        await self._outbox.too_slow.wait()
        return Close.TOO_SLOW

    async def _listen(self) -> Close | None:
        while True:
            try:
                message = await asyncio.wait_for(self._websocket.receive(), SILENCE_SECONDS)
            except TimeoutError:
                return Close.SILENT
            if message["type"] == "websocket.disconnect":
                return None
            text = message.get("text") or ""
            if len(text.encode()) > LARGEST_MESSAGE or len(message.get("bytes") or b"") > LARGEST_MESSAGE:
                return Close.TOO_LARGE
            await self._hear(text, self._outbox.ticket)
            if self._pace.refused > MOST_REFUSALS:
                return Close.TOO_MANY

    async def _hear(self, text: str, ticket: Ticket) -> None:
        answer = take(text, ticket, time.time()) if self._pace.allows(time.monotonic()) else problem("too-fast")
        if isinstance(answer, Said):
            answer = await self._write(answer)
        if answer is not None:
            self._pace.refused += 1
            self._outbox.say(answer)

    async def _write(self, said: Said) -> Problem | None:
        try:
            await self._log.append(self._feed.lesson, said.type, said.key, said.body)
        except (RedisError, OSError) as error:
            logger.warning("could not write %s down: %s", said.type, error)
            return problem("not-now", said.id)
        return None


async def end(tasks: set[asyncio.Task[Close | None]]) -> None:
    """Cancel until all have ended: a cancellation that meets an answer of Valkey on its way in can get lost there."""
    pending = tasks
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.1)
