"""The connection to Valkey (or Redis), which carries events, jobs and short-lived facts."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError, TimeoutError

OUTAGES: tuple[type[Exception], ...] = (ConnectionError, TimeoutError)


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
