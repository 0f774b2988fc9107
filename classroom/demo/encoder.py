"""ffmpeg as a task that is started again until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from classroom.ingest import ffmpeg

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
# having run for so long, a fault is a new one and not the old one again
SOUND_SECONDS = 5.0
LOOK_SECONDS = 0.1


class Encoder:
    """One broadcast at a time, for one lesson. `since` is when it began (time.monotonic()), None while there is
    none.
    """

    def __init__(self) -> None:
        self.lesson: str | None = None
        self.since: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, lesson: str, door: str, arguments: list[str], environment: dict[str, str]) -> None:
        """`door` is the address that ffmpeg publishes to. Does nothing when that lesson is being broadcast already."""
        if self._task is not None and self.lesson == lesson:
            return
        assert self._task is None, "stop the other lesson first"
        self.lesson, self.since = lesson, time.monotonic()
        run = lambda: ffmpeg.run(arguments, environment={**os.environ, **environment})  # noqa: E731
        self._task = asyncio.create_task(keep(run, lambda: opened(door)), name=f"broadcast {lesson}")
        logger.info("broadcasting into lesson %s", lesson)

    async def stop(self) -> None:
        task, self._task = self._task, None
        self.lesson = self.since = None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            logger.info("broadcast stopped")


async def keep(run: Callable[[], Awaitable[None]], opened: Callable[[], Awaitable[None]]) -> None:
    """Run again and again, with growing pauses while it fails at once. `opened` returns when there is somebody to
    publish to again: a relay that died is back in a second or two, and its rooms look at a still picture."""
    pause = FIRST_PAUSE
    while True:
        began = time.monotonic()
        try:
            await run()
        except ffmpeg.Ended as ended:
            logger.warning("%s", ended)
        if time.monotonic() - began > SOUND_SECONDS:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
        await opened()


async def opened(door: str) -> None:
    """Returns when something listens at the address."""
    address = urlsplit(door)
    port = address.port or (443 if address.scheme == "https" else 80)
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(address.hostname, port)
            writer.close()
            return
        await asyncio.sleep(LOOK_SECONDS)
