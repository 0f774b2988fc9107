"""One line of one viewer: when it may be sent to, and what is sent to it again.

    state          leaves for        when
    DISCONNECTED   (settle)          the link has a context and an address
    SILENT         (settle)          somebody publishes
    UNSUPPORTED    (settle)          a codec flows that the viewer takes
    WAITING        LIVE              a picture's key frame begins, or the last one could be replayed
    LIVE           DISCONNECTED      the link is gone
                   UNSUPPORTED       a codec flows that the viewer does not take

`settle` chooses among all of them by looking at link, codec and start, in that order; nothing else sets the state.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from enum import Enum

from classroom.relay.budget import Budget
from classroom.relay.counters import Counters
from classroom.relay.description import LineDescription
from classroom.relay.fanout import Row
from classroom.relay.link import Link
from classroom.relay.stream import SlotStream
from classroom.rtp import header, ntp, rtx
from classroom.rtp.reports import ReportBlock
from classroom.rtp.sequence import nearest

# Repairs for one line: a viewer that loses half of a full picture is within it; a storm is not.
REPAIR_RATE = 200
REPAIR_BURST = 200

# A repair that was just sent is not sent again within this or the round trip (seconds); so many are remembered.
REPEAT_AFTER = 0.015
REMEMBERED = 256


class DownState(Enum):
    DISCONNECTED = "disconnected"
    SILENT = "silent"
    UNSUPPORTED = "unsupported"
    WAITING = "waiting"
    LIVE = "live"


class DownTrack:
    """`loss`, `jitter` (seconds) and `round_trip` (seconds) are those of the viewer's last report on this line."""

    __slots__ = (
        "_answered",
        "_asked",
        "_connected",
        "_counters",
        "_link",
        "_packets_before",
        "_repairs",
        "_rtx_number",
        "_second_chance",
        "_started",
        "jitter",
        "line",
        "loss",
        "payload_type",
        "round_trip",
        "row",
        "state",
        "stream",
    )

    def __init__(self, line: LineDescription, stream: SlotStream, link: Link, counters: Counters) -> None:
        self.line = line
        self.stream = stream
        self.state = DownState.DISCONNECTED
        self.row: Row | None = None
        self.payload_type = 0
        self.loss = self.jitter = 0.0
        self.round_trip: float | None = None
        self._link = link
        self._counters = counters
        self._connected: Row | None = None
        self._started = False
        self._second_chance = True
        self._asked: set[int] = set()
        self._packets_before = 0
        self._answered: dict[int, float] = {}
        self._repairs = Budget(REPAIR_RATE, REPAIR_BURST)
        self._rtx_number = random.randrange(1 << 15)

    def connect(self, row: Row | None, now: float) -> None:
        """The link's row for the fan-out; None when it is gone."""
        self._connected = row
        self._settle(now)

    def source_began(self, now: float) -> None:
        self._settle(now)

    def key_frame_began(self, now: float) -> None:
        if self.state is DownState.WAITING:
            self._settle(now)

    def _settle(self, now: float) -> None:
        self.state = self._next_state(now)
        live = self.state is DownState.LIVE
        self.row = self._connected if live else None
        self.stream.audience.changed()

    def _next_state(self, now: float) -> DownState:
        if self._connected is None:
            self._started = False
            return DownState.DISCONNECTED
        if self.stream.codec is None:
            return DownState.SILENT
        payload_type = self.line.payload_type(self.stream.codec)
        if payload_type is None:
            self._started = False
            return DownState.UNSUPPORTED
        self.payload_type = payload_type
        if not self._started:
            self._started = self._start(now)
        return DownState.LIVE if self._started else DownState.WAITING

    def _start(self, now: float) -> bool:
        if self.stream.kind == "audio" or self.stream.replay(self._link.send_rtp, self.payload_type, now):
            return True
        self.stream.key_frames.ask(now)
        return False

    def repair(self, sequences: Iterable[int], now: float) -> None:
        """Answer a NACK from the history, with exactly the bytes sent before: under GCM another header for a number
        used would reuse its nonce (RFC 7714 8.1)."""
        if self.state is not DownState.LIVE:
            return
        for sequence in sequences:
            if not self._repairs.take(1, now):
                self._counters.repairs_refused += 1
                continue
            number = nearest(sequence, self.stream.history.newest)
            packet = self.stream.history.get(number, now)
            if packet is None:
                self._counters.repairs_missing += 1
            elif self._may_repeat(number, now):
                self._send_again(packet)

    def _may_repeat(self, number: int, now: float) -> bool:
        self._asked.add(number)
        before = self._answered.pop(number, None)
        if before is not None and now - before < max(REPEAT_AFTER, (self.round_trip or 0.0) / 2):
            self._answered[number] = before
            self._counters.repairs_repeated += 1
            return False
        self._answered[number] = now
        if len(self._answered) > REMEMBERED:
            del self._answered[next(iter(self._answered))]
        return True

    def _send_again(self, packet: bytes) -> None:
        repair_type = self.line.rtx.get(self.payload_type)
        if repair_type is None:
            self._link.send_rtp(header.with_payload_type(packet, self.payload_type))
        else:
            self._rtx_number += 1
            self._link.send_rtp(rtx.wrap(packet, repair_type, self._rtx_number, self.stream.rtx_ssrc))
        self._counters.repairs_sent += 1

    def ask_key_frame(self, now: float) -> None:
        """A viewer that has reported nothing yet has missed its start: it gets that again, once, if it is still young.
        All others need a new key frame, since SRTP drops what it has seen."""
        if self.state is not DownState.LIVE:
            return
        unheard, self._second_chance = self._second_chance, False
        if unheard and self.stream.replay(self._link.send_rtp, self.payload_type, now):
            return
        self.stream.key_frames.ask(now)

    def on_report(self, block: ReportBlock, now: float) -> None:
        """Repairs on the media SSRC hide loss from reports, so requests count as loss too."""
        sent = self.stream.packets - self._packets_before
        asked = len(self._asked) / sent if sent > 0 else 0.0
        self.loss = min(1.0, max(block.fraction_lost / 256, asked))
        self.jitter = block.jitter / self.stream.canonical.clock_rate
        self.round_trip = ntp.round_trip(now, block.lsr, block.dlsr)
        self._second_chance = False
        self._asked.clear()
        self._packets_before = self.stream.packets
