"""PostgreSQL through SQLAlchemy. One request or task is one transaction; nobody below it calls `commit()`.

The way of a request: `request_session` opens the transaction, the route works in it, the transaction commits, then what
`after_commit` queued runs, and only then does the answer leave. An error rolls back and empties the queue.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, MutableMapping
from contextlib import asynccontextmanager
from datetime import datetime
from select import POLLIN, poll
from typing import Annotated, Any, ParamSpec
from uuid import UUID

import structlog
from cachetools import LRUCache
from fastapi import Depends
from sqlalchemy import DateTime, MetaData, event
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.requests import HTTPConnection

from core.ids import new_id

log = structlog.get_logger()
P = ParamSpec("P")

OUTAGES: tuple[type[Exception], ...] = (OperationalError, InterfaceError, TimeoutError)
"""The last: all connections are in use and none came free in time."""
Sessions = async_sessionmaker[AsyncSession]

Identity = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""Aware, in UTC."""

OPTIONS = "-c timezone=UTC -c random_page_cost=1.1 -c jit=off"
"""The tables lie in memory or on flash: PostgreSQL's default, a disk's, reads whole tables where an index has the rows.
Compiling a plan takes longer than any of our statements."""

_QUEUE = "after_commit"
_MEMORY = "memory"
MEMORY_CHARACTERS = 16_000_000

Memory = MutableMapping[Hashable, str]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_engine(url: str) -> AsyncEngine:
    """`url` may say postgresql:// or postgresql+psycopg://; a connection lost in the pool is replaced before use."""
    engine = create_async_engine(
        with_driver(url),
        pool_size=10,
        max_overflow=10,
        pool_timeout=5,
        connect_args={"connect_timeout": 3, "options": OPTIONS},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_lost)
    return engine


def _refuse_lost(connection: Any, *_: Any) -> None:
    """Nothing comes in on an idle connection but its end: a look at the socket tells it, where a question to the server
    would cost each request a way there and back. Raises InvalidatePoolError, upon which the pool makes new ones."""
    socket = poll()
    socket.register(connection.driver_connection.fileno(), POLLIN)
    if socket.poll(0):
        raise InvalidatePoolError("the server closed the connection")


def with_driver(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"postgresql+psycopg{mark}{rest}" if scheme in ("postgresql", "postgres") else url


def session_maker(engine: AsyncEngine, **info: Any) -> Sessions:
    """What `info` names, every session carries (`session.info`): the house's sealer, for one."""
    memory = LRUCache[Hashable, str](MEMORY_CHARACTERS, getsizeof=len)
    return async_sessionmaker(engine, expire_on_commit=False, info={_MEMORY: memory, **info})


def memory(session: AsyncSession) -> Memory:
    """Texts that this process may give again. A key says of which state of the database its text was made, so that
    nothing need ever be taken out: what is old is not asked for any more, and makes room in the end."""
    kept: Memory = session.info[_MEMORY]
    return kept


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """Commits at the end of the block, then runs what `after_commit` queued; an error rolls back and forgets it."""
    async with sessions() as session:
        try:
            yield session
            await session.commit()
        except BaseException:
            await session.rollback()
            session.info.pop(_QUEUE, None)
            raise
        queue = session.info.pop(_QUEUE, [])
    for action in queue:
        await _run(action)


def after_commit(
    session: AsyncSession, action: Callable[P, Awaitable[None]], *args: P.args, **kwargs: P.kwargs
) -> None:
    """Queues a coroutine function for the moment after the commit. What it raises is logged."""

    async def queued() -> None:
        await action(*args, **kwargs)

    session.info.setdefault(_QUEUE, []).append(queued)


async def _run(action: Callable[[], Awaitable[None]]) -> None:
    try:
        await action()
    except Exception:
        log.exception("after_commit_failed")


async def request_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    sessions: Sessions = connection.app.state.connections.sessions
    async with transaction(sessions) as session:
        yield session


# scope="function" ends the dependency, and so commits, before the answer leaves.
Session = Annotated[AsyncSession, Depends(request_session, scope="function")]


class HouseNote(Base):
    """A word about the whole house; see core/notes.py."""

    __tablename__ = "house_notes"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


async def answers(engine: AsyncEngine) -> None:
    """Raises one of OUTAGES when the database does not answer."""
    async with engine.connect() as connection:
        await connection.exec_driver_sql("SELECT 1")


def json_ready(value: Any) -> Any:
    """Times and ids as text, for columns of JSON."""
    if isinstance(value, dict):
        return {str(key): json_ready(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
