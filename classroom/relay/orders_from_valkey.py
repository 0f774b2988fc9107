"""Orders from the control plane: a lesson is over, or shut down. They come over Valkey, which may be away at any time.

Who was away reads after every (re)connection the orders that still stand (classroom/orders.py), and of all lessons here
their own facts, as of each lesson that begins here. So a relay that was restarted does not open a lesson that is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from redis.exceptions import RedisError

from classroom.interaction.log import LessonLog
from classroom.orders import CHANNEL, read_order, standing

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
HEARTBEAT = 5.0
MOST_REMEMBERED = 1000

log = structlog.get_logger()

Obey = Callable[[str, str], None]
"""Takes the lesson's id and the reason, or the person who is to leave it."""


class Orders:
    def __init__(self, lesson_log: LessonLog, obey: Obey, unseat: Obey) -> None:
        self._log = lesson_log
        self._obey = obey
        self._unseat = unseat
        self._lessons: dict[str, None] = {}
        self._to_ask: asyncio.Queue[str] = asyncio.Queue(maxsize=1000)

    def watch(self, lesson: str) -> None:
        """A lesson begins here; plain, never waits."""
        self._lessons[lesson] = None
        while len(self._lessons) > MOST_REMEMBERED:
            del self._lessons[next(iter(self._lessons))]
        if not self._to_ask.full():
            self._to_ask.put_nowait(lesson)

    async def run(self) -> None:
        """Until cancelled."""
        pause, clock = FIRST_PAUSE, asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await self._follow()
            except (RedisError, OSError) as error:
                if pause == FIRST_PAUSE:  # one line an outage
                    log.warning("orders_away", error=str(error).partition("\n")[0])
            pause = FIRST_PAUSE if clock() - began > HEARTBEAT else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _follow(self) -> None:
        async with self._log.valkey.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            await channel.get_message(timeout=HEARTBEAT)  # the confirmation: from here on none is missed
            for text in await standing(self._log.valkey):
                self._hear(text)
            for lesson in list(self._lessons):
                await self._ask(lesson)
            asking = asyncio.create_task(self._ask_new())
            try:
                while not asking.done():
                    message = await channel.get_message(ignore_subscribe_messages=True, timeout=HEARTBEAT)
                    if message is not None and message.get("type") == "message":
                        self._hear(message["data"])
                await asking
            finally:
                asking.cancel()

    def _hear(self, text: str | bytes) -> None:
        try:
            order = read_order(text)
        except ValueError:
            log.warning("order_not_understood")
            return
        if order.kind == "unseat":
            self._unseat(order.lesson, order.person)
        else:
            self._obey(order.lesson, f"order: {order.kind}")

    async def _ask_new(self) -> None:
        while True:
            await self._ask(await self._to_ask.get())

    async def _ask(self, lesson: str) -> None:
        _, facts = await self._log.state(lesson)
        if any(fact.type == "lesson" and fact.body and fact.body.get("state") == "ended" for fact in facts):
            self._obey(lesson, "order: end")
