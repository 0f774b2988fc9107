"""A lesson that its teacher has paused is silent at the relay too, not only on the pages that show the pause.

The fact comes over Valkey, as all facts do, for the lessons here and for those that a relay below asks about. While
Valkey is away the last word holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from classroom.interaction.log import Entry, LessonLog, lesson_of_channel, news_channel, read_entry
from classroom.relay.sessions import Sessions

# How often the lessons that are here are looked at, and the pause after an outage (seconds).
LOOK_EVERY = 0.3
AGAIN = 1.0

log = structlog.get_logger()


class Pauses:
    def __init__(self, lesson_log: LessonLog, sessions: Sessions, clock: Callable[[], float]) -> None:
        self._log = lesson_log
        self._sessions = sessions
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with self._log.valkey.pubsub() as channel:
                    await self._follow(channel)
            except (RedisError, OSError):
                await asyncio.sleep(AGAIN)

    async def _follow(self, channel: PubSub) -> None:
        followed: set[str] = set()
        while True:
            here = {*self._sessions.lessons, *self._sessions.standing.asked}
            for lesson in here - followed:
                await channel.subscribe(news_channel(lesson))
                await self._ask(lesson)
            for lesson in followed - here:
                await channel.unsubscribe(news_channel(lesson))
                self._sessions.standing.forget_pause(lesson)
            followed = here
            if not followed:
                await asyncio.sleep(LOOK_EVERY)
                continue
            message = await channel.get_message(ignore_subscribe_messages=True, timeout=LOOK_EVERY)
            if message is not None and message.get("type") == "message":
                self._hear(message["channel"], message["data"])

    async def _ask(self, lesson: str) -> None:
        _, facts = await self._log.state(lesson)
        for fact in facts:
            self._take(lesson, fact)

    def _hear(self, channel: str | bytes, data: str | bytes) -> None:
        name = channel.decode() if isinstance(channel, bytes) else channel
        try:
            entry = read_entry(data)
        except (ValueError, TypeError):
            log.warning("fact_not_understood")
            return
        self._take(lesson_of_channel(name), entry)

    def _take(self, name: str, entry: Entry) -> None:
        if entry.type == "paused":
            self._sessions.pause(name, bool(entry.body and entry.body.get("paused")), self._clock())
