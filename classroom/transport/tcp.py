"""ICE over TCP, passive (RFC 6544), for those whose network lets no UDP out. Its port has the media port's number.

Each connection gets a UDP socket of its own that speaks with the media port within this machine: so the port, its peers
and the fan-out know UDP alone, and a browser moves between the two ways as between any two addresses.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, cast

from classroom.transport.framing import LARGEST, Unframer, frame
from classroom.transport.traffic import Traffic
from core.errors import StartError

MOST: Final = 2000
"""Connections at once."""
FIRST_WITHIN: Final = 10.0
"""Seconds until the first check has come whole."""
SILENT: Final = 30.0
"""Seconds without anything from the other side: as long as ICE's consent (RFC 7675)."""
UNSENT: Final = 32 * 1024
"""Bytes that may wait here, and as many in the kernel: what is older than that is late. 0.3 s at 1.7 Mbit/s."""
RECEIVED: Final = 1024 * 1024
"""Bytes: a late viewer's replay comes in one go."""
PER_WAKE: Final = 64
BACKLOG: Final = 256


def listen(sockets: Sequence[socket.socket]) -> list[socket.socket]:
    """One for each UDP socket, at its address and number. Raises StartError with one sentence."""
    opened: list[socket.socket] = []
    try:
        for udp in sockets:
            one = socket.socket(udp.family, socket.SOCK_STREAM)
            opened.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if one.family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            with suppress(AttributeError):  # connections inherit it; where a system lacks it the kernel holds more
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
            one.bind(udp.getsockname())
    except OSError as error:
        for one in opened:
            one.close()
        reason = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be opened: {error}"
        number = udp.getsockname()[1]
        raise StartError(f"The media port TCP {number} {reason}; choose another with SONGJIAO_MEDIA_PORT.") from None
    return opened


@asynccontextmanager
async def serving(listeners: Sequence[socket.socket], traffic: Traffic) -> AsyncIterator[None]:
    """Takes connections until it is left, then ends them."""
    loop, ways = asyncio.get_running_loop(), set[Way]()
    servers = [await loop.create_server(lambda: Way(ways, traffic), sock=one, backlog=BACKLOG) for one in listeners]
    try:
        yield
    finally:
        for server in servers:
            server.close()
        for way in list(ways):
            way.end()


class Way(asyncio.Protocol):
    """One connection and its UDP socket."""

    def __init__(self, ways: set[Way], traffic: Traffic) -> None:
        self._ways = ways
        self._traffic = traffic
        self._unframer = Unframer()
        self._udp: socket.socket | None = None
        self._heard_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own does not say so
        self._loop = asyncio.get_running_loop()
        self._clock = self._loop.call_later(FIRST_WITHIN, self._look)
        self._ways.add(self)
        if len(self._ways) > MOST:
            self._drop("tcp_crowded")

    def data_received(self, data: bytes) -> None:
        try:
            datagrams = self._unframer.feed(data)
        except ValueError:
            return self._drop("tcp_malformed")
        if datagrams and self._udp is None and not self._open(datagrams[0]):
            return self._drop("tcp_unknown_kind")
        self._heard_at = self._loop.time()
        for datagram in datagrams:
            assert self._udp
            try:
                self._udp.send(datagram)
            except OSError:
                self._traffic.drop("tcp_refused")

    def _open(self, first: bytes) -> bool:
        """The way to the media port, for who begins with a check; the port itself looks whether it is a good one."""
        if first[0] > 3:
            return False
        here = self._transport.get_extra_info("sockname")
        self._udp = socket.socket(socket.AF_INET6 if ":" in here[0] else socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setblocking(False)
        self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED)
        self._udp.connect(here)
        self._loop.add_reader(self._udp.fileno(), self._readable)
        return True

    def _readable(self) -> None:
        assert self._udp
        waiting = []
        for _ in range(PER_WAKE):
            try:
                waiting.append(frame(self._udp.recv(LARGEST)))
            except BlockingIOError:
                break
            except OSError:  # an ICMP error: the media port is gone
                return self.end()
        self._write(waiting)

    def _write(self, frames: list[bytes]) -> None:
        """Whole or not at all: what a full line does not take is lost, as with UDP, and asked for again."""
        for one in frames:
            if self._transport.get_write_buffer_size() > UNSENT:
                self._traffic.drop("tcp_full")
            else:
                self._transport.write(one)

    def _look(self) -> None:
        if self._udp is None or self._loop.time() - self._heard_at > SILENT:
            return self._drop("tcp_silent")
        self._clock = self._loop.call_later(FIRST_WITHIN, self._look)

    def _drop(self, kind: str) -> None:
        self._traffic.drop(kind)
        self.end()

    def end(self) -> None:
        self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._clock.cancel()
        self._ways.discard(self)
        if self._udp is not None:
            self._loop.remove_reader(self._udp.fileno())
            self._udp.close()
