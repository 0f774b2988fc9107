"""A door is what someone types to come in; wrong tries are counted there (rules in lockout.py).

One at a time comes to a door: the row stays locked until the try is judged, so many guesses sent at once count like
guesses sent one after another. All this is a transaction of its own, for a refusal rolls the request's own back.
"""

import asyncio
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.lockout import Failures, is_locked, one_more
from admin.models import SignInFailures
from core.clock import now
from core.errors import TooMany


async def count_try(session: AsyncSession, door: bytes) -> Failures:
    """Raises TooMany while the door is locked."""
    moment = now()
    fresh = insert(SignInFailures).values(door=door, failures=0, last_at=moment)
    await session.execute(fresh.on_conflict_do_nothing())
    row = (await session.scalars(select(SignInFailures).where(SignInFailures.door == door).with_for_update())).one()
    before = _read(row) if row.failures else None
    if is_locked(before, moment.timestamp()):
        raise _locked(row, moment)
    counted = one_more(before, moment.timestamp())
    row.failures, row.last_at = counted.count, moment
    row.locked_until = datetime.fromtimestamp(counted.locked_until, UTC) if counted.locked_until else None
    return counted


async def forget_tries(session: AsyncSession, door: bytes) -> None:
    """The row itself stays for whoever waits for its lock; a sweep takes it away."""
    forget = update(SignInFailures).where(SignInFailures.door == door)
    await session.execute(forget.values(failures=0, locked_until=None))


def queue_at(door: bytes) -> asyncio.Lock:
    """So that those who wait in this process hold no connection to the database meanwhile."""
    return _queues.setdefault(door, asyncio.Lock())


_queues: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()


def _read(row: SignInFailures) -> Failures:
    until = row.locked_until.timestamp() if row.locked_until else None
    return Failures(row.failures, row.last_at.timestamp(), until)


def _locked(row: SignInFailures, moment: datetime) -> TooMany:
    seconds = int((row.locked_until - moment).total_seconds()) + 1 if row.locked_until else 0
    minutes = -(-seconds // 60)
    zh = f"输错次数太多，已锁定。请 {minutes} 分钟后再试，或找本校管理员。"
    en = f"Too many wrong tries. Try again in {minutes} min, or ask your school's administrator."
    return TooMany("sign-in-locked", zh=zh, en=en, headers={"Retry-After": str(seconds)}, seconds=seconds)
