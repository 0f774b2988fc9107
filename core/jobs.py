"""Jobs: Celery on Valkey. A task is an async function that takes the session, the connections and ids:

    @task
    async def open_demo_lesson(session: AsyncSession, ground: Connections) -> None: ...
    every(30, open_demo_lesson)                      # beat starts it again and again
    after_commit(session, make_rendition, recording.id)   # leaves when the session's transaction has committed

One task is one transaction, as with requests. Arguments are strings, numbers or UUIDs (which arrive as strings).
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

import redis
from celery import Celery, Task
from celery.beat import Scheduler
from celery.signals import heartbeat_sent, worker_process_shutdown
from sqlalchemy.ext.asyncio import AsyncSession

from core import database
from core.connections import Connections, open_connections
from core.health import BEAT_KEY
from core.settings import RedisSettings, load

# Twice the longest pause between two beats, and a second for the way.
ALIVE_SECONDS = 11
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Work = Callable[..., Awaitable[None]]

schedule: dict[str, dict[str, Any]] = {}
"""What beat starts; filled by `every` when the packages' tasks are imported."""


def _configuration() -> dict[str, Any]:
    url = load(RedisSettings).redis_url
    return {
        "broker_url": url,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {"visibility_timeout": 6 * 3600, "socket_timeout": 30},
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "task_default_queue": "songjiao",
        "beat_schedule": schedule,
        "beat_scheduler": BeatingScheduler,
        "beat_max_loop_interval": 5,
        "timezone": "UTC",
    }


class BeatingScheduler(Scheduler):  # type: ignore[misc]
    """Keeps its times in memory, for all that it starts is periodic: each job runs at the start. Says that it lives."""

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = LONG_AGO

    def tick(self, *arguments: Any, **options: Any) -> Any:
        wait = super().tick(*arguments, **options)
        _alive(BEAT_KEY)
        return wait


@heartbeat_sent.connect  # type: ignore[untyped-decorator]
def _worker_alive(**_: Any) -> None:
    _alive(f"songjiao:worker:{socket.gethostname()}")


def _alive(key: str) -> None:
    with suppress(redis.RedisError):
        _valkey().set(key, "1", ex=ALIVE_SECONDS)


@cache
def _valkey() -> redis.Redis:
    return redis.Redis.from_url(load(RedisSettings).redis_url or "", socket_timeout=2, socket_connect_timeout=2)


app = Celery("songjiao")
app.add_defaults(_configuration)


def task(work: Work) -> Task:
    """Registers `work(session, connections, *ids)` under its module's and its own name."""

    def run(*arguments: Any) -> None:
        _worker().run(work, arguments)

    run.__name__, run.__doc__ = work.__name__, work.__doc__
    return app.task(name=f"{work.__module__}.{work.__name__}", typing=False)(run)


def every(seconds: float, job: Task) -> None:
    """A run that could not start in its interval is dropped: the next one is due already."""
    schedule[job.name] = {"task": job.name, "schedule": seconds, "options": {"expires": seconds}}


def after_commit(session: AsyncSession, job: Task, *ids: Any) -> None:
    database.after_commit(session, send, job, *ids)


async def send(job: Task, *ids: Any) -> None:
    """Raises when the broker does not answer within seconds."""
    arguments = [one if isinstance(one, int | float | str) else str(one) for one in ids]
    await asyncio.to_thread(job.apply_async, arguments, retry=False)


class _Worker:
    """The loop and the connections of one worker process; made at its first task, after the fork."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._ground: Connections = self._runner.run(self._open.enter_async_context(open_connections()))

    def run(self, work: Work, arguments: tuple[Any, ...]) -> None:
        self._runner.run(self._in_transaction(work, arguments))

    def close(self) -> None:
        self._runner.run(self._open.aclose())
        self._runner.close()

    async def _in_transaction(self, work: Work, arguments: tuple[Any, ...]) -> None:
        async with self._ground.transaction() as session:
            await work(session, self._ground, *arguments)


_worker = cache(_Worker)


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _close(**_: Any) -> None:
    if _worker.cache_info().currsize:
        _worker().close()
