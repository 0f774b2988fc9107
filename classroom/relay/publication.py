"""One publisher's session: incoming packets find their track; feedback for all its tracks leaves together."""

from __future__ import annotations

from classroom.relay.description import TrackDescription
from classroom.relay.link import Link, Rights


class Publication:
    """`slot` is the slot's name. After `closed` is set (replaced or unpublished) packets are ignored and counted."""

    closed: bool

    def __init__(self, link: Link, ticket: Rights, slot: str, tracks: list[TrackDescription]) -> None: ...

    def on_rtp(self, packet: bytes, now: float) -> None:
        """One decrypted RTP packet; anything malformed or foreign is dropped and counted."""

    def on_rtcp(self, packet: bytes, now: float) -> None:
        """One decrypted RTCP compound; malformed ones are dropped and counted."""
