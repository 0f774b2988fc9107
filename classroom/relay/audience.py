"""Who hears a stream right now, as tables for the fan-out: made anew only when somebody came, went or moved."""

from __future__ import annotations

from typing import Protocol

from classroom.relay.fanout import Fanout, Row, Table
from classroom.relay.form import Form
from classroom.rtp import header, vp8

# Below that many viewers, a system call for them alone costs more than what they share.
WORTH_A_TABLE = 8


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
    """Most get a packet in the one form that their layer has; those who have come from another layer have a form of
    their own each, and are sent to together all the same."""

    __slots__ = ("_apart", "_changed", "_fanout", "_forms", "_shared", "_vp8", "listeners")

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._changed = False
        self._shared: list[tuple[Form, Table]] = []
        self._apart: Table | None = None
        self._forms: list[tuple[Row, Form]] = []
        self._vp8 = False
        # A dict keeps the order of joining.
        self.listeners: dict[Listener, None] = {}

    def changed(self) -> None:
        """Forget the tables before the next packet: rows in them may point to a context that is about to be freed."""
        self._fanout.flush()
        self._changed = True
        self._shared, self._apart, self._forms = [], None, []

    def send(self, packet: bytes, number: int) -> None:
        """A canonical packet and its unwrapped number: dressed once for all who get it in the same form."""
        if self._changed:
            self._tabulate()
        for form, table in self._shared:
            dressed = form.dress(packet, number)
            if dressed is not None:
                self._fanout.send(table, dressed)
        if self._apart is not None:
            self._send_apart(self._apart, packet, number)

    def _send_apart(self, table: Table, packet: bytes, number: int) -> None:
        filled = self._vp8 and len(packet) > header.HEADER_LENGTH
        found = vp8.parse(packet, header.HEADER_LENGTH, len(packet)) if filled else None
        dressed = {row: one for row, form in self._forms if (one := form.dress(packet, number, found)) is not None}
        self._fanout.send_each(table, dressed)

    def catch_up(self, row: Row, packets: list[bytes]) -> None:
        """What one line has missed, already in its form."""
        self._fanout.send_to(row, packets)

    def _tabulate(self) -> None:
        groups: dict[Form, list[Row]] = {}
        for listener in self.listeners:
            row = listener.row
            if row is not None:
                groups.setdefault(listener.form, []).append(row)
        shared = {form: rows for form, rows in groups.items() if form.shift is None or len(rows) >= WORTH_A_TABLE}
        self._shared = [(form, self._fanout.table(rows)) for form, rows in shared.items()]
        self._forms = [(row, form) for form, rows in groups.items() if form not in shared for row in rows]
        self._apart = self._fanout.table([row for row, _ in self._forms]) if self._forms else None
        self._vp8 = any(form.vp8 for _, form in self._forms)
        self._changed = False
