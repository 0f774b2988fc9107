"""Jobs: async functions that take the session, the connections and ids, run by a worker.

    @task
    async def make_rendition(session: AsyncSession, ground: Connections, recording: str) -> None: ...

    after_commit(session, make_rendition, recording.id)   # leaves when the session's transaction has committed

Name each in the roof's table (`songjiao.JOBS`). One job is one transaction, as with requests. Arguments are strings,
numbers or UUIDs (which arrive as strings). Jobs of a worker share one loop: what blocks belongs in a thread.
"""

import asyncio
import importlib
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import database
from core.connections import Connections, open_connections
from core.queue import app

Work = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Job:
    name: str
    work: Work


def task(work: Work) -> Job:
    return Job(f"{work.__module__}.{work.__name__}", work)


def after_commit(session: AsyncSession, job: Job, *ids: Any) -> None:
    database.after_commit(session, send, job, *ids)


async def send(job: Job, *ids: Any) -> None:
    """Raises when the broker does not answer within seconds."""
    arguments = [one if isinstance(one, int | float | str) else str(one) for one in ids]
    await asyncio.to_thread(app.send_task, job.name, arguments, retry=False)


def run(name: str, arguments: tuple[Any, ...]) -> None:
    """Does the named job, in one transaction. Called in a thread of the worker; raises what the job raises."""
    module, _, function = name.rpartition(".")
    job: Job = getattr(importlib.import_module(module), function)
    _loop().run(job.work, arguments)


class _Loop:
    """The worker's one event loop, in a thread of its own, with the connections that all jobs share."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="jobs", daemon=True).start()
        self._open = AsyncExitStack()
        self._ground: Connections = self._wait(self._open.enter_async_context(open_connections()))

    def run(self, work: Work, arguments: tuple[Any, ...]) -> None:
        self._wait(self._in_transaction(work, arguments))

    async def _in_transaction(self, work: Work, arguments: tuple[Any, ...]) -> None:
        async with self._ground.transaction() as session:
            await work(session, self._ground, *arguments)

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


_making = threading.Lock()


def _loop() -> _Loop:
    with _making:
        return _only_loop()


_only_loop = cache(_Loop)
