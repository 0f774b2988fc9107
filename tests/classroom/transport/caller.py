"""A small WebRTC peer over its own UDP socket, driven step by step: checks, handshake, protected packets."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

from OpenSSL import SSL

from classroom.transport import stun
from classroom.transport.aiortc_parts import rtcdtlstransport as dtls
from classroom.transport.ice import Credentials
from classroom.transport.offer import Fingerprint
from classroom.transport.peer import split_flight

RTP = bytes.fromhex("80600001000000010000abcd") + b"picture"
RECEIVER_REPORT = bytes.fromhex("80c9000100000001")
PRIORITY = (stun.PRIORITY, (1853824767).to_bytes(4, "big"))
CONTROLLING = (stun.ICE_CONTROLLING, bytes(8))
CONTROLLED = (stun.ICE_CONTROLLED, bytes(8))
NOMINATED = (stun.USE_CANDIDATE, b"")


class Caller:
    certificate = dtls.RTCCertificate.generateCertificate()

    def __init__(self, to: tuple[str, int], role: str = "client", profiles: Any = dtls.SRTP_PROFILES) -> None:
        family = socket.AF_INET6 if ":" in to[0] else socket.AF_INET
        self.to = to
        self.role = role
        self.local = Credentials.new()
        self.remote = Credentials("", "")
        self.socket = self._open(family)
        self.ssl = SSL.Connection(self.certificate._create_ssl_context(srtp_profiles=profiles))
        (self.ssl.set_connect_state if role == "client" else self.ssl.set_accept_state)()
        self.transport: Any = dtls.RTCDtlsTransport(None, [self.certificate])  # type: ignore[arg-type]
        self.transport._ssl, self.transport._srtp_profiles = self.ssl, profiles
        self.transport._set_role(role)
        self.received: list[bytes] = []

    def _open(self, family: int) -> socket.socket:
        one = socket.socket(family, socket.SOCK_DGRAM)
        one.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        one.setblocking(False)
        return one

    def move(self) -> None:
        """A NAT gives the caller another port."""
        self.socket.close()
        self.socket = self._open(self.socket.family)

    @property
    def fingerprints(self) -> tuple[Fingerprint, ...]:
        return tuple(Fingerprint(f.algorithm, f.value) for f in self.certificate.getFingerprints())

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self.to)

    async def receive(self, within: float = 2.0) -> bytes:
        loop = asyncio.get_running_loop()
        return await asyncio.wait_for(loop.sock_recv(self.socket, 2048), within)

    async def silent(self, seconds: float = 0.05) -> bool:
        try:
            await self.receive(seconds)
        except TimeoutError:
            return True
        return False

    def request(self, *attributes: tuple[int, bytes], password: str | None = None, user: str | None = None) -> bytes:
        name = user if user is not None else f"{self.remote.ufrag}:{self.local.ufrag}"
        listed = [(stun.USERNAME, name.encode()), PRIORITY, *(attributes or (CONTROLLING, NOMINATED))]
        return stun.build(stun.BINDING_REQUEST, bytes(12), listed, (password or self.remote.password).encode())

    async def check(self, *attributes: tuple[int, bytes], password: str | None = None) -> stun.Message:
        self.send(self.request(*attributes, password=password))
        while True:
            answer = await self.receive()
            if answer[0] <= 3:
                return stun.parse(answer)
            self.received.append(answer)

    async def handshake(self) -> bytes:
        """Returns the name of the protection profile that both agreed on."""
        while True:
            try:
                self.ssl.do_handshake()
            except SSL.WantReadError:
                self._flush()
                while not 20 <= (datagram := self.received.pop(0) if self.received else await self.receive())[0] <= 63:
                    pass
                self.ssl.bio_write(datagram)
            else:
                break
        self._flush()
        self.transport._setup_srtp()
        return self.ssl.get_selected_srtp_profile()

    def send_flight(self) -> None:
        """What is next of the handshake, which the relay has to answer."""
        with suppress(SSL.WantReadError):
            self.ssl.do_handshake()
        self._flush()

    def _flush(self) -> None:
        try:
            flight = self.ssl.bio_read(65536)
        except SSL.Error:
            return
        for datagram in split_flight(flight):
            self.send(datagram)

    def protect(self, packet: bytes) -> bytes:
        return bytes(self.transport._tx_srtp.protect(packet))

    def protect_rtcp(self, packet: bytes) -> bytes:
        return bytes(self.transport._tx_srtp.protect_rtcp(packet))

    def unprotect(self, datagram: bytes) -> bytes:
        return bytes(self.transport._rx_srtp.unprotect(datagram))

    def close(self) -> None:
        self.socket.close()
