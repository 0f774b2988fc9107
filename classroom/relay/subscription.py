"""One viewer's session: its lines follow slots, in the layers that its way carries; its reports and requests are
answered here."""

from __future__ import annotations

from classroom.relay.choice import Choice
from classroom.relay.compound import messages_of
from classroom.relay.counters import Counters
from classroom.relay.description import LineDescription
from classroom.relay.down_track import DownState, DownTrack
from classroom.relay.fanout import Fanout
from classroom.relay.layers import LADDER, Climber, Rung
from classroom.relay.link import Link, Rights
from classroom.relay.quality import Quality
from classroom.rtp import feedback, reports, rtcp

# A viewer aligns voice and picture by sender reports: one second is soon enough after the first. Its layer is looked
# at with each.
REPORT_INTERVAL = 1.0

# Who has all there is and misses nothing is looked at less often (seconds).
LOOK_AT_REST = 4.0

# Trouble is looked at sooner, but no more often than this, whatever a viewer sends (seconds).
LOOK_AGAIN = 0.25

# Packets that make a share of missing ones worth a look.
ENOUGH = 20


class Subscription:
    """`remb` is the viewer's last estimate of its line in bit/s, None before the first. `pin` is a rung of the ladder
    that it stays on whatever its line carries. While `paused` nothing is sent to it."""

    __slots__ = (
        "_by_ssrc",
        "_choices",
        "_climber",
        "_counters",
        "_fanout",
        "_looked_at",
        "_missed",
        "_sent",
        "closed",
        "lines",
        "link",
        "paused",
        "pin",
        "remb",
        "ticket",
        "tracks",
    )

    def __init__(self, link: Link, ticket: Rights, lines: list[LineDescription], pin: str | None = None) -> None:
        self.link = link
        self.ticket = ticket
        self.lines = lines
        self.pin = pin
        self.closed = self.paused = False
        self.remb: int | None = None
        self.tracks: list[DownTrack] = []
        self._by_ssrc: dict[int, DownTrack] = {}
        self._choices: list[Choice] = []
        self._climber = Climber()
        self._looked_at = float("-inf")
        self._sent = self._missed = 0
        self._fanout: Fanout | None = None
        self._counters = Counters()

    def attach(self, choices: list[Choice], fanout: Fanout, counters: Counters, now: float) -> None:
        """`choices` in the order of `lines`."""
        self._fanout = fanout
        self._counters = counters
        self._choices = choices
        for line, choice in zip(self.lines, choices, strict=True):
            track = DownTrack(line, choice.home, self.link, counters)
            self.tracks.append(track)
            self._by_ssrc[choice.home.ssrc] = track
        self.steer(now)
        self.link_changed(now)

    def detach(self, now: float) -> None:
        """Lets go of the link; DTLS has told the viewer good-bye."""
        self.closed = True
        for track in self.tracks:
            track.close(now)

    def link_changed(self, now: float) -> None:
        """The link connected, got another address, another SRTP context, or closed: call each time, before the old
        context is freed."""
        if self._fanout is None or self.closed:
            return
        row = self._fanout.row(self.link)
        for track in self.tracks:
            track.connect(row, now)
        if row is not None:
            self._report(now)

    def report(self, now: float) -> None:
        """Once a second: sender reports of all lines that flow, and a look at the layer."""
        self._report(now)
        if now - self._looked_at >= LOOK_AT_REST or not self._at_rest(now):
            self.steer(now)

    def _at_rest(self, now: float) -> bool:
        """Most viewers, most of the time: they have all there is, and miss nothing."""
        if self.level != LADDER[-1] or self._climber.trying:
            return False
        return all(track.is_calm(now) for track in self.tracks)

    def _report(self, now: float) -> None:
        compound = b"".join(report for track in self.tracks if (report := track.sender_report(now)) is not None)
        if compound:
            self.link.send_rtcp(compound)

    # -- the ladder

    @property
    def level(self) -> str:
        """Its rung of the ladder."""
        return self.pin or self._climber.level

    def steer(self, now: float) -> None:
        """Aim every line at what the viewer's way carries."""
        if self.closed:
            return
        self._looked_at = now
        if self.paused:
            for track in self.tracks:
                track.follow(None, now)
            return
        before = self.level
        level = self.pin or self._choose(now)
        climbs = bool(before) and LADDER.index(level) > LADDER.index(before)
        for track, choice in zip(self.tracks, self._choices, strict=True):
            track.repeat_sound(self._repeats_sound(level, now), now)
            track.follow(choice.pinned(level, now) if self.pin else choice.at(level, now), now, urgent=not climbs)
            self._wish(choice, level, now)

    def _repeats_sound(self, level: str, now: float) -> bool:
        return LADDER.index(level) >= LADDER.index("q") if self.pin else self._climber.repeats_sound(level, now)

    def _choose(self, now: float) -> str:
        pictures = [choice for choice in self._choices if choice.kind == "video" and choice.shown().offered("video")]
        flows = any(stream.flowing(now) for choice in pictures for stream in choice.layers(now))
        if not flows and (self._climber.level or not pictures):
            return self._climber.level or LADDER[-1]
        self._count(now)
        live = [track for track in self.tracks if track.state is DownState.LIVE]
        settled = not any(track.is_changing(now) for track in self.tracks)
        kbps = sum(track.stream.kbps for track in live if track.stream.kind == "video")
        return self._climber.choose(self._rungs(now), kbps, settled, now)

    def _count(self, now: float) -> None:
        for track in self.tracks:
            sent, missed = track.missed()
            self._sent, self._missed = self._sent + sent, self._missed + missed
        if self._sent >= ENOUGH:
            self._climber.on_loss(self._missed, self._sent, now)
            self._sent = self._missed = 0

    def _rungs(self, now: float) -> list[Rung]:
        there = {stream.layer for choice in self._choices if choice.kind == "video" for stream in choice.layers(now)}
        names = ["thin"] if any(choice.thin_voice(now) for choice in self._choices) else []
        names += ["voice", *(name for name in LADDER if name in there)]
        return [Rung(name, sum(choice.kbps(name, now) for choice in self._choices)) for name in names]

    def _wish(self, choice: Choice, level: str, now: float) -> None:
        """Who would take more than there is, says so to the publisher; a pinned one wants its own layer alone."""
        dormant = choice.dormant(level, now)
        if dormant is not None and self.pin is None and self._climber.content:
            dormant.wish(now)

    def _look_sooner(self, now: float) -> None:
        if now - self._looked_at >= LOOK_AGAIN and self.pin is None:
            self.steer(now)

    # -- what the viewer says

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
                    if self._climber.trying:
                        self._look_sooner(now)
            case feedback.PictureLoss(ssrc=ssrc):
                self._ask_key_frame(ssrc, now)
            case feedback.FullIntraRequest(entries=entries):
                for ssrc, _ in entries:
                    self._ask_key_frame(ssrc, now)
            case feedback.Remb(bitrate=bitrate):
                self._hear_estimate(bitrate, now)

    def _hear_estimate(self, bitrate: int, now: float) -> None:
        falls = self.remb is not None and bitrate < self.remb
        self.remb = bitrate
        self._climber.on_estimate(bitrate / 1000, now)
        if falls:
            self._look_sooner(now)

    def _hear_blocks(self, blocks: tuple[reports.ReportBlock, ...], now: float) -> None:
        for block in blocks:
            track = self._by_ssrc.get(block.ssrc)
            if track is None:
                continue
            track.on_report(block, now)
            if track.round_trip is not None:
                self._climber.on_delay(track.round_trip, now)

    def _ask_key_frame(self, ssrc: int, now: float) -> None:
        if ssrc in self._by_ssrc:
            self._by_ssrc[ssrc].ask_key_frame(now)

    def quality(self, now: float) -> Quality:
        """The worst line counts."""
        live = [track for track in self.tracks if track.state is DownState.LIVE]
        trips = [track.round_trip for track in live if track.round_trip is not None]
        unsupported = tuple(track.stream.name for track in self.tracks if track.state is DownState.UNSUPPORTED)
        return Quality(
            loss=max((track.loss for track in live), default=0.0),
            rtt=max(trips, default=None),
            jitter=max((track.jitter for track in live), default=0.0),
            kbps=sum(track.stream.kbps for track in live),
            layer=self._layer(live),
            unsupported=unsupported,
        )

    def _layer(self, live: list[DownTrack]) -> str:
        pictures = [track.stream.layer for track in live if track.stream.kind == "video" and track.stream.kbps]
        if pictures:
            return max(pictures, key=LADDER.index)
        return self.level if self.level in ("thin", "voice") else "none"
