"""The one reader of a web process: the news of all lessons that have sockets here, over one connection to Valkey.

A subscription's confirmation, the first one and the one after each reconnection alike, starts a reading of the log:
either what was missed since
the last number, or, when the log has lost that number, the whole state. So sockets stay open while Valkey is away,
and are put right afterwards.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from classroom.interaction.feed import Feed, Listener
from classroom.interaction.log import Change, Entry, LessonLog, lesson_of_channel, news_channel, read_entry
from classroom.interaction.state import whole

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 2.0
# after a loss the relays need this long to say again what stands (reporting.py: at most 2 s of pause, then at once)
SETTLE_SECONDS = 2.5
# who wrote these may not be there to write them again, so whoever still knows them does
KEPT_BY_THE_WEB = frozenset({"lesson", "paused", "muted", "presence"})
# a channel nobody writes to, so that the connection has something to listen to before the first lesson
IDLE_CHANNEL = "songjiao:idle"


class Follower:
    """Run `run()` as a task; `join` and `leave` may be called before it runs and while Valkey is away."""

    def __init__(self, log: LessonLog, settle: float = SETTLE_SECONDS):
        self._log = log
        self._settle = settle
        self._feeds: dict[str, Feed] = {}
        self._pubsub: PubSub | None = None
        self._readings: dict[str, asyncio.Task[None]] = {}

    @property
    def feeds(self) -> list[Feed]:
        return list(self._feeds.values())

    async def join(self, lesson: str, listener: Listener) -> Feed:
        """From now on `listener` hears of `lesson`: of entries when the feed has a state already, else of the state
        first.
        """
        feed = self._feeds.get(lesson)
        if feed is None:
            feed = self._feeds[lesson] = Feed(lesson)
            await self._subscribe(lesson)
        feed.listeners.add(listener)
        return feed

    async def leave(self, lesson: str, listener: Listener) -> None:
        feed = self._feeds.get(lesson)
        if feed is None:
            return
        feed.listeners.discard(listener)
        if not feed.listeners:
            del self._feeds[lesson]
            self._stop_reading(lesson)
            await self._unsubscribe(lesson)

    async def run(self) -> None:
        """Follows until cancelled."""
        pause = 0.0
        try:
            while True:
                try:
                    async with self._log.valkey.pubsub() as pubsub:
                        await self._begin(pubsub)
                        pause = 0.0
                        await self._read(pubsub)
                except (RedisError, OSError) as error:
                    logger.warning("valkey does not answer, lessons wait: %s", error)
                self._pubsub = None
                pause = min(max(pause * 2, 0.1), LONGEST_PAUSE)
                await asyncio.sleep(pause)
        finally:
            self._pubsub = None
            for lesson in list(self._readings):
                self._stop_reading(lesson)

    async def _begin(self, pubsub: PubSub) -> None:
        """The first subscription opens the connection, and a second one beside it would open another, which nobody
        reads: who joins meanwhile waits for the next line.
        """
        await pubsub.subscribe(IDLE_CHANNEL)
        self._pubsub = pubsub
        if self._feeds:
            await pubsub.subscribe(*map(news_channel, self._feeds))

    async def _subscribe(self, lesson: str) -> None:
        # without a connection the next one subscribes to all feeds anyway; a broken one is noticed by the reader
        if self._pubsub is not None:
            try:
                await self._pubsub.subscribe(news_channel(lesson))
            except (RedisError, OSError) as error:
                logger.warning("could not subscribe to %s yet: %s", lesson, error)

    async def _unsubscribe(self, lesson: str) -> None:
        if self._pubsub is not None:
            try:
                await self._pubsub.unsubscribe(news_channel(lesson))
            except (RedisError, OSError) as error:
                logger.warning("could not unsubscribe from %s: %s", lesson, error)

    async def _read(self, pubsub: PubSub) -> None:
        while True:
            # the timeout lets the client's own health check find a dead connection
            message = await pubsub.get_message(timeout=5.0)
            if message is not None:
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        lesson = lesson_of_channel(message["channel"])
        feed = self._feeds.get(lesson)
        if feed is None:
            return
        if message["type"] == "message":
            feed.news(read_entry(message["data"]))
        elif message["type"] == "subscribe":
            feed.begin()
            self._stop_reading(lesson)
            self._readings[lesson] = asyncio.create_task(self._catch_up(feed), name=f"read {lesson}")

    def _stop_reading(self, lesson: str) -> None:
        reading = self._readings.pop(lesson, None)
        if reading is not None:
            reading.cancel()

    async def _catch_up(self, feed: Feed) -> None:
        """Read what the feed has missed, again and again until Valkey answers."""
        pause = 0.1
        while True:
            try:
                await self._put_right(feed)
                break
            except (RedisError, OSError) as error:
                logger.warning("cannot read lesson %s yet: %s", feed.lesson, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        self._readings.pop(feed.lesson, None)

    async def _put_right(self, feed: Feed) -> None:
        if feed.state is not None:
            missed = await self._log.after(feed.lesson, feed.state.seq)
            if missed is not None:
                feed.catch_up(missed)
                return
            await self._log.append_all(kept(feed.lesson, list(feed.state.facts.values())))
            await asyncio.sleep(self._settle)
        feed.replace(whole(*await self._log.state(feed.lesson)))


def kept(lesson: str, facts: list[Entry]) -> list[Change]:
    """What the web says again after a loss, where nobody else has yet."""
    return [Change(lesson, fact.type, fact.key, fact.body, True) for fact in facts if fact.type in KEPT_BY_THE_WEB]
