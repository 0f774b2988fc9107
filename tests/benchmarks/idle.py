"""Idle peers: join by WHEP while nobody teaches, keep consent fresh, do nothing else.

    python -m tests.benchmarks.idle WHEP_URL TICKET COUNT SECONDS

Prints `joined`, then `done` after SECONDS; the runner reads the relay's memory and CPU in between.
"""

import asyncio
import sys

from .identity import make_identity
from .peer import Peer

CONSENT_SECONDS = 5.0
AT_ONCE = 20


async def idle(url: str, ticket: str, count: int, seconds: float) -> None:
    """Join `count` peers, at most AT_ONCE at a time, and stay."""
    identity, gate = make_identity(), asyncio.Semaphore(AT_ONCE)
    peers = [Peer(identity, url, ticket) for _ in range(count)]

    async def join(peer: Peer) -> None:
        async with gate:
            await peer.join()

    await asyncio.gather(*(join(peer) for peer in peers))
    print("joined", flush=True)
    for _ in range(max(1, round(seconds / CONSENT_SECONDS))):
        for peer in peers:
            peer.sock.send(peer.binding_request())
        await asyncio.sleep(CONSENT_SECONDS)
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(idle(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
