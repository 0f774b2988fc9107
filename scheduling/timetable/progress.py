"""How a draft's job goes, solving or publishing, in Valkey: written by the worker, read by whoever looks. What is here
may be lost: drafts and versions are in the database. A job's key also keeps a second one from beginning."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar
from uuid import UUID

from core.connections import Connections
from scheduling.timetable.published_schemas import PublicationOut
from scheduling.timetable.schemas import RunOut

KEPT = 3600
"""Seconds after its end."""
PATIENCE = 1800
"""Seconds that a job may wait for a worker, beside its own time."""
OVER = ("done", "failed", "refused")


class Told(Protocol):
    """What is told of a job: a pydantic model with its state."""

    @property
    def state(self) -> str: ...

    @classmethod
    def model_validate(cls, obj: Any) -> Self: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


T = TypeVar("T", bound=Told)


@dataclass(frozen=True)
class Progress(Generic[T]):
    """`lasting` is in seconds: the job's own time, beside waiting."""

    name: str
    told: type[T]

    def _key(self, draft: UUID) -> str:
        return f"songjiao:timetable:{self.name}:{draft}"

    async def begin(self, ground: Connections, draft: UUID, run: str, told: T, lasting: int = 0) -> bool:
        """False when another one is waiting or at work."""
        there = await self._read(ground, draft)
        if there and there["told"]["state"] not in OVER:
            return False
        await ground.valkey.delete(_stop_key(draft))
        # over an old job's word; between two beginners the job takes the later one
        return bool(await ground.valkey.set(self._key(draft), _written(run, told), ex=lasting + PATIENCE, nx=not there))

    async def write(self, ground: Connections, draft: UUID, run: str, told: T, lasting: int = 0) -> None:
        kept = KEPT if told.state in OVER else lasting + PATIENCE
        await ground.valkey.set(self._key(draft), _written(run, told), ex=kept)

    async def is_current(self, ground: Connections, draft: UUID, run: str) -> bool:
        """Whether this is the one that was asked for last, and is not over."""
        there = await self._read(ground, draft)
        return bool(there and there["run"] == run and there["told"]["state"] not in OVER)

    async def read(self, ground: Connections, draft: UUID) -> T | None:
        there = await self._read(ground, draft)
        return self.told.model_validate(there["told"]) if there else None

    async def states(self, ground: Connections, drafts: Sequence[UUID]) -> dict[UUID, Any]:
        if not drafts:
            return {}
        values = await ground.valkey.mget([self._key(draft) for draft in drafts])
        return {draft: json.loads(value)["told"]["state"] for draft, value in zip(drafts, values, strict=True) if value}

    async def _read(self, ground: Connections, draft: UUID) -> dict[str, Any] | None:
        value = await ground.valkey.get(self._key(draft))
        return json.loads(value) if value else None


RUNS = Progress("run", RunOut)
PUBLICATIONS = Progress("publication", PublicationOut)


async def run_of(ground: Connections, draft: UUID) -> RunOut | None:
    """Of the last solving; one that was asked to stop says so before it has."""
    told = await RUNS.read(ground, draft)
    if told and told.state in ("waiting", "running") and await stopped(ground, draft):
        return told.model_copy(update={"state": "stopping"})
    return told


async def stop(ground: Connections, draft: UUID) -> None:
    await ground.valkey.set(_stop_key(draft), "1", ex=PATIENCE)


async def stopped(ground: Connections, draft: UUID) -> bool:
    return bool(await ground.valkey.exists(_stop_key(draft)))


def _stop_key(draft: UUID) -> str:
    return f"songjiao:timetable:stop:{draft}"


def _written(run: str, told: Told) -> str:
    return json.dumps({"run": run, "told": told.model_dump(mode="json")})
