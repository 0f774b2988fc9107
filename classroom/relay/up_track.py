"""One published track, or one layer of it: packets come in any order, leave at once; what is missing is asked for.

A source (an SSRC's unbroken run of numbers in one codec) is forwarded from its first key frame on: what comes before is
held for a moment, because the first packet of that key frame may be the one that has to be repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from classroom.relay.counters import Counters
from classroom.relay.description import REPAIRED_RID, RID, Codec, TrackDescription
from classroom.relay.form import IN_RED, PLAIN
from classroom.relay.lipsync import Moment, PublisherClock
from classroom.relay.outlet import Outlet
from classroom.rtp import h264, header, red, rtx, vp8
from classroom.rtp.gaps import GapTracker
from classroom.rtp.reception import Reception
from classroom.rtp.reports import ReportBlock, SenderReport
from classroom.rtp.sequence import nearest

# RFC 3550 A.1: a number outside these is a restart if the next one follows it, else a stray.
MAX_DROPOUT = 3000
MAX_MISORDER = 1000

# Packets held until the first key frame is there: one second and a bit of a full picture.
MAX_HELD = 256

# Another SSRC replaces the track's own one after this much silence (seconds).
SILENCE = 1.0


class Arrival(NamedTuple):
    """A packet with what was found in it; without a codec, it carries nothing for viewers."""

    packet: bytes
    start: int
    end: int
    codec: Codec | None
    key: bool
    descriptor: vp8.Descriptor | None
    kind: int = PLAIN


class UpTrack:
    """`receive` and `receive_repair` raise ValueError for malformed packets. `on_begin` is called with `now` right
    before a source's first packet leaves. `rid` is the layer's, empty for a track without layers."""

    __slots__ = (
        "_clock",
        "_counters",
        "_given_up",
        "_held",
        "_reception",
        "_repaired",
        "_reported",
        "_started",
        "_suspect",
        "description",
        "gaps",
        "moment",
        "on_begin",
        "rid",
        "ssrc",
        "stream",
    )

    def __init__(
        self,
        description: TrackDescription,
        stream: Outlet,
        clock: PublisherClock,
        counters: Counters,
        on_begin: Callable[[float], None],
        rid: str = "",
    ) -> None:
        self.description = description
        self.rid = rid
        self.stream = stream
        self.ssrc: int | None = None
        self.moment = float("-inf")
        self._clock = clock
        self._counters = counters
        self.on_begin = on_begin
        self._restart(0)

    def _restart(self, first: int) -> None:
        self.gaps = GapTracker(first)
        self._reception = Reception(self._clock_rate(), first)
        self._given_up = 0
        self._held: dict[int, Arrival] = {}
        self._started: Codec | None = None
        self._suspect: int | None = None
        self._reported: tuple[int, Moment] | None = None
        self._repaired = 0

    def _clock_rate(self) -> int:
        return next(iter(self.description.codecs.values())).clock_rate

    def is_meant(self, elements: Mapping[int, bytes]) -> bool:
        """Whether a packet with these header extensions is of this layer, repaired or not."""
        named = [self.description.extension(uri) for uri in (RID, REPAIRED_RID)]
        return not self.rid or self.rid.encode() in [elements.get(number) for number in named if number is not None]

    def adopt(self, ssrc: int, first: int, now: float) -> bool:
        """Take an SSRC as this track's own, starting at sequence number `first`; False while another one is flowing."""
        if self.ssrc is not None and now - self.moment < SILENCE:
            return False
        self.ssrc = ssrc
        # One round up, so that a reordered start does not go below zero.
        self._restart(first + 0x10000)
        return True

    def release(self) -> None:
        """The source said goodbye: the next SSRC need not wait."""
        self.moment = float("-inf")

    def receive(self, packet: bytes, now: float) -> None:
        start, end = header.payload_bounds(packet)
        number = self._number(header.sequence(packet))
        if number is None:
            self._counters.dropped_jump += 1
            return
        self._reception.add(number, header.timestamp(packet), now)
        self._accept(number, packet, start, end, now)

    def receive_repair(self, packet: bytes, now: float) -> None:
        """A packet of the retransmission stream (RFC 4588)."""
        payload_type = self.description.rtx[header.payload_type(packet)]
        if self.ssrc is None:
            return
        original = rtx.unwrap(packet, payload_type, self.ssrc)
        number = nearest(header.sequence(original), self.gaps.newest)
        self._accept(number, original, header.HEADER_LENGTH, len(original), now, repair=True)

    def _number(self, sequence: int) -> int | None:
        number = nearest(sequence, self.gaps.newest)
        if -MAX_MISORDER < number - self.gaps.newest < MAX_DROPOUT:
            self._suspect = None
            return number
        if sequence != self._suspect:
            self._suspect = (sequence + 1) & 0xFFFF
            return None
        self._restart(sequence + 0x10000)
        return sequence + 0x10000

    def _accept(self, number: int, packet: bytes, start: int, end: int, now: float, repair: bool = False) -> None:
        if repair and not self.gaps.is_missing(number):
            self._counters.dropped_duplicate += 1
            return
        if not self.gaps.arrived(number, now):
            self._counters.dropped_duplicate += 1
            return
        self.moment = now
        arrival = self._examine(number, packet, start, end)
        if self._started is not None and arrival.codec in (None, self._started):
            self._forward(number, arrival, now)
        elif self._started is None or number == self.gaps.newest:
            self._hold(number, arrival, now)
        else:
            self._counters.dropped_late += 1

    def _examine(self, number: int, packet: bytes, start: int, end: int) -> Arrival:
        payload_type = header.payload_type(packet)
        if payload_type == self.description.red:
            return self._examine_red(packet, start, end)
        codec = self.description.codecs.get(payload_type)
        if end - start > header.MAX_PACKET - header.HEADER_LENGTH:
            self._counters.dropped_oversized += 1
            codec = None
        if codec is None or start == end:
            return Arrival(packet, start, end, None, False, None)
        try:
            key, descriptor = self._find_key(number, codec, packet, start, end)
        except ValueError:
            self._counters.dropped_malformed += 1
            return Arrival(packet, start, end, None, False, None)
        return Arrival(packet, start, end, codec, key, descriptor)

    def _examine_red(self, packet: bytes, start: int, end: int) -> Arrival:
        try:
            red.primary(packet[: header.HEADER_LENGTH] + packet[start:end])
        except ValueError:
            self._counters.dropped_malformed += 1
            return Arrival(packet, start, end, None, False, None)
        codec = next(iter(self.description.codecs.values()))
        return Arrival(packet, start, end, codec, True, None, IN_RED)

    def _find_key(
        self, number: int, codec: Codec, packet: bytes, start: int, end: int
    ) -> tuple[bool, vp8.Descriptor | None]:
        if codec.name == "vp8":
            descriptor = vp8.parse(packet, start, end)
            return descriptor.key, descriptor
        if codec.name == "h264":
            begun = h264.starts(packet, start, end)
            # Encoders put SPS right before IDR: while the packet before an IDR is missing, it may be the SPS.
            return h264.SPS in begun or (h264.IDR in begun and not self.gaps.is_missing(number - 1)), None
        return True, None

    def _hold(self, number: int, arrival: Arrival, now: float) -> None:
        self._started = None
        self._held[number] = arrival
        if arrival.key:
            self._begin(number, arrival, now)
            return
        self.stream.key_frames.ask(now)
        if len(self._held) > MAX_HELD:
            del self._held[min(self._held)]
            self._counters.dropped_before_key_frame += 1

    def _begin(self, first: int, arrival: Arrival, now: float) -> None:
        assert arrival.codec is not None
        self._started = arrival.codec
        self.on_begin(now)
        self.stream.begin(arrival.codec, first, arrival.packet, arrival.descriptor, now)
        held, self._held = self._held, {}
        for number in sorted(held):
            if number >= first and held[number].codec in (None, self._started):
                self._forward(number, held[number], now)
            else:
                self._counters.dropped_before_key_frame += 1
        self._align()

    def _forward(self, number: int, arrival: Arrival, now: float) -> None:
        packet, start, end, codec, key, descriptor, kind = arrival
        if codec is None:
            self.stream.leave_out(number, packet, now)
        else:
            self.stream.write(number, packet, start, end, key, descriptor, now, kind)

    def on_sender_report(self, report: SenderReport, now: float) -> None:
        self._reception.on_sender_report(report.ntp, now)
        if report.ntp:
            self._reported = report.rtp, self._clock.moment(report.ntp, now)
            self._align()

    def _align(self) -> None:
        """Tie the viewers' timestamps to our clock by the publisher's last report."""
        if self._started is not None and self._reported is not None:
            self.stream.align(*self._reported)

    def due_nacks(self, now: float) -> list[int]:
        """Numbers to ask for now. What was given up makes a picture's viewers need a key frame."""
        due = self.gaps.due(now)
        self._counters.nacked_upstream += len(due)
        self._counters.repaired_upstream += self.gaps.repaired - self._repaired
        self._repaired = self.gaps.repaired
        lost = self.gaps.given_up - self._given_up
        if lost:
            self._given_up = self.gaps.given_up
            self._counters.lost_upstream += lost
            if self.description.kind == "video":
                self.stream.key_frames.ask(now)
        return due

    def report_block(self, now: float) -> ReportBlock | None:
        """None before the first packet."""
        if self.ssrc is None or self.moment == float("-inf"):
            return None
        return self._reception.block(self.ssrc, now)
