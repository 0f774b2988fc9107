"""Five wrong tries close a door for a quarter of an hour. Plain rules; times are float seconds.

A try is counted before the password is looked at, and forgotten with all before it when it was right.
"""

from dataclasses import dataclass

TRIES = 5
LOCKED = 15 * 60.0
FORGET = 15 * 60.0
"""Wrong tries older than this no longer count."""


@dataclass(frozen=True)
class Failures:
    count: int
    last_at: float
    locked_until: float | None

    @property
    def tries_left(self) -> int:
        return max(0, TRIES - self.count)


def is_locked(failures: Failures | None, now: float) -> bool:
    return failures is not None and failures.locked_until is not None and now < failures.locked_until


def one_more(failures: Failures | None, now: float) -> Failures:
    """What to write down before a try is checked. Call it only when the door is not locked."""
    fresh = failures is None or failures.locked_until is not None or now - failures.last_at > FORGET
    counted = 1 if failures is None or fresh else failures.count + 1
    return Failures(counted, now, now + LOCKED if counted >= TRIES else None)
