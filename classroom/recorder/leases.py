"""Several recorders share the lessons: whoever has a lesson says so in Valkey, again and again. Without Valkey each
goes on with what it has, and takes what it finds: a lesson recorded twice is better than none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from classroom.interaction.log import LessonLog
from core import alive

SECONDS = 15
TAKE = """
local holder = redis.call('GET', KEYS[1])
if holder and cjson.decode(holder)['name'] ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""

log = structlog.get_logger()


class Leases:
    def __init__(self, valkey: Redis | None, name: str, url: str) -> None:
        self._valkey = valkey
        self._name = name
        self._value = json.dumps({"name": name, "url": url})
        self._log = LessonLog(valkey) if valkey is not None else None
        self._told: dict[str, str] = {}

    async def live(self) -> None:
        """This process is well. A Valkey that has forgotten it has forgotten what pages were told, too."""
        if self._valkey is not None:
            try:
                before = await self._valkey.set(
                    alive.RECORDER.format(name=self._name), self._value, ex=SECONDS, get=True
                )
                if before is None:
                    self._told.clear()
            except (RedisError, OSError) as error:
                log.info("valkey_away", error=str(error).partition("\n")[0])

    async def take(self, lesson: str) -> bool:
        """Whether the lesson is this recorder's, from now on for a few seconds."""
        if self._valkey is None:
            return True
        key = alive.RECORDING.format(lesson=lesson)
        try:
            taken: Any = self._valkey.eval(TAKE, 1, key, self._name, self._value, str(SECONDS))
            return bool(await taken)
        except (RedisError, OSError):
            return True

    async def give_back(self, lesson: str) -> None:
        if self._valkey is not None:
            try:
                await self._valkey.delete(alive.RECORDING.format(lesson=lesson))
            except (RedisError, OSError):
                return  # it runs out by itself

    async def tell(self, lesson: str, fact: Mapping[str, Any] | None) -> None:
        """What pages show of the recording; written when it changes."""
        text = json.dumps(fact)
        if self._log is None or self._told.get(lesson) == text:
            return
        try:
            await self._log.append(lesson, "recording", "", fact)
            self._told[lesson] = text
        except (RedisError, OSError):
            return  # the next look tells it
        if fact is None:
            self._told.pop(lesson, None)
