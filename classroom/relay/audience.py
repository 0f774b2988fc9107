"""Who hears a stream right now, as tables for the fan-out: made anew only when somebody came, went or moved."""

from __future__ import annotations

from typing import Protocol

from classroom.relay.fanout import Fanout, Row, Table
from classroom.rtp import header


class Listener(Protocol):
    """A down-track, as its stream sees it. `row` is None while it must not be sent to."""

    @property
    def row(self) -> Row | None: ...

    @property
    def payload_type(self) -> int: ...

    def source_began(self, now: float) -> None:
        """Another codec may flow from here."""

    def key_frame_began(self, now: float) -> None: ...


class Audience:
    __slots__ = ("_changed", "_fanout", "_tables", "listeners")

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._changed = False
        self._tables: list[tuple[int, Table]] = []
        # A dict keeps the order of joining.
        self.listeners: dict[Listener, None] = {}

    def changed(self) -> None:
        """Forget the tables before the next packet: rows in them may point to a context that is about to be freed."""
        self._changed = True
        self._tables = []

    def send(self, packet: bytes) -> None:
        if self._changed:
            self._tabulate()
        for payload_type, table in self._tables:
            self._fanout.send(table, header.with_payload_type(packet, payload_type))

    def _tabulate(self) -> None:
        groups: dict[int, list[Row]] = {}
        for listener in self.listeners:
            row = listener.row
            if row is not None:
                groups.setdefault(listener.payload_type, []).append(row)
        self._tables = [(payload_type, self._fanout.table(rows)) for payload_type, rows in groups.items()]
        self._changed = False
