"""Asks clamd whether a file carries a virus (its INSTREAM command, clamd(8)). The one file that speaks to it."""

import asyncio
import struct
from collections.abc import Iterable, Iterator

WINDOW = 100 * 1024**2
"""Bytes of one stream: more than clamd's StreamMaxLength, which is so much unless set lower, it refuses."""
OVERLAP = 1024**2
"""A longer file is shown window by window; what lies across two windows' border is whole in the second."""
SECONDS = 120.0
"""For one window."""


class NoAnswer(Exception):
    """clamd is not there, or refuses; the task is tried again."""


async def scan(address: str, chunks: Iterable[bytes]) -> str | None:
    """The virus's name, or None. `address` is host:port or the path of a socket."""
    following, kept, more = iter(chunks), b"", True
    while more:
        shown = _Window(following, kept)
        if found := await _scan(address, shown):
            return found
        kept, more = shown.last + shown.rest, bool(shown.rest)
    return None


class _Window:
    """At most WINDOW bytes: what was kept of the file, then what follows. When it was gone through: its `last` bytes,
    and what was taken of the file and is the next one's, nothing at the file's end."""

    def __init__(self, following: Iterator[bytes], kept: bytes) -> None:
        self._following, self._kept = following, kept
        self.last = self.rest = b""

    def __iter__(self) -> Iterator[bytes]:
        left, chunk = WINDOW, self._kept or next(self._following, b"")
        while chunk and left:
            shown, rest = chunk[:left], chunk[left:]
            yield shown
            left, self.last = left - len(shown), (self.last + shown)[-OVERLAP:]
            chunk = rest or next(self._following, b"")
        self.rest = chunk


async def _scan(address: str, chunks: Iterable[bytes]) -> str | None:
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
    following = iter(chunks)
    while chunk := await asyncio.to_thread(next, following, b""):
        writer.write(struct.pack(">I", len(chunk)) + chunk)
        await writer.drain()
    writer.write(struct.pack(">I", 0))
    await writer.drain()
    return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace")


def _read(answer: str) -> str | None:
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer.endswith("OK"):
        return None
    raise NoAnswer(f"clamd says: {answer}")
