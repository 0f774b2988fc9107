"""One line of one viewer: which stream it follows, when it may be sent to, and what is sent to it again.

    state          leaves for        when
    DISCONNECTED   (settle)          the link has a context and an address
    HELD           (settle)          it is aimed at a stream again: the line carries it
    SILENT         (settle)          somebody publishes
    UNSUPPORTED    (settle)          a codec flows that the viewer takes
    WAITING        LIVE              a picture's key frame begins, or the last one could be replayed
    LIVE           DISCONNECTED      the link is gone
                   HELD              it is aimed at nothing
                   UNSUPPORTED       a codec flows that the viewer does not take

`settle` chooses among all of them by looking at link, aim, codec and start, in that order; nothing else sets the state.
Aimed at another stream, a live line goes on with the old one until the new one's key frame.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from enum import Enum

from classroom.relay.budget import Budget
from classroom.relay.counters import Counters
from classroom.relay.description import Codec, LineDescription
from classroom.relay.fanout import Row
from classroom.relay.form import Form
from classroom.relay.link import Link
from classroom.relay.spans import Spans
from classroom.relay.stream import CHANGE_AGE, REPLAY_AGE, SlotStream
from classroom.rtp import ntp, rtx
from classroom.rtp.reports import ReportBlock

# Repairs for one line: a viewer that loses half of a full picture is within it; a storm is not.
REPAIR_RATE = 200
REPAIR_BURST = 200

# A repair that was just sent is not sent again within this or the round trip (seconds); so many are remembered.
REPEAT_AFTER = 0.015
REMEMBERED = 256

# Numbers that count as asked for in one report; who sends no reports must not fill the memory.
MOST_ASKED = 4096

# Of a voice that was too much for the line, the last half second is still sent again.
RECENT_WORDS = 25


class DownState(Enum):
    DISCONNECTED = "disconnected"
    HELD = "held"
    SILENT = "silent"
    UNSUPPORTED = "unsupported"
    WAITING = "waiting"
    LIVE = "live"


class Tap:
    """A line's hold on one stream (`audience.Listener`)."""

    __slots__ = ("_track", "form", "row", "stream")

    def __init__(self, track: DownTrack, stream: SlotStream) -> None:
        self.stream = stream
        self.form = Form(0)
        self.row: Row | None = None
        self._track = track
        stream.audience.listeners[self] = None

    def source_began(self, now: float) -> None:
        self._track.source_began(self, now)

    def key_frame_began(self, now: float) -> None:
        self._track.key_frame_began(self, now)

    def flow(self, row: Row | None) -> None:
        self.row = row
        self.stream.audience.changed()

    def let_go(self) -> None:
        self.flow(None)
        self.stream.audience.listeners.pop(self, None)


class DownTrack:
    """`home` is the stream whose SSRC was announced for the line. `loss`, `jitter` (seconds) and `round_trip` (seconds)
    are those of the viewer's last report on this line."""

    __slots__ = (
        "_answered",
        "_asked",
        "_before",
        "_connected",
        "_counters",
        "_floor",
        "_link",
        "_live",
        "_missed",
        "_new_missed",
        "_newest_at_look",
        "_newest_at_report",
        "_next",
        "_redundant",
        "_repairs",
        "_rtx_number",
        "_second_chance",
        "_spans",
        "_urgent",
        "home",
        "jitter",
        "line",
        "loss",
        "round_trip",
        "state",
    )

    def __init__(self, line: LineDescription, home: SlotStream, link: Link, counters: Counters) -> None:
        self.line = line
        self.home = home
        self.state = DownState.DISCONNECTED
        self.loss = self.jitter = 0.0
        self.round_trip: float | None = None
        self._link = link
        self._counters = counters
        self._connected: Row | None = None
        self._spans = Spans(home.ssrc)
        self._live: Tap | None = None
        self._next: Tap | None = None
        self._urgent = self._redundant = True
        self._before = self._floor = -1
        self._second_chance = True
        self._asked: set[int] = set()
        self._missed: dict[int, None] = {}
        self._new_missed = 0
        self._newest_at_report = self._newest_at_look = -1
        self._answered: dict[int, float] = {}
        self._repairs = Budget(REPAIR_RATE, REPAIR_BURST)
        self._rtx_number = random.randrange(1 << 15)

    @property
    def stream(self) -> SlotStream:
        """What it shows, else what it is aimed at, else its home."""
        tap = self._live or self._next
        return tap.stream if tap else self.home

    @property
    def aim(self) -> SlotStream | None:
        tap = self._next or self._live
        return tap.stream if tap else None

    def is_changing(self, now: float) -> bool:
        """Aimed at a stream that flows and that it does not show yet."""
        waits = self.state in (DownState.LIVE, DownState.WAITING)
        return waits and self._next is not None and self._next.stream.flowing(now)

    def is_calm(self, now: float) -> bool:
        """Nothing was missed since `missed` was asked, and what flowed goes on."""
        if self._new_missed or (self._next is not None and self._next.stream.codec is not None):
            return False
        return self._live is None or self._live.stream.kind == "audio" or self._live.stream.flowing(now)

    def follow(self, stream: SlotStream | None, now: float, urgent: bool = True) -> None:
        """Aim at a stream, None: at nothing. Without hurry it waits for a key frame that others need too; in a hurry
        the line is full, and what it missed of what will be replaced is not sent again."""
        if stream is self.aim:
            if self._next is not None:
                self._settle(now)
            return
        self._urgent = urgent
        if urgent and self._live is not None:
            self._before = self._spans.newest
            self._floor = self._before - (RECENT_WORDS if self.home.kind == "audio" else 0)
        if self._next is not None:
            self._next.let_go()
            self._next = None
        if stream is None:
            self._stop(now)
        elif self._live is None or self._live.stream is not stream:
            self._next = Tap(self, stream)
        self._settle(now)

    def repeat_sound(self, wanted: bool, now: float) -> None:
        """Whether sound goes out inside RED, where both sides have it: twice the bits against loss."""
        before, self._redundant = self._red, wanted
        if self._live is not None and self._red != before:
            self._begin_again(now)
            self._settle(now)

    def connect(self, row: Row | None, now: float) -> None:
        """The link's row for the fan-out; None when it is gone."""
        self._connected = row
        if self._live is not None:
            if row is None:
                self._begin_again(now)
            else:
                self._live.flow(row)
        self._settle(now)

    def close(self, now: float) -> None:
        self.connect(None, now)
        self.follow(None, now)

    def source_began(self, tap: Tap, now: float) -> None:
        if tap is self._live and tap.stream.codec is not None:
            form = self._form(tap.stream.codec)
            if form is None:
                self._begin_again(now)
            else:
                tap.form = self._spans.reform(form)
                tap.stream.audience.changed()
        self._settle(now)

    def key_frame_began(self, tap: Tap, now: float) -> None:
        if tap is self._next:
            self._settle(now)

    @property
    def _red(self) -> int | None:
        return self.line.red if self._redundant else None

    def _form(self, codec: Codec) -> Form | None:
        payload_type = self.line.payload_type(codec)
        return None if payload_type is None else Form(payload_type, self._red, codec.name == "vp8")

    def _stop(self, now: float) -> None:
        if self._live is not None:
            self._spans.end(now)
            self._live.let_go()
            self._live = None

    def _begin_again(self, now: float) -> None:
        """What it shows has to be started anew."""
        assert self._live is not None
        stream = self._live.stream
        self._stop(now)
        if self._next is None:
            self._next = Tap(self, stream)

    def _settle(self, now: float) -> None:
        if self._next is not None and self._connected is not None:
            self._start(self._next, now)
        self.state = self._state()

    def _state(self) -> DownState:
        if self._connected is None:
            return DownState.DISCONNECTED
        if self._live is not None:
            return DownState.LIVE
        if self._next is None:
            return DownState.HELD
        codec = self._next.stream.codec
        if codec is None:
            return DownState.SILENT
        return DownState.WAITING if self._form(codec) else DownState.UNSUPPORTED

    def _start(self, tap: Tap, now: float) -> None:
        stream = tap.stream
        form = self._form(stream.codec) if stream.codec is not None else None
        if form is None:
            return
        first = stream.start(now, REPLAY_AGE if self._spans.newest < 0 else CHANGE_AGE)
        if first is None:
            if self._urgent:
                stream.key_frames.need()
            else:
                stream.key_frames.hope()
            return
        self._stop(now)
        tap.form = self._spans.begin(stream, form, first, now)
        self._next, self._live = None, tap
        stream.replay(first, self._connected, tap.form)
        tap.flow(self._connected)

    def repair(self, sequences: Sequence[int], now: float) -> None:
        """Answer a NACK from the history, with exactly the bytes sent before: under GCM another header for a number
        used would reuse its nonce (RFC 7714 8.1)."""
        if self._connected is None:
            return
        for at, sequence in enumerate(sequences):
            if not self._repairs.take(1, now):
                # Nothing of the rest either: a storm must not cost more than what it gets.
                self._counters.repairs_refused += len(sequences) - at
                return
            number, packet = self._spans.find(sequence, now)
            if number <= self._floor:
                self._counters.repairs_outdated += 1
                continue
            if number > self._before:
                self._note(number)
            if packet is None:
                self._counters.repairs_missing += 1
            elif self._may_repeat(number, now):
                self._send_again(packet)

    def _note(self, number: int) -> None:
        """Each number counts once as missed, however often it is asked for."""
        if len(self._asked) < MOST_ASKED:
            self._asked.add(number)
        if number not in self._missed:
            self._missed[number] = None
            self._new_missed += 1
            if len(self._missed) > 2 * REMEMBERED:
                del self._missed[next(iter(self._missed))]

    def _may_repeat(self, number: int, now: float) -> bool:
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
        repair_type = self.line.rtx.get(packet[1] & 0x7F)
        if repair_type is None:
            self._link.send_rtp(packet)
        else:
            self._rtx_number += 1
            self._link.send_rtp(rtx.wrap(packet, repair_type, self._rtx_number, self.home.rtx_ssrc))
        self._counters.repairs_sent += 1

    def ask_key_frame(self, now: float) -> None:
        """A viewer that has reported nothing yet has missed its start: it gets that again, once, if it is still young.
        All others need a new key frame, since SRTP drops what it has seen."""
        if self._live is None:
            return
        stream = self._live.stream
        unheard, self._second_chance = self._second_chance, False
        first = stream.start(now) if unheard else None
        if first is None:
            stream.key_frames.ask(now)
        else:
            stream.replay(first, self._connected, self._live.form)

    def sender_report(self, now: float) -> bytes | None:
        if self._live is None:
            return None
        return self._live.stream.sender_report(now, self._live.form.shift, self.home.cname)

    def missed(self) -> tuple[int, int]:
        """Packets sent since the last answer, and asked for again."""
        newest, missed = self._spans.newest, self._new_missed
        sent = newest - self._newest_at_look if self._newest_at_look >= 0 else 0
        self._newest_at_look, self._new_missed = newest, 0
        return max(0, sent), missed

    def on_report(self, block: ReportBlock, now: float) -> None:
        """Repairs on the media SSRC hide loss from reports, so requests count as loss too."""
        newest = self._spans.newest
        sent = newest - self._newest_at_report if self._newest_at_report >= 0 else 0
        asked = len(self._asked) / sent if sent > 0 else 0.0
        self.loss = min(1.0, max(block.fraction_lost / 256, asked))
        self.jitter = block.jitter / self.stream.canonical.clock_rate
        self.round_trip = ntp.round_trip(now, block.lsr, block.dlsr)
        self._second_chance = False
        self._asked.clear()
        self._newest_at_report = newest
