"""One publisher's session: incoming packets find their track; feedback for all its tracks leaves from here."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from classroom.relay.compound import messages_of
from classroom.relay.counters import Counters
from classroom.relay.description import LAYERS, Kind, TrackDescription
from classroom.relay.link import Link, Rights
from classroom.relay.lipsync import PublisherClock
from classroom.relay.outlet import Outlet
from classroom.relay.quality import Quality
from classroom.relay.up_track import UpTrack
from classroom.rtp import extensions, feedback, header, reports

# Chromium's estimate follows REMB quickest at this pace; a receiver report goes with each (seconds).
REPORT_INTERVAL = 0.5

# What a publisher may send, bit/s, by the largest layer that anybody wants: more than browsers' encoders take for it
# and all below, so that REMB holds back only what nobody sees.
MOST = {"q": 300_000, "h": 1_000_000, "f": 4_000_000}


def _nobody(now: float) -> None:
    """Is told."""


class Publication:
    """`slot` is the slot's name. After `closed` is set (replaced or unpublished) packets are ignored and counted.
    `on_replaced(now)` is called when another publication's first packet took the slot: close the peer there.
    ValueError for two tracks of one kind, or none."""

    __slots__ = (
        "_counters",
        "_feedback_ssrc",
        "_fir_number",
        "_loss",
        "_repairs",
        "_report_due",
        "_sources",
        "closed",
        "link",
        "moment",
        "on_replaced",
        "slot",
        "ticket",
        "tracks",
        "up_tracks",
    )

    def __init__(self, link: Link, ticket: Rights, slot: str, tracks: list[TrackDescription]) -> None:
        if not tracks or len({track.kind for track in tracks}) < len(tracks):
            raise ValueError("a publication has one track of a kind")
        self.link = link
        self.ticket = ticket
        self.slot = slot
        self.tracks = tracks
        self.closed = False
        self.on_replaced: Callable[[float], None] = _nobody
        self.moment = 0.0
        self.up_tracks: list[UpTrack] = []
        self._counters = Counters()
        self._feedback_ssrc = random.getrandbits(32)
        self._fir_number = 0
        self._report_due = 0.0
        self._loss = 0.0
        self._sources: dict[int, UpTrack] = {}
        self._repairs: dict[int, UpTrack] = {}

    def attach(
        self,
        layers: Mapping[Kind, Mapping[str, Outlet]],
        counters: Counters,
        on_begin: Callable[[float], None],
        now: float,
    ) -> None:
        """The slot is taken: from now on packets go into its streams. `on_begin` is called before the first of a
        source."""
        clock = PublisherClock()
        self.moment = now
        self._counters = counters
        self.up_tracks = [
            UpTrack(track, layers[track.kind][layer], clock, counters, on_begin, rid)
            for track in self.tracks
            for layer, rid in track.layers.items()
        ]
        for up_track in self.up_tracks:
            up_track.stream.wish(now)

    def replace(self, now: float) -> None:
        """Another publication's first packet has taken the slot."""
        self.closed = True
        self.link.send_rtcp(reports.build_goodbye(reports.Goodbye((self._feedback_ssrc,))))
        self.on_replaced(now)

    def detach(self) -> None:
        """Its peer has closed. What it tells of itself stays, but nothing in it keeps it alive any more."""
        self.closed = True
        self.on_replaced = _nobody
        for track in self.up_tracks:
            track.on_begin = _nobody

    def on_rtp(self, packet: bytes, now: float) -> None:
        """One decrypted RTP packet; anything malformed or foreign is dropped and counted."""
        self._counters.received += 1
        if self.closed or len(packet) < header.HEADER_LENGTH:
            self._count_unusable()
            return
        ssrc = header.ssrc(packet)
        track = self._sources.get(ssrc)
        try:
            if track is not None:
                track.receive(packet, now)
            elif ssrc in self._repairs:
                self._receive_repair(self._repairs[ssrc], packet, now)
            else:
                self._receive_unknown(ssrc, packet, now)
        except ValueError:
            self._counters.dropped_malformed += 1

    def _count_unusable(self) -> None:
        if self.closed:
            self._counters.dropped_closed += 1
        else:
            self._counters.dropped_malformed += 1

    def _receive_repair(self, track: UpTrack, packet: bytes, now: float) -> None:
        if header.payload_type(packet) in track.description.rtx:
            track.receive_repair(packet, now)
        else:
            self._counters.dropped_foreign += 1

    def _receive_unknown(self, ssrc: int, packet: bytes, now: float) -> None:
        """Payload types tell the tracks of a publication apart, stream identifiers its layers. A browser names those
        only until our first report on the SSRC, so both are remembered. A layer has one source and one repair source
        at a time."""
        payload_type = header.payload_type(packet)
        header.payload_bounds(packet)
        elements = extensions.parse(packet)
        for track in self.up_tracks:
            if not track.is_meant(elements):
                continue
            known = payload_type in track.description.codecs or payload_type == track.description.red
            if known and track.adopt(ssrc, header.sequence(packet), now):
                self._route(self._sources, ssrc, track)
                track.receive(packet, now)
                return
            if payload_type in track.description.rtx:
                self._route(self._repairs, ssrc, track)
                track.receive_repair(packet, now)
                return
        self._counters.dropped_foreign += 1

    @staticmethod
    def _route(routes: dict[int, UpTrack], ssrc: int, track: UpTrack) -> None:
        for old in [known for known, owner in routes.items() if owner is track]:
            del routes[old]
        routes[ssrc] = track

    def on_rtcp(self, packet: bytes, now: float) -> None:
        """One decrypted RTCP compound; malformed ones are dropped and counted."""
        for message in messages_of(packet, self._counters):
            if isinstance(message, reports.SenderReport) and message.ssrc in self._sources:
                self._sources[message.ssrc].on_sender_report(message, now)
            elif isinstance(message, reports.Goodbye):
                self._release(message.ssrcs)

    def _release(self, ssrcs: tuple[int, ...]) -> None:
        for ssrc in ssrcs:
            if ssrc in self._sources:
                self._sources[ssrc].release()

    def tick(self, now: float) -> None:
        """Call every 10 to 20 ms."""
        for track in self.up_tracks:
            if track.ssrc is None:
                continue
            self._ask_again(track, track.ssrc, now)
            if track.description.kind == "video" and track.stream.key_frames.due(now):
                self._ask_key_frame(track, track.ssrc)
                for other in self.up_tracks:
                    other.stream.key_frames.asked_elsewhere(now)
        if now >= self._report_due:
            self._report_due = now + REPORT_INTERVAL
            self._send_report(now)

    def _ask_again(self, track: UpTrack, ssrc: int, now: float) -> None:
        due = track.due_nacks(now)
        if due:
            numbers = tuple(number & 0xFFFF for number in due)
            # Alone in its datagram: ffmpeg answers a NACK only there.
            self.link.send_rtcp(feedback.build_nack(feedback.Nack(self._feedback_ssrc, ssrc, numbers)))

    def _ask_key_frame(self, track: UpTrack, ssrc: int) -> None:
        self._counters.key_frames_requested += 1
        words = track.description.feedback
        if "fir" in words and "pli" not in words:
            self._fir_number = (self._fir_number + 1) & 0xFF
            request = feedback.FullIntraRequest(self._feedback_ssrc, ((ssrc, self._fir_number),))
            self.link.send_rtcp(feedback.build_full_intra_request(request))
        else:
            self.link.send_rtcp(feedback.build_picture_loss(feedback.PictureLoss(self._feedback_ssrc, ssrc)))

    def _send_report(self, now: float) -> None:
        blocks = [block for track in self.up_tracks if (block := track.report_block(now)) is not None]
        if not blocks:
            return
        self._loss = max(block.fraction_lost for block in blocks) / 256
        compound = reports.build_receiver_report(reports.ReceiverReport(self._feedback_ssrc, tuple(blocks)))
        compound += reports.build_source_description(reports.SourceDescription(self._feedback_ssrc, "relay"))
        videos = [
            track.ssrc for track in self.up_tracks if track.description.kind == "video" and track.ssrc is not None
        ]
        if videos:
            compound += feedback.build_remb(feedback.Remb(self._feedback_ssrc, self._need(now), tuple(videos)))
        self.link.send_rtcp(compound)

    def _need(self, now: float) -> int:
        """The highest that any viewer has, in bit/s; the smallest layer goes on, so that a slot never looks empty."""
        offered = [track.stream for track in self.up_tracks if track.description.kind == "video"]
        wanted = [stream.layer for stream in offered if stream.wanted(now)]
        return MOST[max(wanted or [offered[0].layer], key=LAYERS.index)]

    def flowing(self, kind: Kind, now: float, silence: float) -> bool:
        """Whether packets of a kind came within the last `silence` seconds."""
        return any(track.description.kind == kind and now - track.moment <= silence for track in self.up_tracks)

    def quality(self, now: float) -> Quality:
        """Of the way up: `loss` before repair, `rtt` as learnt from repairs, `kbps` as received."""
        asked = [track.gaps.round_trip for track in self.up_tracks if track.gaps.repaired]
        kbps = sum(track.stream.kbps for track in self.up_tracks)
        flowing = [track for track in self.up_tracks if track.description.kind == "video" and now - track.moment <= 3.0]
        layer = max((track.stream.layer for track in flowing), key=LAYERS.index, default="none")
        return Quality(self._loss, min(asked, default=None), 0.0, kbps, layer, ())
