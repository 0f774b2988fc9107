"""The load's lead teacher: joins by WHIP and sends 230 packets a second until it is ended.

python -m tests.benchmarks.publisher WHIP_URL TICKET
"""

import asyncio
import sys
import time

from . import traffic
from .identity import make_identity
from .peer import AUDIO_PT, VIDEO_PT, Peer

CONSENT_SECONDS = 5.0
KEY_FRAME_EVERY = 300  # frames: ten seconds, as a patient encoder; key-frame requests are answered at the next frame


class Sender:
    """Paces frames and voice packets on one connected peer."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.sequence = {"audio": 0, "video": 0}
        self.frame = 0
        self.key_wanted = True

    def read(self) -> None:
        """Take what came back: a payload-specific feedback message (PT 206) asks for a key frame."""
        while True:
            try:
                data = self.peer.sock.recv(2048)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if len(data) > 8 and 128 <= data[0] < 192 and data[1] in (200, 201, 205, 206):
                self._feedback(data)

    def _feedback(self, data: bytes) -> None:
        assert self.peer.rx
        plain = self.peer.rx.unprotect_rtcp(data)
        while len(plain) >= 8:
            if plain[1] == 206 and plain[0] & 31 in (1, 4):
                self.key_wanted = True
            plain = plain[4 * (int.from_bytes(plain[2:4], "big") + 1) :]

    def send_frame(self) -> None:
        """One picture of PACKETS_PER_FRAME packets."""
        key = self.key_wanted or self.frame % KEY_FRAME_EVERY == 0
        self.key_wanted = False
        for index in range(traffic.PACKETS_PER_FRAME):
            number = self.sequence["video"]
            payload = traffic.video_payload(number, time.time_ns(), self.frame & 0x7FFF, index == 0, key)
            last = index == traffic.PACKETS_PER_FRAME - 1
            self._send("video", VIDEO_PT, self.frame * 3000, last, payload)
        self.frame += 1

    def send_voice(self) -> None:
        """One 20 ms voice packet."""
        number = self.sequence["audio"]
        self._send("audio", AUDIO_PT, number * 960, False, traffic.audio_payload(number, time.time_ns()))

    def _send(self, kind: str, pt: int, timestamp: int, marker: bool, payload: bytes) -> None:
        assert self.peer.tx
        header = traffic.rtp_header(pt, self.sequence[kind], timestamp, self.peer.ssrcs[kind], marker)
        self.sequence[kind] += 1
        try:
            self.peer.sock.send(self.peer.tx.protect(header + payload))
        except (BlockingIOError, ConnectionRefusedError):
            pass


async def publish(url: str, ticket: str) -> None:
    """Join, say so on standard output, send until ended."""
    peer = Peer(make_identity(), url, ticket, direction="sendonly")
    await peer.join()
    print("publishing", flush=True)
    sender = Sender(peer)
    start, frames, voices, consent = time.monotonic(), 0, 0, 0.0
    while True:
        now = time.monotonic() - start
        while frames <= now * traffic.FRAMES_PER_SECOND:
            sender.send_frame()
            frames += 1
        while voices <= now * traffic.AUDIO_PER_SECOND:
            sender.send_voice()
            voices += 1
        if now > consent:
            peer.sock.send(peer.binding_request())
            consent = now + CONSENT_SECONDS
        sender.read()
        await asyncio.sleep(0.003)


if __name__ == "__main__":
    asyncio.run(publish(*sys.argv[1:3]))
