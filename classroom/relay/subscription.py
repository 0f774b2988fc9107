"""One viewer's session: its lines follow slots; its reports and requests are answered here."""

from __future__ import annotations

from typing import NamedTuple

from classroom.relay.description import LineDescription
from classroom.relay.link import Link, Rights


class Quality(NamedTuple):
    """`loss` 0…1 over the last reports (lost and asked-for packets), `rtt` seconds or None, `jitter` seconds, `kbps` sent,
    `layer` the one that flows ("full") or "none", `unsupported` the lines whose codec this viewer cannot take ("teacher video")."""

    loss: float
    rtt: float | None
    jitter: float
    kbps: float
    layer: str
    unsupported: tuple[str, ...]


class Subscription:
    def __init__(self, link: Link, ticket: Rights, lines: list[LineDescription]) -> None: ...

    def link_changed(self, now: float) -> None:
        """The link connected, got another address, another SRTP context, or closed: call each time, before the old context
        is freed."""

    def on_rtcp(self, packet: bytes, now: float) -> None:
        """One decrypted RTCP compound; malformed ones are dropped and counted."""

    def quality(self, now: float) -> Quality: ...
