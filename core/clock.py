"""The wall clock. Rules never call it: the edge reads it once and hands `now` down."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def timestamp() -> float:
    """Seconds since 1970, as tickets and events carry it."""
    return time.time()
