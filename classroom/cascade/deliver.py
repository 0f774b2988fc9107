"""Hands the ledger to the control plane, over Valkey: entries go onto a stream, a job writes them into the database and
then says which it has. Until then they stay in the spool, and are told again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from classroom.cascade.spool import Entry, Spool, read_entry

STREAM = "songjiao:ledger"
MOST = 50_000
AGAIN = 60.0
"""Seconds after which an entry that nobody took is told again."""
KEPT = 3600
AT_ONCE = 500


def taken_key(leg_id: str) -> str:
    return f"{STREAM}:taken:{leg_id}"


class Delivery:
    """One for a relay with Valkey."""

    def __init__(self, valkey: Redis, spool: Spool) -> None:
        self._valkey = valkey
        self._spool = spool
        self._told: dict[str, tuple[float, float]] = {}
        """Leg → up to which moment, and when."""

    async def deliver(self, now: float) -> None:
        """Raises what Valkey raises."""
        entries = self._spool.entries[:AT_ONCE]
        if not entries:
            return
        said = await self._valkey.mget([taken_key(entry.leg.id) for entry in entries])
        self._spool.taken((entry.leg.id, float(until)) for entry, until in zip(entries, said, strict=True) if until)
        due = [entry for entry in self._spool.entries[:AT_ONCE] if self._is_due(entry, now)]
        async with self._valkey.pipeline(transaction=False) as pipe:
            for entry in due:
                pipe.xadd(STREAM, {"entry": json.dumps(entry.claims())}, maxlen=MOST)
            await pipe.execute()
        self._told.update({entry.leg.id: (entry.leg.until, now) for entry in due})
        waiting = {entry.leg.id for entry in self._spool.entries}
        self._told = {leg: told for leg, told in self._told.items() if leg in waiting}

    def _is_due(self, entry: Entry, now: float) -> bool:
        until, at = self._told.get(entry.leg.id, (float("-inf"), float("-inf")))
        return until < entry.leg.until or now - at >= AGAIN


async def waiting(valkey: Redis) -> tuple[list[str], list[Entry]]:
    """What the stream holds, the oldest first: all numbers, and the entries that can be read."""
    rows: Any = await valkey.xrange(STREAM, count=AT_ONCE)
    entries = []
    for _, row in rows or []:
        try:
            entries.append(read_entry(json.loads(row["entry"])))
        except (ValueError, KeyError):
            continue
    return [str(number) for number, _ in rows or []], entries


async def written(valkey: Redis, numbers: Sequence[str], entries: Sequence[Entry]) -> None:
    """They are in the database: relays may forget them."""
    if not numbers:
        return
    async with valkey.pipeline(transaction=False) as pipe:
        for entry in entries:
            pipe.set(taken_key(entry.leg.id), entry.leg.until, ex=KEPT)
        pipe.xdel(STREAM, *numbers)
        await pipe.execute()
