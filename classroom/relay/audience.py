"""Who hears a stream right now, as tables for the fan-out: made anew only when somebody came, went or moved."""

from __future__ import annotations

from typing import Protocol

from classroom.relay.fanout import Fanout, Row, Table
from classroom.relay.form import Form


class Listener(Protocol):
    """One line's hold on the stream. `row` is None while it must not be sent to."""

    @property
    def row(self) -> Row | None: ...

    @property
    def form(self) -> Form: ...

    def source_began(self, now: float) -> None:
        """Another codec may flow from here."""

    def key_frame_began(self, now: float) -> None: ...


class Audience:
    __slots__ = ("_changed", "_fanout", "_tables", "listeners")

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._changed = False
        self._tables: list[tuple[Form, Table]] = []
        # A dict keeps the order of joining.
        self.listeners: dict[Listener, None] = {}

    def changed(self) -> None:
        """Forget the tables before the next packet: rows in them may point to a context that is about to be freed."""
        self._fanout.flush()
        self._changed = True
        self._tables = []

    def send(self, packet: bytes, number: int) -> None:
        """A canonical packet and its unwrapped number: dressed once for all who get it in the same form."""
        if self._changed:
            self._tabulate()
        for form, table in self._tables:
            dressed = form.dress(packet, number)
            if dressed is not None:
                self._fanout.send(table, dressed)

    def catch_up(self, row: Row, packets: list[bytes]) -> None:
        """What one line has missed, already in its form."""
        self._fanout.send_to(row, packets)

    def _tabulate(self) -> None:
        groups: dict[Form, list[Row]] = {}
        for listener in self.listeners:
            row = listener.row
            if row is not None:
                groups.setdefault(listener.form, []).append(row)
        self._tables = [(form, self._fanout.table(rows)) for form, rows in groups.items()]
        self._changed = False
