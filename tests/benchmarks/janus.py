"""Janus from the system's package, if it is there, under the same load: its streaming plugin forwards one lesson.

    python -m tests.benchmarks.janus feed AUDIO_PORT VIDEO_PORT

sends the lesson as plain RTP, which spares Janus the decryption of what comes in.
"""

import asyncio
import json
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aioice import stun

from core.embedded.ports import free_port

from . import traffic
from .peer import AUDIO_PT, VIDEO_PT, JoinFailed, Peer, candidate
from .process import running

MOUNTPOINT = 1
START_SECONDS = 30.0
_CONFIGURATION = {
    "janus.jcfg": """general: {{ configs_folder = "{folder}" daemonize = false debug_level = 2 session_timeout = 0
  plugins_folder = "{plugins}" transports_folder = "{transports}" events_folder = "{folder}" }}
nat: {{ ice_lite = false ice_enforce_list = "127.0.0.1" nice_debug = false }}
media: {{ ipv6 = false rtp_port_range = "20000-29999" }}
plugins: {{ disable = "{others}" }}
transports: {{ disable = "{ways}" }}
""",
    "janus.transport.pfunix.jcfg": """general: {{ enabled = true json = "compact" path = "{path}"
  type = "SOCK_SEQPACKET" }}
""",
    "janus.plugin.streaming.jcfg": """lesson: {{ type = "rtp" id = 1 audio = true video = true
  audioport = {audio} audiopt = 111 audiocodec = "opus" videoport = {video} videopt = 96 videocodec = "vp8"
  audioiface = "127.0.0.1" videoiface = "127.0.0.1" }}
""",
}


def folder() -> Path | None:
    """Where its plugins lie; None if Janus is not installed."""
    found = next(iter(Path("/usr/lib").glob("*/janus/plugins")), None)
    return found.parent if found and shutil.which("janus") else None


@contextmanager
def janus(core: int, feeding: int) -> Iterator[tuple[int, str]]:
    """Its process and the address of its API, with the lesson fed from core `feeding`."""
    home = folder()
    assert home is not None
    audio, video = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
    with TemporaryDirectory() as directory:
        path = f"{directory}/api"
        values = {
            "folder": directory, "plugins": home / "plugins", "transports": home / "transports", "path": path,
            "others": _others(home / "plugins", "streaming"), "ways": _others(home / "transports", "pfunix"),
            "audio": audio, "video": video,
        }  # fmt: skip
        for name, text in _CONFIGURATION.items():
            (Path(directory) / name).write_text(text.format(**values))
        with running(["janus", "--config", f"{directory}/janus.jcfg", "-F", directory], core) as process:
            deadline = time.monotonic() + START_SECONDS
            while not Path(path).exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            feed = [sys.executable, "-m", "tests.benchmarks.janus", "feed", str(audio), str(video)]
            with running(feed, feeding):
                time.sleep(0.5)
                yield process.pid, f"janus:{path}"


def _others(plugins: Path, kept: str) -> str:
    return ",".join(sorted(one.name for one in plugins.glob("*.so") if kept not in one.name))


class JanusPeer(Peer):
    """The viewer of `peer.py`, let in by Janus's API: here the server offers."""

    async def _offer(self) -> str:
        self.api = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.api.setblocking(False)
        await asyncio.get_running_loop().sock_connect(self.api, self.url.removeprefix("janus:"))
        self.session = (await self._ask(janus="create"))["data"]["id"]
        self.handle = (await self._ask(janus="attach", session_id=self.session, plugin="janus.plugin.streaming"))[
            "data"
        ]["id"]
        event = await self._message({"request": "watch", "id": MOUNTPOINT})
        offer: str = event["jsep"]["sdp"]
        await self._message({"request": "start"}, {"type": "answer", "sdp": self._answer(offer)})
        return offer

    async def _message(self, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        extra = {"jsep": jsep} if jsep else {}
        return await self._ask(
            "event", janus="message", session_id=self.session, handle_id=self.handle, body=body, **extra
        )

    async def _ask(self, until: str = "success", **request: Any) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self.api, json.dumps({**request, "transaction": "bench"}).encode())
        while True:
            answer: dict[str, Any] = json.loads(await loop.sock_recv(self.api, 65536))
            if answer["janus"] == until:
                return answer
            if answer["janus"] == "error":
                raise JoinFailed(str(answer["error"]))

    def binding_request(self) -> bytes:
        """Who offers controls: here the server."""
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.remote_ufrag}:{self.ufrag}"
        request.attributes["PRIORITY"] = 1853824767
        request.attributes["ICE-CONTROLLED"] = 1
        request.add_message_integrity(self.remote_pwd.encode())
        request.add_fingerprint()
        return bytes(request)

    async def _receive(self, seconds: float) -> bytes | None:
        while True:
            data = await super()._receive(seconds)
            if data is None or data[:2] != b"\x00\x01":
                return data
            self.sock.send(self._response(data))

    def _response(self, data: bytes) -> bytes:
        response = stun.Message(
            message_method=stun.Method.BINDING, message_class=stun.Class.RESPONSE, transaction_id=data[8:20]
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = self.sock.getpeername()
        response.add_message_integrity(self.pwd.encode())
        response.add_fingerprint()
        return bytes(response)

    def _answer(self, offer: str) -> str:
        groups = re.findall(r"^a=group:BUNDLE .*$", offer, re.MULTILINE)
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", *(group.strip() for group in groups)]
        for kind, mid in re.findall(r"^m=(audio|video) .*?^a=mid:(\S+)", offer, re.MULTILINE | re.DOTALL):
            pt, codec = (AUDIO_PT, "opus/48000/2") if kind == "audio" else (VIDEO_PT, "VP8/90000")
            lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {pt}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}", "a=recvonly"]
            lines += ["a=rtcp-mux", f"a=rtpmap:{pt} {codec}", f"a=ice-ufrag:{self.ufrag}", f"a=ice-pwd:{self.pwd}"]
            lines += ["a=setup:active", f"a=fingerprint:sha-256 {self.identity.fingerprint}"]
            # Janus begins when it has heard of all candidates; the true one comes with the check.
            lines += [f"a=candidate:1 1 udp 2015363327 {candidate(offer)[0]} 50000 typ host", "a=end-of-candidates"]
        return "\r\n".join(lines) + "\r\n"


def feed(audio: int, video: int) -> None:
    """230 packets a second, paced as `publisher.py` paces."""
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    start, frames, voices, sequence = time.monotonic(), 0, 0, 0
    while True:
        now = time.monotonic() - start
        while frames <= now * traffic.FRAMES_PER_SECOND:
            for index in range(traffic.PACKETS_PER_FRAME):
                payload = traffic.video_payload(sequence, time.time_ns(), frames & 0x7FFF, index == 0, False)
                last = index == traffic.PACKETS_PER_FRAME - 1
                with suppress(ConnectionRefusedError):
                    out.sendto(
                        traffic.rtp_header(VIDEO_PT, sequence, frames * 3000, 1, last) + payload, ("127.0.0.1", video)
                    )
                sequence += 1
            frames += 1
        while voices <= now * traffic.AUDIO_PER_SECOND:
            payload = traffic.audio_payload(voices, time.time_ns())
            with suppress(ConnectionRefusedError):
                out.sendto(traffic.rtp_header(AUDIO_PT, voices, voices * 960, 2, False) + payload, ("127.0.0.1", audio))
            voices += 1
        time.sleep(0.003)


if __name__ == "__main__":
    feed(int(sys.argv[2]), int(sys.argv[3]))
