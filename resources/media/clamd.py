"""Asks clamd whether a file carries a virus (its INSTREAM command, clamd(8)). The one file that speaks to it."""

import asyncio
import struct
from collections.abc import Iterable

MOST = 100 * 1024**2
"""Bytes of a file that are shown to it: viruses sit in documents and archives, not behind hours of video."""
SECONDS = 120.0


class NoAnswer(Exception):
    """clamd is not there, or refuses; the task is tried again."""


async def scan(address: str, chunks: Iterable[bytes]) -> str | None:
    """The virus's name, or None. `address` is host:port or the path of a socket."""
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await _connect(address)
            try:
                return _read(await _ask(reader, writer, chunks))
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        raise NoAnswer(f"clamd at {address}: {error}") from None


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith("/"):
        return await asyncio.open_unix_connection(address)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chunks: Iterable[bytes]) -> str:
    writer.write(b"zINSTREAM\0")
    sent, following = 0, iter(chunks)
    while sent < MOST and (chunk := await asyncio.to_thread(next, following, b"")):
        writer.write(struct.pack(">I", len(chunk)) + chunk)
        await writer.drain()
        sent += len(chunk)
    writer.write(struct.pack(">I", 0))
    await writer.drain()
    return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace")


def _read(answer: str) -> str | None:
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer.endswith("OK"):
        return None
    raise NoAnswer(f"clamd says: {answer}")
