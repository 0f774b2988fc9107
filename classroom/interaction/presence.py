"""Who has the page open, counted over all tabs and all web processes.

    songjiao:{LESSON}:here:KEY    sorted set, one member a socket, its score the moment until which it counts without
    being renewed

A web process that dies renews nothing, so its sockets stop counting by themselves.
"""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

# sockets are renewed with each ping (10 s); two may be missed
COUNTS_SECONDS = 30.0

COUNT = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if ARGV[2] ~= '' then
  if ARGV[3] == '' then redis.call('ZREM', KEYS[1], ARGV[2]) else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2]) end
end
redis.call('EXPIRE', KEYS[1], 120)
return redis.call('ZCARD', KEYS[1])
"""


class Presence:
    """Every method returns how many sockets `key` has in the lesson afterwards, and raises redis.RedisError or
    OSError.
    """

    def __init__(self, valkey: Redis):
        self._valkey = valkey

    async def here(self, lesson: str, key: str, socket: str, now: float) -> int:
        """The socket has come, or is still there."""
        return await self._count(lesson, key, now, socket, str(now + COUNTS_SECONDS))

    async def left(self, lesson: str, key: str, socket: str, now: float) -> int:
        return await self._count(lesson, key, now, socket, "")

    async def count(self, lesson: str, key: str, now: float) -> int:
        return await self._count(lesson, key, now, "", "")

    async def _count(self, lesson: str, key: str, now: float, socket: str, until: str) -> int:
        answer: Any = self._valkey.eval(COUNT, 1, f"songjiao:{{{lesson}}}:here:{key}", str(now), socket, until)
        return int(await answer)
