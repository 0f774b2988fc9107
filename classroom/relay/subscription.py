"""One viewer's session: its lines follow slots; its reports and requests are answered here."""

from __future__ import annotations

from classroom.relay.compound import messages_of
from classroom.relay.counters import Counters
from classroom.relay.description import LineDescription
from classroom.relay.down_track import DownState, DownTrack
from classroom.relay.fanout import Fanout
from classroom.relay.link import Link, Rights
from classroom.relay.quality import Quality
from classroom.relay.stream import SlotStream
from classroom.rtp import feedback, reports, rtcp

# A viewer aligns voice and picture by sender reports: one second is soon enough after the first.
REPORT_INTERVAL = 1.0


class Subscription:
    """`remb` is the viewer's last estimate of its line in bit/s, None before the first."""

    __slots__ = ("_by_ssrc", "_counters", "_fanout", "closed", "lines", "link", "remb", "ticket", "tracks")

    def __init__(self, link: Link, ticket: Rights, lines: list[LineDescription]) -> None:
        self.link = link
        self.ticket = ticket
        self.lines = lines
        self.closed = False
        self.remb: int | None = None
        self.tracks: list[DownTrack] = []
        self._by_ssrc: dict[int, DownTrack] = {}
        self._fanout: Fanout | None = None
        self._counters = Counters()

    def attach(self, streams: list[SlotStream], fanout: Fanout, counters: Counters, now: float) -> None:
        """`streams` in the order of `lines`."""
        self._fanout = fanout
        self._counters = counters
        for line, stream in zip(self.lines, streams, strict=True):
            track = DownTrack(line, stream, self.link, counters)
            stream.audience.listeners[track] = None
            self.tracks.append(track)
            self._by_ssrc[stream.ssrc] = track
        self.link_changed(now)

    def detach(self, now: float) -> None:
        self.closed = True
        for track in self.tracks:
            track.connect(None, now)
            track.stream.audience.listeners.pop(track, None)

    def link_changed(self, now: float) -> None:
        """The link connected, got another address, another SRTP context, or closed: call each time, before the old
        context is freed."""
        if self._fanout is None or self.closed:
            return
        row = self._fanout.row(self.link)
        for track in self.tracks:
            track.connect(row, now)
        if row is not None:
            self.report(now)

    def report(self, now: float) -> None:
        """Sender reports of all lines that flow, in one datagram."""
        live = [track.stream.sender_report(now) for track in self.tracks if track.state is DownState.LIVE]
        compound = b"".join(report for report in live if report is not None)
        if compound:
            self.link.send_rtcp(compound)

    def on_rtcp(self, packet: bytes, now: float) -> None:
        """One decrypted RTCP compound; malformed ones are dropped and counted."""
        for message in messages_of(packet, self._counters):
            self._hear(message, now)

    def _hear(self, message: rtcp.Message, now: float) -> None:
        match message:
            case reports.ReceiverReport(blocks=blocks) | reports.SenderReport(blocks=blocks):
                self._hear_blocks(blocks, now)
            case feedback.Nack(ssrc=ssrc, sequences=sequences):
                if ssrc in self._by_ssrc:
                    self._by_ssrc[ssrc].repair(sequences, now)
            case feedback.PictureLoss(ssrc=ssrc):
                self._ask_key_frame(ssrc, now)
            case feedback.FullIntraRequest(entries=entries):
                for ssrc, _ in entries:
                    self._ask_key_frame(ssrc, now)
            case feedback.Remb(bitrate=bitrate):
                self.remb = bitrate

    def _hear_blocks(self, blocks: tuple[reports.ReportBlock, ...], now: float) -> None:
        for block in blocks:
            if block.ssrc in self._by_ssrc:
                self._by_ssrc[block.ssrc].on_report(block, now)

    def _ask_key_frame(self, ssrc: int, now: float) -> None:
        if ssrc in self._by_ssrc:
            self._by_ssrc[ssrc].ask_key_frame(now)

    def quality(self, now: float) -> Quality:
        """The worst line counts."""
        live = [track for track in self.tracks if track.state is DownState.LIVE]
        trips = [track.round_trip for track in live if track.round_trip is not None]
        video = any(track.stream.kind == "video" and track.stream.kbps for track in live)
        unsupported = tuple(track.stream.name for track in self.tracks if track.state is DownState.UNSUPPORTED)
        return Quality(
            loss=max((track.loss for track in live), default=0.0),
            rtt=max(trips, default=None),
            jitter=max((track.jitter for track in live), default=0.0),
            kbps=sum(track.stream.kbps for track in live),
            layer="full" if video else "none",
            unsupported=unsupported,
        )
