"""One kind of one slot, voice or picture: what is sent, what can be sent again, and from where a late viewer can
start."""

from __future__ import annotations

from classroom.relay.audience import Audience
from classroom.relay.budget import Budget
from classroom.relay.canonical import Canonical
from classroom.relay.counters import Counters
from classroom.relay.description import Codec, Kind
from classroom.relay.fanout import Fanout, Row
from classroom.relay.form import PLAIN, Form, Shift
from classroom.relay.key_frames import KeyFrameRequests
from classroom.relay.lipsync import Moment, Timeline
from classroom.rtp import header, ntp, reports
from classroom.rtp.history import History
from classroom.rtp.vp8 import Descriptor

# Packets and seconds that stay for repairs. More than 1024 would fall out of the SRTP context's window (aiortc's
# policy).
HISTORY = {"audio": 256, "video": 1024}
HISTORY_AGE = 3.0

# A late viewer starts from the last key frame if it is this young and this few packets ago (some 280 KB at once),
# else from the next one: a longer burst would choke a thin link, a request costs all viewers one key frame.
REPLAY_AGE = 2.5
REPLAY_PACKETS = 256

# Who changes from one stream to another goes back in time by no more than this: hers goes on until then.
CHANGE_AGE = 0.1

# Sender reports are built once for all viewers that are due together (seconds).
_REPORT_SHARED = 0.25

_RATE_WINDOW = 1.0


# A stream flows for so long after its last packet; a layer is wanted for so long after somebody wished for it, since a
# publisher that was held back climbs by a few percent a second only (seconds).
FLOWS = 1.5
WANTED = 30.0


class SlotStream:
    """`name` as in "teacher video", `layer` as in `description.LAYERS`; `codec` is None until somebody publishes, and
    stays when she leaves. `packets` and `octets` are totals; `kbps` is that of the last second."""

    __slots__ = (
        "_counters",
        "_key_moment",
        "_key_number",
        "_key_timestamp",
        "_measured_at",
        "_measured_octets",
        "_replays",
        "_report",
        "_reported_at",
        "_wished_at",
        "audience",
        "canonical",
        "cname",
        "codec",
        "history",
        "kbps",
        "key_frames",
        "kind",
        "layer",
        "name",
        "octets",
        "packets",
        "rtx_ssrc",
        "timeline",
    )

    def __init__(
        self,
        name: str,
        kind: Kind,
        ssrcs: tuple[int, int],
        fanout: Fanout,
        counters: Counters,
        replays: Budget,
        layer: str = "f",
    ) -> None:
        ssrc, self.rtx_ssrc = ssrcs
        self.name = name
        self.layer = layer
        self.kind: Kind = kind
        self.cname = name.split()[0]
        self.codec: Codec | None = None
        self.canonical = Canonical(ssrc, 90000 if kind == "video" else 48000)
        self.history = History(HISTORY[kind], HISTORY_AGE)
        self.audience = Audience(fanout)
        self.key_frames = KeyFrameRequests()
        self.timeline = Timeline()
        self.packets = self.octets = self._measured_octets = 0
        self.kbps = self._measured_at = 0.0
        self._counters = counters
        self._replays = replays
        self._key_number: int | None = None
        self._key_timestamp = 0
        self._key_moment = float("-inf")
        self._report, self._reported_at = b"", float("-inf")
        self._wished_at = float("-inf")

    @property
    def ssrc(self) -> int:
        return self.canonical.ssrc

    def flowing(self, now: float) -> bool:
        return self.canonical.moment is not None and now - self.canonical.moment <= FLOWS

    def wish(self, now: float) -> None:
        """Somebody would take this layer if it were there."""
        self._wished_at = now

    def wanted(self, now: float) -> bool:
        """Whether anybody takes it, waits for it, or wished for it lately."""
        if self.audience.listeners:
            self._wished_at = now
        return now - self._wished_at <= WANTED

    def stamp(self, now: float) -> int:
        """The timestamp that stands for `now`."""
        arrived = now if self.canonical.moment is None else self.canonical.moment
        return self.timeline.timestamp(now, self.canonical.clock_rate, self.canonical.timestamp, arrived)

    def begin(self, codec: Codec, number: int, packet: bytes, descriptor: Descriptor | None, now: float) -> None:
        """A new source begins with this packet (which the caller writes next); for video it begins a key frame."""
        if codec != self.codec:
            # What was sent under another payload type must never be sent again under the new one.
            self.history.clear()
            self._forget_key()
        self.codec = codec
        self.timeline.forget()
        self.canonical.begin(number, packet, descriptor, now, codec.clock_rate)
        for listener in tuple(self.audience.listeners):
            listener.source_began(now)

    def align(self, timestamp: int, moment: Moment) -> None:
        """The source's `timestamp` stands for this moment on its clock."""
        self.timeline.set((timestamp + self.canonical.timestamp_offset) & 0xFFFFFFFF, moment)

    def write(
        self,
        number: int,
        packet: bytes,
        start: int,
        end: int,
        key: bool,
        descriptor: Descriptor | None,
        now: float,
        kind: int = PLAIN,
    ) -> None:
        """Send a publisher's packet to all viewers. `key`: a key frame begins in it. `kind` as in `form`."""
        rewritten = self.canonical.rewrite(number, packet, start, end, descriptor, now, kind)
        if rewritten is None or not self.history.store(*rewritten, now):
            self._counters.dropped_late += 1
            return
        mapped, outgoing = rewritten
        self.packets += 1
        self.octets += end - start
        self.audience.send(outgoing, mapped)
        if key and self.kind == "video":
            self._mark_key(mapped, header.timestamp(outgoing), now)

    def leave_out(self, number: int, packet: bytes, now: float) -> None:
        """The packet carries nothing: viewers' numbers close up over it. Too late for that, an empty one takes its
        place, since viewers ask for the number that they miss."""
        self._counters.left_out_padding += 1
        if not self.canonical.leave_out(number):
            self.write(number, packet, header.HEADER_LENGTH, header.HEADER_LENGTH, False, None, now)

    def _mark_key(self, mapped: int, timestamp: int, now: float) -> None:
        if self._key_number is not None and timestamp == self._key_timestamp:
            self._key_number = min(self._key_number, mapped)
        elif self._key_number is None or mapped > self._key_number:
            self._key_number, self._key_timestamp, self._key_moment = mapped, timestamp, now
            self.key_frames.arrived(now)
        for listener in tuple(self.audience.listeners):
            listener.key_frame_began(now)

    def _forget_key(self) -> None:
        self._key_number = None

    def start(self, now: float, max_age: float = REPLAY_AGE) -> int | None:
        """The number from which a viewer can start now; call `replay` with it. None if the last key frame is too old,
        too long ago, or too many ask."""
        if self.kind == "audio":
            return self.canonical.newest + 1
        first = self._key_number
        if first is None or now - self._key_moment > max_age or self.history.newest - first >= REPLAY_PACKETS:
            return None
        if not self._replays.take(self.history.newest - first + 1, now):
            self._counters.replays_refused += 1
            return None
        return first

    def replay(self, first: int, row: Row, form: Form) -> None:
        """Everything from `first` on, as the line gets it."""
        if self.kind == "audio":
            return
        dressed = [form.dress(packet, number) for number, packet in self.history.since(first)]
        packets = [packet for packet in dressed if packet is not None]
        self.audience.catch_up(row, packets)
        self._counters.replayed += len(packets)
        self._counters.key_frames_replayed += 1

    def sender_report(self, now: float, shift: Shift | None, cname: str) -> bytes | None:
        """Sender report and CNAME; the same bytes for all viewers without a shift within a quarter of a second. None
        before any packet."""
        if self.canonical.moment is None:
            return None
        if shift is not None:
            return self._build_report(now, shift.ssrc, shift.timestamp, cname)
        if now - self._reported_at > _REPORT_SHARED:
            self._report, self._reported_at = self._build_report(now, self.ssrc, 0, cname), now
        return self._report

    def _build_report(self, now: float, ssrc: int, moved: int, cname: str) -> bytes:
        timestamp = (self.stamp(now) + moved) & 0xFFFFFFFF
        report = reports.SenderReport(ssrc, ntp.from_unix(now), timestamp, self.packets, self.octets)
        name = reports.SourceDescription(ssrc, cname)
        return reports.build_sender_report(report) + reports.build_source_description(name)

    def tick(self, now: float) -> None:
        elapsed = now - self._measured_at
        if elapsed >= _RATE_WINDOW:
            self.kbps = (self.octets - self._measured_octets) * 8 / 1000 / elapsed
            self._measured_at, self._measured_octets = now, self.octets
