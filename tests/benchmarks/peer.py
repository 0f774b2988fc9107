"""A minimal WebRTC client over one UDP socket, cheap enough to run a thousand of in one process.

It is not the project's code turned on itself: STUN comes from aioice, DTLS from OpenSSL, SRTP from libsrtp's binding,
and the SDP is written by hand, so that a fault in the relay's parsers cannot hide behind the same fault here.
"""

import asyncio
import re
import secrets
import socket
import time
from dataclasses import dataclass, field

from aioice import stun
from OpenSSL import SSL
from pylibsrtp import Policy, Session

from .identity import PROFILES, Identity

JOIN_SECONDS = 30.0
RETRANSMIT_SECONDS = 0.5
MTU = 1200
VIDEO_PT, AUDIO_PT = 96, 111

_MEDIA = (
    "m={kind} 9 UDP/TLS/RTP/SAVPF {pt}\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\na={direction}\r\na=rtcp-mux\r\n"
    "a=rtpmap:{pt} {codec}\r\na=rtcp-fb:{pt} nack\r\na=rtcp-fb:{pt} nack pli\r\na=rtcp-fb:{pt} goog-remb\r\n"
    "a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=setup:actpass\r\na=fingerprint:sha-256 {fingerprint}\r\n{ssrc}"
)


class JoinFailed(Exception):
    """The relay refused, or ICE or DTLS did not finish in JOIN_SECONDS; the text says which."""


@dataclass
class Peer:
    """One client: `join` it, then read and write its non-blocking socket."""

    identity: Identity
    url: str
    ticket: str
    direction: str = "recvonly"
    sock: socket.socket = field(init=False)
    ssrcs: dict[str, int] = field(default_factory=dict)
    rx: Session | None = None
    tx: Session | None = None
    location: str = ""
    joined_after: float = 0.0

    async def join(self) -> None:
        """Offer, connectivity check with nomination, DTLS handshake, SRTP keys. Raises JoinFailed."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                await self.check_in()
                await self._handshake()
        except TimeoutError as error:
            raise JoinFailed("ICE or DTLS did not finish") from error
        self.joined_after = time.monotonic() - started

    async def check_in(self) -> None:
        """The first half of `join`, before the handshake."""
        self.ufrag, self.pwd = secrets.token_hex(4), secrets.token_hex(16)
        answer = await self._offer()
        self.remote_ufrag, self.remote_pwd = attribute(answer, "ice-ufrag"), attribute(answer, "ice-pwd")
        host, port = candidate(answer)
        self.sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.connect((host, port))
        await self._check()

    async def _offer(self) -> str:
        status, headers, body = await post_sdp(self.url, self.ticket, self._sdp())
        if status != 201:
            raise JoinFailed(f"{self.url} answered {status}: {body[:300]}")
        self.location = headers.get("location", "")
        return body

    def _sdp(self) -> str:
        lines = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=msid-semantic: WMS *\r\n"
        for mid, (kind, pt, codec) in enumerate(
            (("audio", AUDIO_PT, "opus/48000/2"), ("video", VIDEO_PT, "VP8/90000"))
        ):
            self.ssrcs[kind] = secrets.randbits(31) + 1
            ssrc = f"a=ssrc:{self.ssrcs[kind]} cname:bench\r\n" if self.direction == "sendonly" else ""
            lines += _MEDIA.format(
                kind=kind, pt=pt, codec=codec, mid=mid, direction=self.direction, ufrag=self.ufrag, pwd=self.pwd,
                fingerprint=self.identity.fingerprint, ssrc=ssrc,
            )  # fmt: skip
        return lines

    def binding_request(self) -> bytes:
        """A connectivity or consent check (RFC 8445 7.2, RFC 7675)."""
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.remote_ufrag}:{self.ufrag}"
        request.attributes["PRIORITY"] = 1853824767
        request.attributes["ICE-CONTROLLING"] = 1
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self.remote_pwd.encode())
        request.add_fingerprint()
        return bytes(request)

    async def _check(self) -> None:
        while True:
            self.sock.send(self.binding_request())
            data = await self._receive(RETRANSMIT_SECONDS)
            if data and data[0] == 1 and data[1] == 1:  # binding success response
                return

    async def _handshake(self) -> None:
        connection = SSL.Connection(self.identity.context)
        connection.set_connect_state()
        while True:
            try:
                connection.do_handshake()
                break
            except SSL.WantReadError:
                self._flush(connection)
                # Media may come before a lost flight is repeated: OpenSSL itself looks at the clock here.
                connection.DTLSv1_handle_timeout()
                data = await self._receive(RETRANSMIT_SECONDS)
                if data is not None and 19 < data[0] < 64:
                    connection.bio_write(data)
        self._flush(connection)
        self._derive_keys(connection)

    def _flush(self, connection: SSL.Connection) -> None:
        try:
            flight = connection.bio_read(16384)
        except SSL.WantReadError:
            return
        while flight:  # records share a datagram as far as they fit, as in browsers
            end = _record_end(flight, 0)
            while end < len(flight) and _record_end(flight, end) <= MTU:
                end = _record_end(flight, end)
            self.sock.send(flight[:end])
            flight = flight[end:]

    def _derive_keys(self, connection: SSL.Connection) -> None:
        profile, key, salt = PROFILES[connection.get_selected_srtp_profile()]
        material = connection.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        client = material[:key] + material[2 * key : 2 * key + salt]
        server = material[key : 2 * key] + material[2 * key + salt :]
        self.tx = _session(profile, client, Policy.SSRC_ANY_OUTBOUND)
        self.rx = _session(profile, server, Policy.SSRC_ANY_INBOUND)

    async def _receive(self, seconds: float) -> bytes | None:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(loop.sock_recv(self.sock, 2048), seconds)
        except TimeoutError:
            return None
        except ConnectionRefusedError as error:
            raise JoinFailed("the media port is closed") from error


def _record_end(flight: bytes, at: int) -> int:
    """Where the DTLS 1.2 record at `at` ends (RFC 6347 4.1)."""
    return at + 13 + int.from_bytes(flight[at + 11 : at + 13], "big")


def _session(profile: int, key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.window_size = 1024
    return Session(policy)


def attribute(sdp: str, name: str) -> str:
    found = re.search(rf"^a={name}:(\S+)", sdp, re.MULTILINE)
    if not found:
        raise JoinFailed(f"the answer has no {name}")
    return found[1]


def candidate(sdp: str) -> tuple[str, int]:
    found = re.search(r"^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", sdp, re.MULTILINE | re.IGNORECASE)
    if not found:
        raise JoinFailed("the answer has no UDP host candidate")
    return found[1], int(found[2])


async def post_sdp(url: str, ticket: str, sdp: str) -> tuple[int, dict[str, str], str]:
    """One HTTP/1.1 POST without a client library, whose cost would count as join time. → status, headers, body."""
    host, port, path = re.match(r"http://\[?([^/\]]+?)\]?:(\d+)(/.*)", url).groups()  # type: ignore[union-attr]
    reader, writer = await asyncio.open_connection(host, int(port))
    body = sdp.encode()
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {ticket}\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )
    raw = (await reader.read()).decode()
    writer.close()
    head, _, text = raw.partition("\r\n\r\n")
    status, *fields = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
    return int(status.split()[1]), headers, text
