"""One packet to many viewers. Two ways with the same behaviour: `fanout_native` where Linux has sendmmsg, else
`fanout_plain`.

Policy for a full socket buffer: the packet is dropped for the viewers still to come, and counted. They ask for it by
NACK and get it from the history, so no viewer waits for another and no queue grows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from classroom.relay import fanout_native, fanout_plain
from classroom.relay.counters import Counters
from classroom.relay.link import Link

Row = Any
"""A connected link prepared for sending, opaque outside its fan-out; valid until the link changes."""

Table = Any
"""Rows prepared for being sent to in one go, opaque outside their fan-out."""


class Fanout(Protocol):
    def row(self, link: Link) -> Row | None:
        """None while the link is not connected."""

    def table(self, rows: Sequence[Row]) -> Table: ...

    def gather(self) -> None:
        """Until `release`, what `send` gets waits for the next `flush`, so that packets of one moment leave together.
        `flush` before a row in any table becomes invalid."""

    def flush(self) -> None: ...

    def release(self) -> None: ...

    def send(self, table: Table, packet: bytes) -> None:
        """Protect and send to every row; never waits, never raises for the network; counts what fails."""

    def send_all(self, table: Table, packets: Sequence[bytes]) -> None:
        """Several packets together, at once."""

    def send_each(self, table: Table, packets: Mapping[Row, bytes]) -> None:
        """To every row a packet of its own, at once; rows without one get nothing."""

    def send_to(self, row: Row, packets: Sequence[bytes]) -> None:
        """Several packets to one, at once."""


def choose(counters: Counters) -> Fanout:
    """The fastest that this system has. One a process: its buffers are shared by all lessons."""
    if fanout_native.AVAILABLE:
        return fanout_native.NativeFanout(counters)
    return fanout_plain.PlainFanout(counters)
