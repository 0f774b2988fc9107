"""The cast of the registry's and lessons' tests: the demo's people, each with a client that is signed in as them.

admin 罗启明 (the province), bureau 杨立群 (the prefecture), bureau-qinglong 岑国安 (one county), teacher 陈静怡
(兴义一小), village 韦小兰 (assistant at 云头教学点, bound to its room), student 韦朝阳 (pupil there), demo-teacher.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

import admin.demo
import classroom.lessons.demo
import songjiao
from admin import seed
from admin.companions.modules import load_demo
from admin.models import SignIn
from admin.who import digest
from core.connections import Connections
from core.database import make_engine, session_maker, transaction

DEMO_TEMPLATE = "songjiao_demo_template"


@dataclass
class Desk:
    """The web app with the demo, and whoever sits at it."""

    app: FastAPI
    clients: dict[str | UUID, httpx.AsyncClient] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    @property
    def ground(self) -> Connections:
        found: Connections = self.app.state.connections
        return found

    async def __call__(self, username: str | UUID | None = None) -> httpx.AsyncClient:
        """A client of this person, of the demo or by id, signed in without the slow password; None: of nobody."""
        if username not in self.clients:
            headers = {"Authorization": f"Bearer {await self.token(username)}"} if username else {}
            transport = httpx.ASGITransport(app=self.app)
            made = httpx.AsyncClient(transport=transport, base_url="http://songjiao.test", headers=headers)
            self.clients[username or ""] = made
        return self.clients[username or ""]

    async def token(self, username: str | UUID) -> str:
        token, moment = secrets.token_urlsafe(32), datetime.now(UTC)
        async with self.ground.transaction() as session:
            person = username if isinstance(username, UUID) else seed.person(username)
            row = SignIn(token=digest(token), person_id=person)
            row.created_at, row.expires_at = moment, moment + timedelta(hours=1)
            session.add(row)
        return token

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The SQL statements of the block."""
        self.statements.clear()
        yield self.statements


@pytest.fixture(scope="session")
def demo_template(services: Any) -> str:
    """A migrated database with the demo in it, to be copied."""
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DEMO_TEMPLATE,)).fetchone():
            return DEMO_TEMPLATE  # made by another folder's tests
        connection.execute(f"CREATE DATABASE {DEMO_TEMPLATE} TEMPLATE songjiao_template STRATEGY FILE_COPY")
    asyncio.run(_load_demo(services.database(DEMO_TEMPLATE)))
    return DEMO_TEMPLATE


async def _load_demo(url: str) -> None:
    engine = make_engine(url)
    async with transaction(session_maker(engine)) as session:
        await admin.demo.load(session)
        await classroom.lessons.demo.load(session)
        await load_demo(session)
    await engine.dispose()


@pytest.fixture
def demo_environment(
    services: Any, demo_template: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The test's own services, with a database of its own that holds the demo."""
    name = f"demo_{secrets.token_hex(6)}"
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {demo_template} STRATEGY FILE_COPY")
    own = {"SONGJIAO_DATABASE_URL": services.database(name), "SONGJIAO_REDIS_URL": redis_url}
    values = {**services.environment, **own, "SONGJIAO_SECRET_KEY": "a secret for tests only"}
    for variable, value in values.items():
        monkeypatch.setenv(variable, value)
    yield values
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def desk(demo_environment: dict[str, str]) -> AsyncIterator[Desk]:
    app = _web()
    async with app.router.lifespan_context(app):
        found = Desk(app)
        await _sockets_follow(found.ground)

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            found.statements.append(statement)

        event.listen(found.ground.engine.sync_engine, "before_cursor_execute", note)
        yield found
        for client in found.clients.values():
            await client.aclose()


@cache
def _web() -> FastAPI:
    """One for all tests, which start and stop it: what an app works out about its four hundred routes takes longer than
    most tests."""
    return songjiao.build_web()


async def _sockets_follow(ground: Connections) -> None:
    """Until the lesson sockets have subscribed: a web process that stops in the middle of that is not what we test."""
    async with asyncio.timeout(10):
        while not await _subscribers(ground):
            await asyncio.sleep(0.005)


async def _subscribers(ground: Connections) -> bool:
    """Whether a connection of this process waits in a subscription."""
    own = await ground.valkey.client_list(_type="pubsub")
    return any(int(client["db"]) == 1 for client in own)


@pytest.fixture
async def session(desk: Desk) -> AsyncIterator[AsyncSession]:
    """One transaction in the desk's database; it commits when the test ends well."""
    async with desk.ground.transaction() as opened:
        yield opened


def lesson_body(**changes: Any) -> dict[str, Any]:
    """A lesson that may be created: next week, from 兴义一小 to 云头教学点 and 石盘小学."""
    starts_at = (datetime.now(UTC) + timedelta(days=7)).replace(hour=2, minute=0, second=0, microsecond=0)
    body: dict[str, Any] = {
        "title": "水的三态",
        "subject": "科学",
        "grade": 3,
        "kind": "dedicated",
        "textbook_version": "教科版",
        "volume": "上",
        "chapter": "第一单元 水",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=40),
        "teacher_id": seed.person("teacher"),
        "sending_room_id": seed.room("XY-03-1"),
        "receiving_room_ids": [seed.room("QL-02-1"), seed.room("ZF-03-1")],
        "recording": "teacher",
    }
    return {name: _plain(value) for name, value in (body | changes).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value
