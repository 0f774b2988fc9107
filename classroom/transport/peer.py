"""One connected peer: an ICE-lite agent, a DTLS-SRTP association, and the `Link` that the relay sends through.

The only file that touches aiortc's private names. aiortc's RTCDtlsTransport is used as a state machine without its
tasks: datagrams are fed in by `receive_dtls`, and `repeat` asks its timer when `repeats_at` says so. So a peer at rest
costs no task and no timer.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

from OpenSSL import SSL
from pylibsrtp._binding import ffi, lib

from classroom.relay.budget import Budget
from classroom.relay.link import Destination
from classroom.transport.aiortc_parts import rtcdtlstransport as aiortc_dtls
from classroom.transport.ice import Address, IceAgent, Path
from classroom.transport.offer import Fingerprint

if TYPE_CHECKING:
    from classroom.transport.port import MediaPort

MTU: Final = 1200
FIRST_REPEAT: Final = 0.1
"""Seconds until an unanswered ClientHello is repeated: ffmpeg swallows the first, OpenSSL would wait a second."""
RENEW_AFTER: Final = 7 * 86400.0
"""aiortc makes certificates for 30 days; peers that join later than this get a new one."""
LONGEST: Final = 2048
FLIGHT: Final = 4096
"""Bytes asked for at a time; nearly all flights are shorter. For 64 KiB each time the heap would grow and shrink."""
HANDSHAKE: Final = (20, 22)
ALERT: Final = 21
"""Kinds of records (RFC 6347 section 4.1); 20 changes the cipher."""
DTLS_1_2: Final = 0xFEFD
RTCP_RATE: Final = 500.0
RTCP_BURST: Final = 1000.0
"""RTCP datagrams a second, and at once: a browser on a bad line sends a hundred."""

# 128 bits first: as server the relay decides, and GCM-128 costs a third of CM with SHA-1.
_PROFILES: Final = [
    profile
    for wanted in (b"SRTP_AEAD_AES_128_GCM", b"SRTP_AEAD_AES_256_GCM", b"SRTP_AES128_CM_SHA1_80")
    for profile in aiortc_dtls.SRTP_PROFILES
    if profile.openssl_profile == wanted
]
_OVERHEAD: Final = {b"SRTP_AES128_CM_SHA1_80": 10}

_scratch = ffi.new("char[]", LONGEST + 64)
_scratch_bytes = ffi.buffer(_scratch)
_length = ffi.new("int *")


class Listener(Protocol):
    """What a session does with its peer. ValueError from a packet means: malformed, count it."""

    def on_connected(self, now: float) -> None: ...
    def on_moved(self, now: float) -> None: ...
    def on_rtp(self, packet: bytes, now: float) -> None: ...
    def on_rtcp(self, packet: bytes, now: float) -> None: ...
    def on_closed(self, reason: str, now: float) -> None:
        """Called while the SRTP context is still there; `srtp_tx` already says 0."""


class Identity:
    """The relay's certificate and SSL context, shared by all peers of the process."""

    def __init__(self, now: float) -> None:
        self.certificate = aiortc_dtls.RTCCertificate.generateCertificate()
        self.context = self.certificate._create_ssl_context(srtp_profiles=_PROFILES)
        self.context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET)  # browsers never come back with one
        self.context.set_mode(_RELEASE_BUFFERS)
        self._made_at = now
        [value] = [f.value for f in self.certificate.getFingerprints() if f.algorithm == "sha-256"]
        self.fingerprint = Fingerprint("sha-256", value)

    def stale(self, now: float) -> bool:
        return now - self._made_at > RENEW_AFTER


_RELEASE_BUFFERS: Final = 0x10  # SSL_MODE_RELEASE_BUFFERS: an idle association keeps no record buffers


class _NoIce:
    """What RTCDtlsTransport expects below it; datagrams go in and out by `Peer` instead."""

    role = "controlled"


class Peer:
    """`role` is our DTLS role: "server" after a passive answer, "client" after an active one."""

    def __init__(
        self, port: MediaPort, agent: IceAgent, role: str, fingerprints: tuple[Fingerprint, ...], listener: Listener
    ) -> None:
        self.agent = agent
        self.addresses: set[Address] = set()
        self.ufrags: set[bytes] = set()
        self.listener = listener
        self.state = "new"
        self._port = port
        self._wanted = [aiortc_dtls.RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints]
        self._dtls: Any = aiortc_dtls.RTCDtlsTransport(_NoIce(), [port.identity.certificate])  # type: ignore[arg-type]
        self._dtls._set_role(role)
        self._dtls._srtp_profiles = _PROFILES
        self._ssl: Any = SSL.Connection(port.identity.context)
        self._dtls._ssl = self._ssl
        self._ssl.set_ciphertext_mtu(MTU)
        (self._ssl.set_connect_state if role == "client" else self._ssl.set_accept_state)()
        self._hello: list[bytes] = []
        self._hello_at = 0.0
        self._last_flight: list[bytes] = []
        self._goodbye: list[bytes] = []
        self._socket: socket.socket | None = None
        self._address: Any = None
        self._destination: Destination | None = None
        self._rtcp = Budget(RTCP_RATE, RTCP_BURST)
        self._srtp: tuple[Any, ...] = ()
        self._srtp_in: Any = None
        self._srtp_out: Any = None
        self.srtp_tx = 0
        self.srtp_overhead = 16

    # -- Link

    @property
    def destination(self) -> Destination | None:
        return self._destination

    def send_rtp(self, packet: bytes) -> None:
        self._send_protected(lib.srtp_protect, packet)

    def send_rtcp(self, packet: bytes) -> None:
        self._send_protected(lib.srtp_protect_rtcp, packet)

    def _send_protected(self, function: Any, packet: bytes) -> None:
        if self.srtp_tx == 0:
            return self._port.traffic.drop("out_not_connected")
        protected = _transform(function, self._srtp_out, packet)
        if protected is None:
            return self._port.traffic.drop("out_not_protected")
        self._send(protected)

    def _send(self, datagram: bytes) -> None:
        if self._socket is not None:
            self._port.send(self._socket, datagram, self._address)

    # -- the address

    def on_check(self, moved: bool, now: float) -> None:
        """After a valid check; the agent may have chosen another path."""
        if moved and self.agent.selected is not None:
            self._go_to(self.agent.selected)
            if self.state == "connected":
                self.listener.on_moved(now)
        if self.state == "new":
            self.state = "connecting"
            if self._dtls._role == "client":
                self._advance(now)

    def _go_to(self, path: Path) -> None:
        self._socket = self._port.sockets[path.socket]
        self._address = path.address
        self._destination = Destination(self._socket.fileno(), _sockaddr(self._socket.family, path.address))

    # -- DTLS

    def receive_dtls(self, datagram: bytes, now: float) -> None:
        if self.state == "closed":
            return
        if self._ssl is None:
            return self._without_association(datagram, now)
        self._hello = []
        self._ssl.bio_write(datagram)
        if self.state == "connected":
            self._after_handshake(now)
        else:
            self._advance(now)

    def _advance(self, now: float) -> None:
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            self._flush(now)
        except SSL.Error:
            self._flush(now)
            self.close("dtls failed", now)
        else:
            self._last_flight = self._flush(now)
            self._connected(now)

    def _connected(self, now: float) -> None:
        self._dtls._validate_peer_identity(aiortc_dtls.RTCDtlsParameters(self._wanted))
        if self._dtls._state != aiortc_dtls.State.FAILED:
            self._dtls._setup_srtp()
        if self._dtls._state == aiortc_dtls.State.FAILED:
            self._port.traffic.drop("dtls_refused")
            return self.close("dtls refused", now)
        self._srtp = self._dtls._rx_srtp, self._dtls._tx_srtp
        self._srtp_in, self._srtp_out = (session._srtp[0] for session in self._srtp)
        for session in self._srtp:
            session._cdata = session._buffer = None  # 1.5 KB each that only Session.protect would use
        self.srtp_tx = int(ffi.cast("uintptr_t", self._srtp_out))
        self.srtp_overhead = _OVERHEAD.get(self._ssl.get_selected_srtp_profile(), 16)
        self.state = "connected"
        self.listener.on_connected(now)

    def _after_handshake(self, now: float) -> None:
        """Repeated flights, alerts, and the peer's good-bye."""
        try:
            self._ssl.recv(LONGEST)
        except SSL.ZeroReturnError:
            return self.close("peer said good-bye", now)
        except SSL.Error:
            pass
        self._flush(now)

    def lighten(self) -> None:
        """Gives OpenSSL's association back, three quarters of what a viewer takes. What it could still be asked for is
        kept: our last flight, for a peer that missed it, and our good-bye. That of the peer cannot be read any more, so
        it casts doubt only. Nothing happens with a DTLS after 1.2, which goes on talking."""
        if self._ssl is None or self.state != "connected" or self._ssl.get_protocol_version() != DTLS_1_2:
            return
        self._goodbye = self._write_goodbye()
        self._ssl = self._dtls = None

    def _without_association(self, datagram: bytes, now: float) -> None:
        if datagram[0] == ALERT:
            self.agent.doubt(now)
        elif datagram[0] in HANDSHAKE and len(datagram) >= sum(map(len, self._last_flight)):  # no more than came
            for one in self._last_flight:
                self._send(one)

    def repeats_at(self, now: float) -> float | None:
        """When `repeat` is due, None when nothing waits for an answer. With DTLS 1.3 something may for a moment after
        the connection stands."""
        if self.state == "closed" or self._ssl is None:
            return None
        left = self._ssl.DTLSv1_get_timeout()
        dates = [] if left is None else [now + left]
        return min([*dates, self._hello_at + FIRST_REPEAT] if self._hello else dates, default=None)

    def repeat(self, now: float) -> None:
        """DTLS repeats what the network lost."""
        if self.state == "closed" or self._ssl is None:
            return
        if self._hello and now - self._hello_at >= FIRST_REPEAT:
            self._hello_at = now
            for datagram in self._hello:
                self._send(datagram)
        if self._ssl.DTLSv1_get_timeout() == 0:
            try:
                self._ssl.DTLSv1_handle_timeout()
            except SSL.Error:
                return self.close("dtls timed out", now)
            self._flush(now)

    def _flush(self, now: float) -> list[bytes]:
        """Sends what OpenSSL has written, and tells it."""
        datagrams = split_flight(self._flight())
        if datagrams and self._dtls._role == "client" and self.state == "connecting" and not self._hello_at:
            self._hello, self._hello_at = datagrams, now
        for datagram in datagrams:
            self._send(datagram)
        return datagrams

    def _flight(self) -> bytes:
        """All that OpenSSL has written."""
        flight = b""
        with suppress(SSL.Error):  # nothing more
            while len(flight) % FLIGHT == 0:
                flight += self._ssl.bio_read(FLIGHT)
        return flight

    # -- media

    def receive_media(self, datagram: bytes, now: float) -> None:
        if self._srtp_in is None:
            return self._port.traffic.drop("media_before_dtls")
        rtcp = 192 <= datagram[1] <= 223  # RFC 5761 section 4
        if rtcp and not self._rtcp.take(1, now):
            return self._port.traffic.drop("rtcp_too_much")
        packet = _transform(lib.srtp_unprotect_rtcp if rtcp else lib.srtp_unprotect, self._srtp_in, datagram)
        if packet is None:
            return self._port.traffic.drop("srtp_refused")
        if rtcp:
            self.agent.reassure()
        try:
            (self.listener.on_rtcp if rtcp else self.listener.on_rtp)(packet, now)
        except ValueError:
            self._port.traffic.drop("media_malformed")

    # -- the end

    def close(self, reason: str, now: float) -> None:
        """Says good-bye by close_notify, tells the listener, frees the contexts. Safe to call again."""
        if self.state == "closed":
            return
        was, self.state = self.state, "closed"
        if was == "connected":
            self._say_goodbye()
        self.srtp_tx = 0
        self._port.remove(self)
        self.listener.on_closed(reason, now)
        del self.listener  # it holds this peer: without the circle both go now, not when the collector looks some day
        self._srtp_in = self._srtp_out = None
        self._srtp = ()
        self._ssl = self._dtls = None

    def _say_goodbye(self) -> None:
        for datagram in self._goodbye if self._ssl is None else self._write_goodbye():
            self._send(datagram)

    def _write_goodbye(self) -> list[bytes]:
        with suppress(SSL.Error):
            self._ssl.shutdown()
        return split_flight(self._flight())


def _transform(function: Any, context: Any, packet: bytes) -> bytes | None:
    """libsrtp in place on one scratch buffer; None when it refuses. Session.protect stops at 1356 bytes."""
    size = len(packet)
    if size > LONGEST - 160:  # the longest trailer that libsrtp may add
        return None
    _scratch_bytes[0:size] = packet
    _length[0] = size
    if function(context, _scratch, _length) != 0:
        return None
    return bytes(_scratch_bytes[0 : _length[0]])


def split_flight(flight: bytes) -> list[bytes]:
    """Cuts a flight, which OpenSSL writes in one piece, into datagrams of whole DTLS records (RFC 9147 section 4)."""
    datagrams, start, at = [], 0, 0
    while at < len(flight):
        end = min(at + _record_size(flight, at), len(flight))
        if end - start > MTU and at > start:
            datagrams.append(flight[start:at])
            start = at
        at = end
    return [*datagrams, flight[start:]] if flight else []


def _record_size(flight: bytes, at: int) -> int:
    first = flight[at]
    if first & 0xE0 != 0x20:  # the plain header of DTLS 1.2
        return 13 + int.from_bytes(flight[at + 11 : at + 13], "big")
    if not first & 0x04:  # the unified header without a length: the record fills the datagram
        return len(flight) - at
    header = 3 if first & 0x08 else 2
    return header + 2 + int.from_bytes(flight[at + header : at + header + 2], "big")


def _sockaddr(family: int, address: Any) -> bytes:
    """struct sockaddr_in or sockaddr_in6 as the kernel takes it."""
    if family == socket.AF_INET6:
        host, port, flow, scope = (*address, 0, 0)[:4]
        packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
        return struct.pack("=H", family) + struct.pack("!HI", port, flow) + packed + struct.pack("=I", scope)
    host, port = address[:2]
    return struct.pack("=H", family) + struct.pack("!H", port) + socket.inet_pton(socket.AF_INET, host) + bytes(8)
