"""A connection has so long for its request, then it is closed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from classroom.relay import impatience
from classroom.relay.impatience import Impatient

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        if not message["more_body"]:
            break
    await asyncio.sleep(2 * impatience.WITHIN)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def connection(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Streams]:
    monkeypatch.setattr(impatience, "WITHIN", 0.1)
    loop, config, state = asyncio.get_running_loop(), uvicorn.Config(echo, log_config=None), ServerState()
    config.load()

    def protocol() -> Any:
        return Impatient(config, state, {}, loop)

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    yield reader, writer
    writer.close()
    server.close()


@pytest.mark.parametrize("begun", [b"", REQUEST[:20], REQUEST, REQUEST + b"v="])
async def test_who_does_not_end_the_request_is_cut_off(connection: Streams, begun: bytes) -> None:
    reader, writer = connection
    writer.write(begun)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 2.0)


async def test_a_whole_request_may_take_its_time_to_be_answered(connection: Streams) -> None:
    reader, writer = connection
    for _ in range(2):
        writer.write(REQUEST + b"v=0")
        answer = await asyncio.wait_for(reader.readuntil(b"v=0"), 2.0)
        assert answer.startswith(b"HTTP/1.1 200")


async def test_a_kept_connection_has_so_long_for_the_next_request_too(connection: Streams) -> None:
    reader, writer = connection
    writer.write(REQUEST + b"v=0")
    await reader.readuntil(b"v=0")
    writer.write(REQUEST[:30])
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 2.0)
