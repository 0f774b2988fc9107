"""Everything that a web or worker process is connected to, opened once at its start and handed on, never global."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from starlette.requests import HTTPConnection

from core import valkey
from core.database import Sessions, make_engine, session_maker, transaction
from core.errors import StartError
from core.sealing import Sealer
from core.settings import DatabaseSettings, RedisSettings, SealingSettings, SecretSettings, StoreSettings, load
from core.store import Store
from core.tickets import TicketSigner


@dataclass(frozen=True)
class Connections:
    """In a route: `request.app.state.connections`, or the dependencies below."""

    engine: AsyncEngine
    sessions: Sessions
    valkey: Redis
    store: Store
    signer: TicketSigner

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        return transaction(self.sessions)

    async def close(self) -> None:
        await self.valkey.aclose()
        await self.engine.dispose()


def make_connections() -> Connections:
    """By the environment. Raises StartError when an address or the secret is missing; nothing is contacted yet."""
    engine = make_engine(_needed("SONGJIAO_DATABASE_URL", load(DatabaseSettings).database_url))
    redis = valkey.connect(_needed("SONGJIAO_REDIS_URL", load(RedisSettings).redis_url))
    secret = _needed("SONGJIAO_SECRET_KEY", load(SecretSettings).secret_key)
    sealer = Sealer.of(load(SealingSettings).sealing_key or secret)
    sessions = session_maker(engine, sealer=sealer)
    return Connections(engine, sessions, redis, Store(load(StoreSettings)), TicketSigner(secret))


@asynccontextmanager
async def open_connections() -> AsyncIterator[Connections]:
    """`make_connections`, closed at the end of the block."""
    made = make_connections()
    try:
        yield made
    finally:
        await made.close()


def _needed(name: str, value: str | None) -> str:
    if not value:
        raise StartError(f"{name} must be set; `songjiao run` sets it by itself.")
    return value


def _connections(connection: HTTPConnection) -> Connections:
    found: Connections = connection.app.state.connections
    return found


def _valkey(connection: HTTPConnection) -> Redis:
    return _connections(connection).valkey


def _store(connection: HTTPConnection) -> Store:
    return _connections(connection).store


Ground = Annotated[Connections, Depends(_connections)]
Valkey = Annotated[Redis, Depends(_valkey)]
Files = Annotated[Store, Depends(_store)]
