"""The way by TCP: framing, and a caller whose network lets no UDP out."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.transport import stun, tcp
from classroom.transport.framing import LARGEST, Unframer, frame
from core.errors import StartError
from tests.classroom.transport.caller import RTP, Caller
from tests.classroom.transport.conftest import Bench, until


@given(st.lists(st.binary(min_size=1, max_size=LARGEST), max_size=6), st.lists(st.integers(1, 3000), max_size=8))
def test_the_same_datagrams_come_out_however_the_stream_is_cut(datagrams: list[bytes], cuts: list[int]) -> None:
    stream, unframer, found = b"".join(map(frame, datagrams)), Unframer(), []
    for size in [*cuts, len(stream)]:
        found += unframer.feed(stream[:size])
        stream = stream[size:]
    assert found == datagrams


@given(st.binary(max_size=5000))
def test_any_bytes_are_datagrams_or_a_value_error(data: bytes) -> None:
    with suppress(ValueError):
        assert all(0 < len(one) <= LARGEST for one in Unframer().feed(data))


class CallerByTcp(Caller):
    """Frames what it sends, and unframes what it hears."""

    async def connect(self) -> None:
        self.socket.close()
        self.reader, self.writer = await asyncio.open_connection(*self.to)

    def send(self, datagram: bytes) -> None:
        self.writer.write(frame(datagram))

    async def receive(self, within: float = 2.0) -> bytes:
        async with asyncio.timeout(within):
            size = int.from_bytes(await self.reader.readexactly(2), "big")
            return await self.reader.readexactly(size)

    def close(self) -> None:
        self.writer.close()


@pytest.fixture
async def served(bench: Bench) -> AsyncIterator[Bench]:
    async with tcp.serving(tcp.listen(bench.port.sockets), bench.port.traffic):
        yield bench


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_media_flows_both_ways_by_tcp(served: Bench, host: str) -> None:
    caller, peer, heard = served.call(host, caller=CallerByTcp)
    assert isinstance(caller, CallerByTcp)
    await caller.connect()
    assert (await caller.check()).kind == stun.BINDING_SUCCESS
    await caller.handshake()
    await until(lambda: peer.state == "connected")
    caller.send(caller.protect(RTP))
    await until(lambda: heard.rtp == [RTP])
    peer.send_rtp(RTP)
    assert caller.unprotect(await caller.receive()) == RTP


@pytest.mark.parametrize(
    ("said", "kind"),
    [(b"GET / HTTP/1.1\r\n\r\n", "tcp_malformed"), (frame(b"\x80" * 20), "tcp_unknown_kind"), (b"", "tcp_silent")],
)
async def test_who_does_not_begin_with_a_check_is_closed(
    served: Bench, monkeypatch: pytest.MonkeyPatch, said: bytes, kind: str
) -> None:
    monkeypatch.setattr(tcp, "FIRST_WITHIN", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port.number)
    writer.write(said)
    with suppress(ConnectionResetError):
        assert await reader.read(1) == b""
    assert served.port.traffic.drops[kind] == 1
    writer.close()


async def test_no_more_than_so_many_are_let_in(served: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "MOST", 1)
    ways = [await asyncio.open_connection("127.0.0.1", served.port.number) for _ in range(2)]
    await until(lambda: served.port.traffic.drops["tcp_crowded"] == 1)
    for _, writer in ways:
        writer.close()


async def test_who_does_not_read_loses_packets_and_holds_up_nobody(served: Bench) -> None:
    caller, peer, _ = served.call(caller=CallerByTcp)
    assert isinstance(caller, CallerByTcp)
    await caller.connect()
    await caller.check()
    await caller.handshake()
    await until(lambda: peer.state == "connected")
    # The reader's own limit is 64 KiB; what comes after that stays with the kernel, and then with the relay.
    for number in range(20_000):
        peer.send_rtp(RTP[:2] + number.to_bytes(2, "big") + RTP[4:] + bytes(1000))
        if number % 50 == 0:
            await asyncio.sleep(0)
        if served.port.traffic.drops["tcp_full"]:
            return
    raise AssertionError("everything was kept")


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket() as other, socket.socket(type=socket.SOCK_DGRAM) as media:
        other.bind(("127.0.0.1", 0))
        media.bind(other.getsockname())
        with pytest.raises(StartError, match=r"TCP \d+ is taken"):
            tcp.listen([media])
