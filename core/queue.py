"""The Celery app, without the code of any job: a job's module loads at its first run, so worker and beat start light.

The roof's table names every job and, for periodic ones, the seconds between two starts.
"""

import importlib
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import redis
from celery import Celery
from celery.beat import Scheduler
from celery.signals import heartbeat_sent

from core import alive
from core.clock import now
from core.settings import RedisSettings, load

# Twice the longest pause between two beats, and a second for the way.
ALIVE_SECONDS = 11
# What serves users starts first.
FIRST_SECONDS = 3.0


def _configuration() -> dict[str, Any]:
    return {
        "broker_url": load(RedisSettings).redis_url,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {"visibility_timeout": 6 * 3600, "socket_timeout": 30},
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_default_queue": "songjiao",
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "beat_scheduler": BeatingScheduler,
        "beat_max_loop_interval": 5,
        "timezone": "UTC",
    }


class BeatingScheduler(Scheduler):  # type: ignore[misc]
    """Keeps its times in memory, for all that it starts is periodic: each job runs soon after the start too."""

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            seconds = entry.schedule.run_every.total_seconds()
            entry.last_run_at = now() - timedelta(seconds=max(0.0, seconds - FIRST_SECONDS))

    def tick(self, *arguments: Any, **options: Any) -> Any:
        wait = super().tick(*arguments, **options)
        _alive(alive.BEAT)
        return wait


app = Celery("songjiao")
app.add_defaults(_configuration)


def offer(jobs: Mapping[str, float | None]) -> None:
    """Makes jobs known by name ("package.module.function") before the worker or beat starts."""
    for name in jobs:
        _register(name)
    periodic = {name: seconds for name, seconds in jobs.items() if seconds}
    # A run that could not start in its interval is dropped: the next one is due already.
    app.conf.beat_schedule = {
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}} for name, seconds in periodic.items()
    }


def _register(name: str) -> None:
    def run(*arguments: Any) -> None:
        importlib.import_module("core.jobs").run(name, arguments)

    app.task(name=name, typing=False)(run)


@heartbeat_sent.connect  # type: ignore[untyped-decorator]
def _worker_alive(**_: Any) -> None:
    _alive(alive.WORKER.format(name=socket.gethostname()))


def _alive(key: str) -> None:
    with suppress(redis.RedisError):
        _valkey().set(key, "1", ex=ALIVE_SECONDS)


@cache
def _valkey() -> redis.Redis:
    return redis.Redis.from_url(load(RedisSettings).redis_url or "", socket_timeout=2, socket_connect_timeout=2)
