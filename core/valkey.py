"""The connection to Valkey (or Redis), which carries events, jobs and short-lived facts."""

import asyncio
from collections.abc import Collection

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError, TimeoutError

OUTAGES: tuple[type[Exception], ...] = (ConnectionError, TimeoutError)

CANCEL_AGAIN_SECONDS = 0.2


def connect(url: str) -> "Redis":
    """Opens nothing yet. A call waits at most about 4 s (2 s a try, 3 tries), then raises one of OUTAGES.

    Answers are text, not bytes. The caller closes it with `aclose()`.
    """
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=2.0,
        socket_connect_timeout=2.0,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries=2),
        retry_on_error=[ConnectionError],
    )


async def end(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Cancels tasks that use the client, again until they are over: while it closes a connection or a time-out of its
    own runs off, it may swallow a cancellation and go on.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)
