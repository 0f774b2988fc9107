"""The fan-out in plain Python: `Link.send_rtp` for each viewer. For systems without sendmmsg, and as the other's
measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from classroom.relay.counters import Counters
from classroom.relay.link import Link


class PlainFanout:
    """The link counts what it cannot send."""

    __slots__ = ("_counters",)

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def row(self, link: Link) -> Link | None:
        return link if link.srtp_tx and link.destination else None

    def table(self, rows: Sequence[Link]) -> tuple[Link, ...]:
        return tuple(rows)

    def gather(self) -> None:
        """Nothing is won by waiting."""

    def flush(self) -> None:
        """Nothing waits."""

    def release(self) -> None:
        """Nothing waits."""

    def send(self, table: tuple[Link, ...], packet: bytes) -> None:
        for link in table:
            link.send_rtp(packet)
        self._counters.sent += len(table)
        self._counters.sent_bytes += len(table) * len(packet)

    def send_all(self, table: tuple[Link, ...], packets: Sequence[bytes]) -> None:
        for packet in packets:
            self.send(table, packet)

    def send_each(self, table: tuple[Link, ...], packets: Mapping[Link, bytes]) -> None:
        for link in table:
            if link in packets:
                self.send((link,), packets[link])

    def send_to(self, row: Link, packets: Sequence[bytes]) -> None:
        self.send_all((row,), packets)
