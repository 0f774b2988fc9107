"""A slot's recording under a hand clock: media in, takes in memory out, played back by PyAV."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import av

from classroom.recorder.cutting import Part
from classroom.recorder.samples import Track
from classroom.recorder.slot import SlotRecording
from classroom.recorder.take import Take, joined
from classroom.relay.counters import Counters
from classroom.relay.description import OPUS, VP8, Codec, TrackDescription
from classroom.relay.publication import Publication
from classroom.rtp import header, ntp, reports
from tests.classroom.recorder.footage import Stream, h264_payloads, pictures, voice, vp8_payloads

H264 = Codec("h264", 90000, profile="42e0", packetization_mode=1)
START = 1_700_000_000.0
STEP = 0.01


@dataclass
class Memory:
    """A shelf without a disk."""

    takes: list[Take] = field(default_factory=list)
    data: dict[str, bytearray] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    segment: list[Part] = field(default_factory=list)
    begun: float | None = None

    def epoch(self, moment: float) -> float:
        self.begun = moment if self.begun is None else self.begun
        return self.begun

    def kept_until(self, slot: str) -> float:
        return (self.begun or 0.0) + (self.takes[-1].end if self.takes else 0.0)

    def resume(self, slot: str, tracks: tuple[Track, ...]) -> float | None:
        return None

    def open(self, slot: str, tracks: tuple[Track, ...]) -> float:
        begin = self.takes[-1].end if self.takes else 0.0
        self.takes.append(Take.new(slot, len(self.takes) + 1, tracks, begin))
        self.data[self.takes[-1].name] = bytearray(self.takes[-1].head())
        return begin

    def keep(self, slot: str, part: Part, now: float) -> None:
        if part.first:
            self.flush(slot)
        self.segment.append(part)
        self.parts.append(part)

    def flush(self, slot: str) -> None:
        if self.segment:
            take, segment = self.takes[-1], joined(self.segment)
            data = take.encode(segment, len(take.rows) + 1)
            take.add(segment, len(data))
            self.data[take.name] += data
            self.segment = []

    def close(self, slot: str) -> None:
        self.flush(slot)
        take = self.takes[-1]
        take.complete = True
        self.data[take.name][: take.room] = take.head()


class _Link:
    srtp_tx, srtp_overhead, destination = 1, 16, None

    def __init__(self) -> None:
        self.asked = 0

    def send_rtp(self, packet: bytes) -> None:
        raise AssertionError("a recorder sends no media")

    def send_rtcp(self, packet: bytes) -> None:
        self.asked += packet[1] == 206 and packet[0] & 0x1F == 1


@dataclass(frozen=True)
class Rights:
    person: str = ""
    room: str | None = None
    human: bool = False
    takeover: bool = False


class Studio:
    """`codec`: vp8 or h264. `drift`: how much faster than ours the voice's clock runs."""

    def __init__(self, codec: str = "vp8", drift: float = 0.0) -> None:
        self.now = START
        self.memory = Memory()
        self.slot = SlotRecording("teacher", self.memory)
        self.link = _Link()
        self.codec, self.drift = codec, drift
        self.size = (320, 180)
        self.sending = True
        self.camera = True
        self.microphone = True
        self.lose: set[int] = set()
        self.publish()

    def publish(self, ssrc: int = 7) -> None:
        """A new session from the relay."""
        video = {"vp8": VP8, "h264": H264}
        tracks = [TrackDescription("audio", "0", {111: OPUS}), TrackDescription("video", "1", {96: VP8, 101: H264})]
        self.publication = Publication(self.link, Rights(), "teacher", tracks)
        self.publication.attach(self.slot.layers, Counters(), lambda now: None, self.now)
        self.video = Stream(96 if video[self.codec] == VP8 else 101, 90000, ssrc, first=ssrc * 1000)
        self.audio = Stream(111, 48000, ssrc + 1, first=ssrc * 5000)
        self._began, self._reported = self.now, float("-inf")
        self._frames = self._voices = self._keys = 0

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            self._media(self.now - self._began)
            self.publication.tick(self.now)
            self.slot.tick(self.now)

    def _media(self, at: float) -> None:
        while self._frames / 30 <= at:
            self._picture(self._frames / 30)
            self._frames += 1
        while self._voices * 0.02 <= at * (1 + self.drift):
            packets = voice()
            if self.sending and self.microphone:
                self._send(self.audio.packets([packets[self._voices % len(packets)]], self._voices * 0.02))
            self._voices += 1
        if at - self._reported >= 1.0:
            self._reported = at
            self._report(self.video, at, at)
            self._report(self.audio, at, at * (1 + self.drift))

    def _picture(self, at: float) -> None:
        name = "libx264" if self.codec == "h264" else "libvpx"
        shots = pictures(name, self.size)
        shot = shots[self._frames % len(shots)]
        payloads = h264_payloads(shot.data) if self.codec == "h264" else vp8_payloads(shot.data, self._frames)
        packets = self.video.packets(payloads, at)
        if self.sending and self.camera:
            self._send(packets)

    def _send(self, packets: list[bytes]) -> None:
        for packet in packets:
            if header.sequence(packet) not in self.lose:
                self.publication.on_rtp(packet, self.now)

    def _report(self, stream: Stream, at: float, own: float) -> None:
        moment = ntp.from_unix(self._began + at)
        report = reports.SenderReport(stream.ssrc, moment, stream.timestamp(own), 0, 0)
        if self.sending:
            self.publication.on_rtcp(reports.build_sender_report(report), self.now)

    def finish(self) -> None:
        self.slot.finish(self.now)

    def file(self, number: int = 0) -> io.BytesIO:
        return io.BytesIO(bytes(self.memory.data[self.memory.takes[number].name]))


def times(file: io.BytesIO, kind: str) -> list[tuple[float, float]]:
    """Begin and length of each packet of a kind, in seconds."""
    container: Any = av.open(file)
    with container:
        stream = next(one for one in container.streams if one.type == kind)
        base = float(stream.time_base or 0)
        return [
            (packet.pts * base, (packet.duration or 0) * base)
            for packet in container.demux(stream)
            if packet.pts is not None
        ]


def longest_hole(file: io.BytesIO, kind: str) -> float:
    found = times(file, kind)
    return max((later - (at + lasts) for (at, lasts), (later, _) in pairwise(found)), default=0.0)


def decoded(file: io.BytesIO, since: float = 0.0) -> Iterator[Any]:
    """Pictures from a seek on."""
    container: Any = av.open(file)
    with container:
        container.seek(int(since * 1_000_000), backward=True)
        yield from container.decode(video=0)


def seconds(file: io.BytesIO) -> float:
    container: Any = av.open(file)
    with container:
        return float(container.duration / 1_000_000)
