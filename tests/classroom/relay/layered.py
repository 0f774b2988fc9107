"""A teacher who publishes three layers as a browser does, a thin voice, and viewers behind lines of limited width."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from classroom.relay.description import OPUS, RID, VP8, TrackDescription
from classroom.relay.publication import Publication
from classroom.rtp import feedback, header, ntp, reports, rtcp
from tests.classroom.relay.peers import AUDIO_TYPE, RTX_TYPE, VIDEO_TYPE, Source, Ticket, Viewer, Wire, WireLink, World

RID_EXTENSION = 10
PARTS = {"q": 1, "h": 2, "f": 7}
"""Packets of a picture, of 700 bytes each: 168, 336 and 1176 kbit/s at 30 pictures a second."""
SIZE = 700


def with_rid(packet: bytes, rid: str) -> bytes:
    extension = bytes((RID_EXTENSION << 4 | len(rid) - 1,)) + rid.encode()
    extension += bytes(-len(extension) % 4)
    head = bytes((packet[0] | 0x10,)) + packet[1 : header.HEADER_LENGTH]
    return head + struct.pack("!HH", 0xBEDE, len(extension) // 4) + extension + packet[header.HEADER_LENGTH :]


def picture(number: int, frame: int, part: int, key: bool, layer: str) -> bytes:
    descriptor = bytes((0x90 if part == 0 else 0x80, 0xE0, 0x80 | number >> 8 & 0x7F, number & 0xFF, number & 0xFF, 0))
    body = bytes((0 if key and part == 0 else 1,)) + struct.pack("!I", frame) + layer.encode() + bytes((part,))
    return descriptor + body + bytes(SIZE - len(body) - len(descriptor))


class LayeredTeacher:
    """Names its layers until the first report on each, answers PLI on all at once. `sends` may be narrowed."""

    def __init__(self, world: World, rids: tuple[str, ...] = ("q", "h", "f"), slot: str = "teacher") -> None:
        self.world = world
        self.up, self.down = world.wire(), world.wire()
        seed = world.random.getrandbits(30)
        self.layers = {rid: Source(VIDEO_TYPE, 90000, seed + at) for at, rid in enumerate(rids)}
        self.starts = {rid: (at + 1) * 777 for at, rid in enumerate(rids)}
        self.audio = Source(AUDIO_TYPE, 48000, seed + 9)
        self.sends = set(rids)
        self.known: set[int] = set()
        self.frame = 0
        self.key_wanted = True
        self.asked = 0
        self.remb: list[int] = []
        self.sending = True
        self.next_picture = self.next_sound = self.next_report = world.now
        tracks = [
            TrackDescription("audio", "0", {AUDIO_TYPE: OPUS}),
            TrackDescription(
                "video", "1", {VIDEO_TYPE: VP8}, {RTX_TYPE: VIDEO_TYPE}, rids=rids, extensions={RID_EXTENSION: RID}
            ),
        ]
        self.publication = Publication(WireLink(world, self.down), Ticket("teacher"), slot, tracks)
        world.lesson.publish(self.publication, world.now)
        world.teachers.append(self)  # type: ignore[arg-type]

    def step(self, now: float) -> None:
        for packet in self.down.take(now):
            for message in rtcp.parse(packet):
                self.hear(message)
        while self.sending and self.next_picture <= now:
            self.send_picture(self.next_picture, now)
            self.next_picture += 1 / 30
        while self.sending and self.next_sound <= now:
            sound = struct.pack("!d", self.next_sound) + bytes(72)
            self.up.put(self.audio.packet(sound, False, self.next_sound), now)
            self.next_sound += 0.02
        if self.next_report <= now:
            self.next_report += 1.0
            for source in (self.audio, *self.layers.values()):
                report = reports.SenderReport(source.ssrc, ntp.from_unix(now), source.stamp(now), 1, 1)
                self.up.put(reports.build_sender_report(report), now)

    def send_picture(self, at: float, now: float) -> None:
        key, self.key_wanted = self.key_wanted, False
        for rid in self.sends:
            source, number = self.layers[rid], self.starts[rid] + self.frame
            for part in range(PARTS.get(rid, 1)):
                head = header.build(
                    0x80 * (part == PARTS.get(rid, 1) - 1), VIDEO_TYPE, source.sequence, source.stamp(at), source.ssrc,
                    picture(number, self.frame, part, key, rid),
                )  # fmt: skip
                source.sequence = (source.sequence + 1) & 0xFFFF
                source.sent[header.sequence(head)] = head
                self.up.put(head if source.ssrc in self.known else with_rid(head, rid), now)
        self.frame += 1

    def hear(self, message: rtcp.Message) -> None:
        if isinstance(message, reports.ReceiverReport):
            self.known |= {block.ssrc for block in message.blocks}
        elif isinstance(message, feedback.PictureLoss):
            self.asked += 1
            self.key_wanted = True
        elif isinstance(message, feedback.Remb):
            self.remb.append(message.bitrate)
        elif isinstance(message, feedback.Nack):
            for source in self.layers.values():
                if source.ssrc == message.ssrc:
                    for sequence in message.sequences:
                        if sequence in source.sent:
                            self.up.put(source.sent[sequence], self.world.now)


class ThinVoice:
    """The teacher's second publication: 60 ms of voice in 110 bytes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.up, self.down = world.wire(), world.wire()
        self.source = Source(AUDIO_TYPE, 48000, world.random.getrandbits(30))
        self.next_sound = self.next_report = world.now
        tracks = [TrackDescription("audio", "0", {AUDIO_TYPE: OPUS}, thin=True)]
        self.publication = Publication(WireLink(world, self.down), Ticket("teacher"), "voice", tracks)
        world.lesson.publish(self.publication, world.now)
        world.teachers.append(self)  # type: ignore[arg-type]

    def step(self, now: float) -> None:
        list(self.down.take(now))
        while self.next_sound <= now:
            payload = b"thin" + struct.pack("!d", self.next_sound) + bytes(98)
            self.up.put(self.source.packet(payload, False, self.next_sound), now)
            self.next_sound += 0.06
        if self.next_report <= now:
            self.next_report += 1.0
            report = reports.SenderReport(self.source.ssrc, ntp.from_unix(now), self.source.stamp(now), 1, 1)
            self.up.put(reports.build_sender_report(report), now)


@dataclass
class NarrowWire(Wire):
    """`rate` bit/s through a queue of `queue` seconds."""

    rate: float = 1e9
    queue: float = 0.3
    dropped: int = 0
    _free_at: float = field(default=0.0, init=False)

    def put(self, packet: bytes, now: float) -> None:
        waiting = max(0.0, self._free_at - now)
        if waiting > self.queue:
            self.dropped += 1
            return
        self._free_at = now + waiting + (len(packet) + 44) * 8 / self.rate
        super().put(packet, self._free_at)


class NarrowViewer(Viewer):
    """Estimates as Chromium does: up to half more than what comes, less when its line is full. `heights` counts what
    came of each layer in the last second."""

    def __init__(self, world: World, rate: float = 1e9, **options: object) -> None:
        super().__init__(world, **options)  # type: ignore[arg-type]
        self.down = self.link.wire = NarrowWire(self.down.random, self.down.loss, rate=rate)
        self.estimates = True
        self.estimate = 0.0
        self.came = 0
        self.next_estimate = world.now + 0.2
        self.began = world.now
        self.seen: list[tuple[float, str]] = []
        self.voices: list[tuple[float, bool]] = []

    @property
    def line(self) -> NarrowWire:
        assert isinstance(self.down, NarrowWire)
        return self.down

    def receive(self, packet: bytes, now: float) -> None:
        super().receive(packet, now)
        self.came += len(packet)
        if header.ssrc(packet) == self.video.ssrc:
            self.seen.append((now, chr(packet[header.HEADER_LENGTH + 11])))
        elif header.ssrc(packet) == self.audio.ssrc:
            self.voices.append((now, packet[header.HEADER_LENGTH :].startswith(b"thin")))

    def step(self, now: float) -> None:
        super().step(now)
        if self.estimates and now >= self.next_estimate:
            self.next_estimate += 0.2
            self.tell(now)

    def tell(self, now: float) -> None:
        incoming, self.came = self.came * 8 / 0.2, 0
        if not self.layers(0.3):
            return  # with voice alone it stands still
        full = self.line._free_at - now > 0.1
        self.estimate = incoming * 0.85 if full else min(max(self.estimate * 1.08, incoming), incoming * 1.5 + 10_000)
        if now - self.began > 5.0 and self.video.packets:
            remb = feedback.Remb(1, int(self.estimate), (self.video.ssrc,))
            self.up.put(feedback.build_remb(remb), now)

    def layers(self, seconds: float = 1.0) -> set[str]:
        return {layer for at, layer in self.seen if at > self.world.now - seconds}

    def hears_thin(self, seconds: float = 1.0) -> set[bool]:
        return {thin for at, thin in self.voices if at > self.world.now - seconds}
