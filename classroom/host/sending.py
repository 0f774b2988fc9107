"""One slot of a lesson, sent from one source while nobody else sends it."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from classroom.ingest.manners import Manners
from classroom.ingest.session import publish

logger = logging.getLogger(__name__)


class Sending:
    def __init__(self, slot: str, source: str, whip_url: str, ticket_file: Path) -> None:
        self._manners = Manners(slot)
        self._slot = slot
        self._address = f"{whip_url}?slot={slot}"
        self._source, self._ticket = source, ticket_file
        self._task: asyncio.Task[None] | None = None
        self._since: float | None = None

    def hear(self, text: str) -> bool:
        return self._manners.hear(text)

    async def act(self, now: float) -> bool:
        """Whether the lesson is over."""
        act = self._manners.act(self._since, now)
        if act in ("yield", "begin again", "over"):
            await self.stop()
        if act in ("broadcast", "begin again"):
            self._start()
        return act == "over"

    def _start(self) -> None:
        if self._task is None:
            self._since = time.monotonic()
            self._task = asyncio.create_task(publish(self._source, self._address, self._ticket))
            logger.info("%s: sending", self._slot)

    async def stop(self) -> None:
        task, self._task, self._since = self._task, None, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            logger.info("%s: stopped", self._slot)
