"""How a solving goes, in Valkey: written by the worker, read by whoever looks. What is here may be lost: the draft
itself is in the database. A run's key also keeps a second one from beginning."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.connections import Connections
from scheduling.timetable.schemas import RunOut, RunState

KEPT = 3600
"""Seconds after its end."""
PATIENCE = 1800
"""Seconds that a run may wait for a worker, beside its own time."""


def _key(draft: UUID) -> str:
    return f"songjiao:timetable:run:{draft}"


def _stop_key(draft: UUID) -> str:
    return f"songjiao:timetable:stop:{draft}"


async def begin(ground: Connections, draft: UUID, run: str, told: RunOut) -> bool:
    """False when another run is waiting or at work."""
    there = await _read(ground, draft)
    if there and there["told"]["state"] in ("waiting", "running", "stopping"):
        return False
    await ground.valkey.delete(_stop_key(draft))
    written = json.dumps({"run": run, "told": told.model_dump(mode="json")})
    if there:  # an old run's word; between two beginners the job takes the later one
        await ground.valkey.set(_key(draft), written, ex=int(told.seconds) + PATIENCE)
        return True
    return bool(await ground.valkey.set(_key(draft), written, ex=int(told.seconds) + PATIENCE, nx=True))


async def write(ground: Connections, draft: UUID, run: str, told: RunOut) -> None:
    over = told.state in ("done", "failed")
    written = json.dumps({"run": run, "told": told.model_dump(mode="json")})
    await ground.valkey.set(_key(draft), written, ex=KEPT if over else int(told.seconds) + PATIENCE)


async def is_current(ground: Connections, draft: UUID, run: str) -> bool:
    """Whether this run is the one that was asked for last, and is not over."""
    there = await _read(ground, draft)
    return bool(there and there["run"] == run and there["told"]["state"] not in ("done", "failed"))


async def read(ground: Connections, draft: UUID) -> RunOut | None:
    there = await _read(ground, draft)
    if there is None:
        return None
    told = RunOut.model_validate(there["told"])
    if told.state in ("waiting", "running") and await ground.valkey.exists(_stop_key(draft)):
        return told.model_copy(update={"state": "stopping"})
    return told


async def states(ground: Connections, drafts: Sequence[UUID]) -> dict[UUID, RunState]:
    if not drafts:
        return {}
    values = await ground.valkey.mget([_key(draft) for draft in drafts])
    return {draft: json.loads(value)["told"]["state"] for draft, value in zip(drafts, values, strict=True) if value}


async def stop(ground: Connections, draft: UUID) -> None:
    await ground.valkey.set(_stop_key(draft), "1", ex=PATIENCE)


async def stopped(ground: Connections, draft: UUID) -> bool:
    return bool(await ground.valkey.exists(_stop_key(draft)))


async def _read(ground: Connections, draft: UUID) -> dict[str, Any] | None:
    value = await ground.valkey.get(_key(draft))
    return json.loads(value) if value else None
