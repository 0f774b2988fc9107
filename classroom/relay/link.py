"""The seam between the media core and the outside: what the relay needs of a connected peer.

`now`, everywhere in `classroom.relay`, is a float: seconds since the Unix epoch by a clock that never steps back
(the edge adds the wall-clock offset, taken once at start, to its monotonic clock). Sender reports carry it as NTP time.

All methods are called from one thread, the event loop's. None may block and none may raise for a bad network.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Destination(NamedTuple):
    """Where a peer's datagrams go: the socket to send on, and the packed `struct sockaddr_in` or `sockaddr_in6`."""

    fd: int
    sockaddr: bytes


class Link(Protocol):
    """One DTLS-SRTP association, as the relay sees it.

    `srtp_tx` is the address of the libsrtp context that protects outgoing packets (`srtp_t`, as an integer), 0 while
    not connected. It must stay valid until `Subscription.link_changed` (after setting it to 0) or
    `Lesson.unsubscribe` returned: the fan-out keeps the raw address. Its policy must allow repeated transmission,
    since repairs are bit-identical.
    """

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send one RTP packet (at most `rtp.header.MAX_PACKET` + 2 bytes); dropped and counted when not
        connected."""

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send one RTCP compound packet; dropped and counted when not connected."""

    @property
    def srtp_tx(self) -> int: ...

    @property
    def srtp_overhead(self) -> int:
        """Bytes that the context adds to a packet."""

    @property
    def destination(self) -> Destination | None:
        """None while no address has passed its check."""


class Rights(Protocol):
    """The part of a ticket that decides about slots; `core.tickets.Ticket` satisfies it."""

    @property
    def person(self) -> str: ...

    @property
    def room(self) -> str | None: ...

    @property
    def human(self) -> bool: ...

    @property
    def takeover(self) -> bool: ...
