"""The numbers of one line, unbroken while it changes from stream to stream: which packet of which stream bears which
number, in which form.

A span is a stretch of the line's numbers that one stream fills. Each begins one number after the last that was sent, at
a timestamp as much later as the clock says, and with VP8 at the next picture. The last spans stay for repairs.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from classroom.relay.form import Form, Shift
from classroom.relay.stream import SlotStream
from classroom.rtp import header, vp8
from classroom.rtp.sequence import nearest, signed_distance

# What falls out of these is older than any history holds, unless a line changes three times a second.
REMEMBERED = 8

# The least step of time across a seam, in seconds.
MIN_STEP = 0.001

_MASK32 = 0xFFFFFFFF


class Span(NamedTuple):
    first: int
    stream: SlotStream
    form: Form

    @property
    def moved(self) -> int:
        return self.form.shift.number if self.form.shift else 0


class Tail(NamedTuple):
    """Where a line stopped: its last number, timestamp and picture, and the timestamp that stands for `moment`."""

    number: int
    timestamp: int
    picture: int
    tl0: int
    stamp: int
    moment: float


class Spans:
    """`begin`, `end`, `begin` …; `ssrc` is what was announced for the line."""

    __slots__ = ("_open", "_spans", "_tail", "ssrc")

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self._open = False
        self._tail: Tail | None = None
        self._spans: deque[Span] = deque(maxlen=REMEMBERED)

    @property
    def newest(self) -> int:
        """The highest number sent, unwrapped; -1 before any."""
        if not self._open:
            return self._tail.number if self._tail else -1
        span = self._spans[-1]
        return max(span.first - 1, span.stream.canonical.newest + span.moved)

    def begin(self, stream: SlotStream, form: Form, first: int, now: float) -> Form:
        """From the stream's packet `first` on; the form with its shift, None for who has seen nothing else."""
        shift = None
        if self._tail is not None:
            shift = self._shift(self._tail, stream, first, now)
        elif stream.ssrc != self.ssrc:
            shift = Shift(self.ssrc, first, 0, 0, 0, 0)
        span = Span(first + (shift.number if shift else 0), stream, form._replace(shift=shift))
        self._spans.append(span)
        self._open = True
        return span.form

    def _shift(self, tail: Tail, stream: SlotStream, first: int, now: float) -> Shift:
        packet = stream.history.get(first, now)
        rate = stream.canonical.clock_rate
        moved = tail.stamp + round((now - tail.moment) * rate) - stream.stamp(now)
        begins = stream.canonical.timestamp if packet is None else header.timestamp(packet)
        # Sound begins with the packet after the newest, whose timestamp is later by itself.
        least = 0 if packet is None else round(MIN_STEP * rate)
        ahead = signed_distance((begins + moved) & _MASK32, tail.timestamp, 32)
        if ahead < least:
            moved += least - ahead
        picture, tl0 = _pictures(tail, stream, packet)
        return Shift(self.ssrc, first, tail.number + 1 - first, moved & _MASK32, picture, tl0)

    def reform(self, form: Form) -> Form:
        """The stream's codec changed, and with it the payload type: its history has been emptied before."""
        span = self._spans.pop()
        form = form._replace(shift=span.form.shift)
        self._spans.append(span._replace(form=form))
        return form

    def end(self, now: float) -> None:
        span, newest = self._spans[-1], self.newest
        canonical, shift = span.stream.canonical, span.form.shift or Shift(0, 0, 0, 0, 0, 0)
        self._tail = Tail(
            number=newest,
            timestamp=(canonical.timestamp + shift.timestamp) & _MASK32,
            picture=canonical.picture_id + shift.picture if canonical.picture_id >= 0 else -1,
            tl0=canonical.tl0picidx + shift.tl0 if canonical.tl0picidx >= 0 else -1,
            stamp=(span.stream.stamp(now) + shift.timestamp) & _MASK32,
            moment=now,
        )
        self._open = False

    def find(self, sequence: int, now: float) -> tuple[int, bytes | None]:
        """The unwrapped number, and the packet as it was sent under it if a history still has it."""
        number = nearest(sequence, self.newest)
        for span in reversed(self._spans):
            if number >= span.first:
                own = number - span.moved
                packet = span.stream.history.get(own, now)
                return number, None if packet is None else span.form.dress(packet, own)
        return number, None


def _pictures(tail: Tail, stream: SlotStream, packet: bytes | None) -> tuple[int, int]:
    if packet is None or stream.codec is None or stream.codec.name != "vp8":
        return 0, 0
    found = vp8.parse(packet, header.HEADER_LENGTH, len(packet))
    picture = (tail.picture + 1 - found.picture_id) & 0x7FFF if tail.picture >= 0 <= found.picture_id else 0
    tl0 = (tail.tl0 + 1 - found.tl0picidx) & 0xFF if tail.tl0 >= 0 <= found.tl0picidx else 0
    return picture, tl0
