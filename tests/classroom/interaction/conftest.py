"""A Valkey of the tests' own that may be killed and emptied, tickets, and a web server of lesson sockets only."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from classroom.interaction.log import LessonLog
from classroom.interaction.socket import LessonEvents
from core import valkey
from core.embedded import valkey as embedded
from core.embedded.ports import free_port
from core.tickets import Part, Ticket, TicketSigner, TicketVerifier

SIGNER = TicketSigner("a secret for tests only")


def ticket(role: Part = "teacher", person: str | None = None, **changes: Any) -> Ticket:
    person = person or role
    plain = Ticket(
        person=person, name=f"name of {person}", lesson="l1", stage="live", role=role, room=None, room_name=None,
        publish=(), watch=True, human=True, takeover=False, max_sessions=10,
        issued_at=time.time() - 1, expires_at=time.time() + 600, id=f"ticket of {person}",
    )  # fmt: skip
    return replace(plain, **changes)


def classroom(room: str, **changes: Any) -> Ticket:
    return ticket("classroom", f"person in {room}", room=room, room_name=f"Room {room}", **changes)


@dataclass
class OwnValkey:
    folder: Path
    port: int = field(default_factory=free_port)
    process: Any = None

    @property
    def url(self) -> str:
        return embedded.url(self.port, "password")

    def start(self) -> None:
        program = embedded.program(self.folder, self.port, "password")
        self.process = program.start(self.folder / "log")
        program.wait(self.process, self.folder / "log")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def lose_everything(self) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.unlink()


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    one = OwnValkey(tmp_path / "valkey")
    one.start()
    yield one
    one.kill()


@pytest.fixture
async def log(redis_url: str) -> AsyncIterator[LessonLog]:
    client = valkey.connect(redis_url)
    yield LessonLog(client)
    await client.aclose()


class Page:
    """A client of the socket."""

    def __init__(self, connection: ClientConnection):
        self.connection = connection
        self.facts: dict[tuple[str, str], dict[str, Any]] = {}
        self.seq = 0

    async def hear(self, seconds: float = 20.0) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await asyncio.wait_for(self.connection.recv(), seconds))
        self._keep(message)
        return message

    async def until(self, type: str, seconds: float = 20.0, **fields: Any) -> dict[str, Any]:
        """The next message of that type with those fields, or such a fact of a `state`; all others are kept and
        passed over.
        """
        async with asyncio.timeout(seconds):
            while True:
                message = await self.hear(seconds)
                for one in (message, *message.get("facts", ())):
                    if one["type"] == type and all(one.get(name) == value for name, value in fields.items()):
                        return dict(one)

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def close_code(self, seconds: float = 15.0) -> int | None:
        """Reads on to the end: what is unread would hold the close back."""
        async with asyncio.timeout(seconds):
            with suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        return self.connection.close_code

    def _keep(self, message: dict[str, Any]) -> None:
        if message["type"] == "state":
            self.facts = {(fact["type"], fact["key"]): fact for fact in message["facts"]}
        elif message["type"] == "gone":
            self.facts.pop((message["fact"], message["key"]), None)
        elif "key" in message:
            self.facts[(message["type"], message["key"])] = message
        self.seq = max(self.seq, message.get("seq", 0))


@dataclass
class Web:
    url: str
    events: LessonEvents
    lessons: dict[str, dict[str, Any]]

    @asynccontextmanager
    async def page(self, of: Ticket, path: str | None = None, **options: Any) -> AsyncIterator[Page]:
        address = f"{self.url}/api/lessons/{path or of.lesson + '/events'}"
        protocols = options.pop("subprotocols", ["songjiao.events", SIGNER.sign(of)])
        async with connect(address, subprotocols=protocols, **options) as connection:
            yield Page(connection)


LIVE = {"state": "live", "title": "月相变化的规律", "teacher_name": "陈老师", "shutdown_reason": None}


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[Web]:
    """A web process under uvicorn on a free port."""
    lessons = {"l1": dict(LIVE), "l2": dict(LIVE)}

    async def lesson_fact(lesson: str) -> dict[str, Any] | None:
        return lessons.get(lesson)

    client = valkey.connect(url)
    verifier = TicketVerifier(SIGNER.public_key)
    events = LessonEvents(client, verifier, lesson_fact, origins=["https://songjiao.example"])
    app = FastAPI()
    app.include_router(events.router)
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=1, ws_per_message_deflate=False)
    )
    async with events.running():
        serve = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield Web(f"ws://127.0.0.1:{port}", events, lessons)
        server.should_exit = True
        await serve
    await client.aclose()


@pytest.fixture
async def web(redis_url: str) -> AsyncIterator[Web]:
    async with serving(redis_url) as one:
        yield one
