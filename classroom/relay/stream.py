"""One kind of one slot, voice or picture: what is sent, what can be sent again, and from where a late viewer can
start."""

from __future__ import annotations

from collections.abc import Callable

from classroom.relay.audience import Audience
from classroom.relay.budget import Budget
from classroom.relay.canonical import Canonical
from classroom.relay.counters import Counters
from classroom.relay.description import Codec, Kind
from classroom.relay.fanout import Fanout
from classroom.relay.key_frames import KeyFrameRequests
from classroom.relay.lipsync import Timeline
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

# Sender reports are built once for all viewers that are due together (seconds).
_REPORT_SHARED = 0.25

_RATE_WINDOW = 1.0


class SlotStream:
    """`name` as in "teacher video"; `codec` is None until somebody publishes, and stays when she leaves.
    `packets` and `octets` are totals; `kbps` is that of the last second."""

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
        "audience",
        "canonical",
        "cname",
        "codec",
        "history",
        "kbps",
        "key_frames",
        "kind",
        "name",
        "octets",
        "packets",
        "rtx_ssrc",
        "timeline",
    )

    def __init__(
        self, name: str, kind: Kind, ssrcs: tuple[int, int], fanout: Fanout, counters: Counters, replays: Budget
    ) -> None:
        ssrc, self.rtx_ssrc = ssrcs
        self.name = name
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

    @property
    def ssrc(self) -> int:
        return self.canonical.ssrc

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

    def write(
        self, number: int, packet: bytes, start: int, end: int, key: bool, descriptor: Descriptor | None, now: float
    ) -> None:
        """Send a publisher's packet to all viewers. `key`: a key frame begins in it."""
        rewritten = self.canonical.rewrite(number, packet, start, end, descriptor, now)
        if rewritten is None or not self.history.store(*rewritten, now):
            self._counters.dropped_late += 1
            return
        mapped, outgoing = rewritten
        self.packets += 1
        self.octets += end - start
        self.audience.send(outgoing)
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

    def replay(self, send: Callable[[bytes], None], payload_type: int, now: float) -> bool:
        """Send everything since the last key frame; False, and nothing sent, if it is too old, too long, or too many
        ask."""
        first = self._key_number
        if first is None or now - self._key_moment > REPLAY_AGE or self.history.newest - first >= REPLAY_PACKETS:
            return False
        if not self._replays.take(self.history.newest - first + 1, now):
            self._counters.replays_refused += 1
            return False
        for packet in self.history.since(first):
            send(header.with_payload_type(packet, payload_type))
            self._counters.replayed += 1
        self._counters.key_frames_replayed += 1
        return True

    def sender_report(self, now: float) -> bytes | None:
        """Sender report and CNAME; the same bytes for all viewers within a quarter of a second. None before any
        packet."""
        if self.canonical.moment is None:
            return None
        if now - self._reported_at > _REPORT_SHARED:
            self._report, self._reported_at = self._build_report(now, self.canonical.moment), now
        return self._report

    def _build_report(self, now: float, arrived: float) -> bytes:
        timestamp = self.timeline.timestamp(now, self.canonical.clock_rate, self.canonical.timestamp, arrived)
        report = reports.SenderReport(self.ssrc, ntp.from_unix(now), timestamp, self.packets, self.octets)
        name = reports.SourceDescription(self.ssrc, self.cname)
        return reports.build_sender_report(report) + reports.build_source_description(name)

    def tick(self, now: float) -> None:
        elapsed = now - self._measured_at
        if elapsed >= _RATE_WINDOW:
            self.kbps = (self.octets - self._measured_octets) * 8 / 1000 / elapsed
            self._measured_at, self._measured_octets = now, self.octets
