"""A lesson's numbered facts in Valkey: one stream to resume from and one hash with the newest of each (type, key).

    songjiao:{LESSON}:log      stream, id SEQ-0, about the last 2000 entries
    songjiao:{LESSON}:facts    hash, "TYPE:KEY" → entry, "#" → last SEQ
    songjiao:{LESSON}:news     channel on which each entry is told at once

An entry is the JSON list [seq, type, key, body]; body null says that the fact is gone. A number is the server's clock
in milliseconds or the last
number plus one, whichever is higher, so numbers go on rising even when Valkey has lost everything. A rehearsal is the
lesson `LESSON.rehearsal`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from redis.asyncio import Redis

KEPT_ENTRIES = 2000
KEPT_SECONDS = 2 * 24 * 3600

APPEND = """
local name = ARGV[1] .. ':' .. ARGV[2]
local known = redis.call('HEXISTS', KEYS[2], name)
local last = tonumber(redis.call('HGET', KEYS[2], '#') or '0')
if (ARGV[4] == 'absent' and known == 1) or (ARGV[3] == '' and known == 0) then return last end
local clock = redis.call('TIME')
local seq = clock[1] * 1000 + math.floor(clock[2] / 1000)
if seq <= last then seq = last + 1 end
local number = string.format('%.0f', seq)
local body = ARGV[3] == '' and 'null' or ARGV[3]
local entry = '[' .. number .. ',' .. cjson.encode(ARGV[1]) .. ',' .. cjson.encode(ARGV[2]) .. ',' .. body .. ']'
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[5], number .. '-0', 'e', entry)
if ARGV[3] == '' then redis.call('HDEL', KEYS[2], name) else redis.call('HSET', KEYS[2], name, entry) end
redis.call('HSET', KEYS[2], '#', number)
redis.call('EXPIRE', KEYS[1], ARGV[6])
redis.call('EXPIRE', KEYS[2], ARGV[6])
redis.call('PUBLISH', ARGV[7], entry)
return seq
"""


@dataclass(frozen=True)
class Entry:
    """One numbered change of a lesson. `body` None: the fact (type, key) is gone."""

    seq: int
    type: str
    key: str
    body: Mapping[str, Any] | None = field(hash=False)

    @property
    def name(self) -> tuple[str, str]:
        return self.type, self.key

    @cached_property
    def wire(self) -> dict[str, Any]:
        """The message that pages get, as in PROTOCOL.md."""
        if self.body is None:
            return {"type": "gone", "seq": self.seq, "key": self.key, "fact": self.type}
        return {"type": self.type, "seq": self.seq, "key": self.key, **self.body}

    @cached_property
    def text(self) -> str:
        return json.dumps(self.wire, ensure_ascii=False, separators=(",", ":"))


def read_entry(text: str | bytes) -> Entry:
    seq, kind, key, body = json.loads(text)
    return Entry(int(seq), kind, key, body)


@dataclass(frozen=True)
class Change:
    """One thing to write down. `only_if_absent` leaves a fact that is already there as it is."""

    lesson: str
    type: str
    key: str
    body: Mapping[str, Any] | None
    only_if_absent: bool = False


def stage_key(lesson: str, stage: str) -> str:
    """The log's name of a lesson: a rehearsal has a log of its own, so nobody else hears of it."""
    return lesson if stage == "live" else f"{lesson}.{stage}"


def lesson_of_stage_key(name: str) -> str:
    return name.removesuffix(".rehearsal")


def news_channel(lesson: str) -> str:
    return f"songjiao:{{{lesson}}}:news"


def lesson_of_channel(channel: str) -> str:
    return channel.removeprefix("songjiao:{").removesuffix("}:news")


class LessonLog:
    """Writes and reads the facts of lessons. Every method raises redis.RedisError or OSError when Valkey does not
    answer.
    """

    def __init__(self, valkey: Redis):
        self.valkey = valkey

    async def append(
        self, lesson: str, type: str, key: str, body: Mapping[str, Any] | None, *, only_if_absent: bool = False
    ) -> int:
        """Write one fact down and tell it to all. Returns its number; of a change that changes nothing, the lesson's
        last number.
        """
        [seq] = await self.append_all([Change(lesson, type, key, body, only_if_absent)])
        return seq

    async def append_all(self, changes: Iterable[Change]) -> list[int]:
        """As `append`, in one round trip, each change on its own: a failure may leave the first ones written."""
        async with self.valkey.pipeline(transaction=False) as pipe:
            for change in changes:
                # by its text, not its hash: a Valkey that lost its memory has lost its scripts too
                pipe.eval(APPEND, 2, *_keys(change.lesson), *_arguments(change))
            return [int(seq) for seq in await pipe.execute()]

    async def state(self, lesson: str) -> tuple[int, list[Entry]]:
        """The last number (0: nothing was ever written, or it was lost) and all facts that hold, oldest first."""
        fields: dict[Any, Any] = await self.valkey.hgetall(_keys(lesson)[1])
        facts = {_text(name): value for name, value in fields.items()}
        seq = int(facts.pop("#", 0))
        return seq, sorted((read_entry(value) for value in facts.values()), key=lambda entry: entry.seq)

    async def after(self, lesson: str, seq: int) -> list[Entry] | None:
        """The entries after number `seq`; None when the log does not hold `seq` itself (any more): then only the
        whole state is safe.
        """
        rows: Any = await self.valkey.xrange(_keys(lesson)[0], min=f"{seq}-0", max="+")
        entries = [read_entry(next(iter(fields.values()))) for _, fields in rows]
        if not entries or entries[0].seq != seq:
            return None
        return entries[1:]


def _keys(lesson: str) -> list[str]:
    # the braces keep both keys of a lesson on one shard of a cluster
    return [f"songjiao:{{{lesson}}}:log", f"songjiao:{{{lesson}}}:facts"]


def _arguments(change: Change) -> list[str | int]:
    body = "" if change.body is None else json.dumps(change.body, ensure_ascii=False, separators=(",", ":"))
    mode = "absent" if change.only_if_absent else "set"
    return [change.type, change.key, body, mode, KEPT_ENTRIES, KEPT_SECONDS, news_channel(change.lesson)]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
