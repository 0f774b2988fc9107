"""The load's receiving rooms: N viewers join by WHEP in one burst, then are counted at the receiving sockets.

    python -m tests.benchmarks.viewers WHEP_URL TICKET COUNT SECONDS

Several addresses, each with its ticket, stand with commas between them; the viewers are shared out equally.
Every twentieth viewer decrypts all it gets and checks the payload; the others count clear SRTP headers. One JSON line.
"""

import asyncio
import json
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass, field

from pylibsrtp import Error as SrtpError

from . import traffic
from .identity import make_identity
from .intake import MOST, Intake
from .janus import JanusPeer
from .peer import VIDEO_PT, Peer

DECRYPT_EVERY = 20
BURST = 400
"""Viewers that join at once, at most: this client opens no more in the time that it gives each."""
RECEIVE_BUFFER = 4 << 20
REPORT_SECONDS = 1.0
CONSENT_EVERY = 5  # reports
FIRST_PACKET_SECONDS = 20.0
SO_TIMESTAMPNS = 35  # socket(7); Python does not name it


@dataclass
class Room:
    """One viewer's counts."""

    peer: Peer
    decrypts: bool
    first_video_after: float = 0.0
    packets: int = 0
    octets: int = 0
    highest: dict[int, int] = field(default_factory=dict)
    lowest: dict[int, int] = field(default_factory=dict)
    damaged: int = 0
    latencies: list[float] = field(default_factory=list)

    async def enter(self, gate: asyncio.Semaphore) -> None:
        """Join and wait for the first video packet."""
        async with gate:
            await self._enter()

    async def _enter(self) -> None:
        started = time.monotonic()
        await self.peer.join()
        self.peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.peer.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, int(self.decrypts))
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(FIRST_PACKET_SECONDS):
            while True:
                data = await loop.sock_recv(self.peer.sock, 2048)
                if 128 <= data[0] < 192 and data[1] & 127 == VIDEO_PT:
                    self.first_video_after = time.monotonic() - started
                    return

    def take(self, intake: Intake, counting: bool) -> None:
        """All that waits at the socket."""
        while True:
            headers, count, octets = intake.read(self.peer.sock.fileno())
            if counting:
                self.octets += octets
                for first, second, sequence, _, ssrc in headers:
                    if 128 <= first < 192 and not 192 <= second < 224:
                        self._count(sequence, ssrc)
            if count < MOST:
                return

    def take_and_decrypt(self, counting: bool) -> None:
        """The same for a viewer that checks every payload."""
        while True:
            try:
                data, marks, _, _ = self.peer.sock.recvmsg(2048, 64)
            except BlockingIOError:
                return
            if counting and 128 <= data[0] < 192 and not 192 <= data[1] < 224:
                self.octets += len(data)
                _, sequence, _, ssrc = struct.unpack_from("!HHII", data)
                self._count(sequence, ssrc)
                self._decrypt(data, _arrival(marks))

    def _count(self, sequence: int, ssrc: int) -> None:
        self.packets += 1
        highest = self.highest.get(ssrc)
        if highest is None:
            self.lowest[ssrc] = self.highest[ssrc] = sequence
        else:
            delta = (sequence - highest & 0xFFFF ^ 0x8000) - 0x8000
            if delta > 0:
                self.highest[ssrc] = highest + delta

    def _decrypt(self, data: bytes, arrived: int) -> None:
        assert self.peer.rx
        try:
            plain = self.peer.rx.unprotect(data)
            video = plain[1] & 127 == VIDEO_PT
            sent, _ = traffic.read_stamp(plain, video)
        except (SrtpError, struct.error):
            self.damaged += 1
            return
        self.latencies.append((arrived - sent) / 1e6)

    @property
    def expected(self) -> int:
        """Packets between the lowest and highest sequence seen, all streams."""
        return sum(self.highest[ssrc] - self.lowest[ssrc] + 1 for ssrc in self.highest)

    def report(self, turn: int) -> None:
        """A receiver report a second, each viewer at a moment of its own; a consent check every fifth."""
        assert self.peer.tx
        ssrc = next(iter(self.highest), 0)
        block = struct.pack("!IIIIII", ssrc, 0, self.highest.get(ssrc, 0) & 0xFFFFFFFF, 10, 0, 0)
        report = struct.pack("!BBHI", 0x81, 201, 7, 1) + block
        self.peer.sock.send(self.peer.tx.protect_rtcp(report))
        if turn % CONSENT_EVERY == 0:
            self.peer.sock.send(self.peer.binding_request())


def _arrival(marks: list[tuple[int, int, bytes]]) -> int:
    """When the kernel had the packet at the socket, ns since 1970: how busy this client is does not count."""
    [stamp] = [data for level, kind, data in marks if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS)]
    seconds, ns = struct.unpack("=qq", stamp)
    return int(seconds) * 1_000_000_000 + int(ns)


def drain(rooms: dict[int, Room], seconds: float, counting: bool) -> None:
    """Read every socket for `seconds`; packets that come while not `counting` are thrown away."""
    poll, intake = select.epoll(), Intake()
    for fd in rooms:
        poll.register(fd, select.EPOLLIN)
    start = time.monotonic()
    reporting, told = list(rooms.values()), 0
    while (now := time.monotonic()) - start < seconds:
        due = int((now - start) / REPORT_SECONDS * len(reporting))
        for turn in range(told, due):
            reporting[turn % len(reporting)].report(turn // len(reporting) + 1)
        told = due
        for fd, _ in poll.poll(0.05):
            room = rooms[fd]
            if room.decrypts:
                room.take_and_decrypt(counting)
            else:
                room.take(intake, counting)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie; 0 for none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


async def join_all(url: str, ticket: str, count: int) -> list[Room]:
    """All viewers at once, as far as BURST goes: a bell that rings in every school."""
    identity = make_identity()
    kind = JanusPeer if url.startswith("janus:") else Peer
    doors = list(zip(url.split(","), ticket.split(","), strict=True))
    rooms = [Room(kind(identity, *doors[index % len(doors)]), index % DECRYPT_EVERY == 0) for index in range(count)]
    gate = asyncio.Semaphore(BURST)
    await asyncio.gather(*(room.enter(gate) for room in rooms))
    return rooms


def main(url: str, ticket: str, count: int, seconds: float) -> None:
    """Join, say `joined`, count for `seconds`, print the sums."""
    rooms = asyncio.run(join_all(url, ticket, count))
    table = {room.peer.sock.fileno(): room for room in rooms}
    drain(table, 1.0, counting=False)
    print("counting", flush=True)
    drain(table, seconds, counting=True)
    latencies = [value for room in rooms for value in room.latencies]
    firsts = [1000 * room.first_video_after for room in rooms]
    packets, expected = sum(r.packets for r in rooms), sum(r.expected for r in rooms)
    result = {
        "packets": packets,
        "bytes": sum(r.octets for r in rooms),
        "lost": expected - packets,
        "damaged": sum(r.damaged for r in rooms),
        "decrypting": sum(r.decrypts for r in rooms),
        "latency_ms": [percentile(latencies, p) for p in (0.5, 0.95, 0.99)],
        "first_video_ms": [percentile(firsts, p) for p in (0.5, 0.95)],
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
