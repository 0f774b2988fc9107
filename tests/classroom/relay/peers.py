"""A publisher and viewers around a lesson, on seeded wires that lose, reorder and duplicate, under a hand clock."""

from __future__ import annotations

import heapq
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from classroom.relay.counters import Counters
from classroom.relay.description import OPUS, VP8, Codec, Kind, LineDescription, TrackDescription
from classroom.relay.fanout_plain import PlainFanout
from classroom.relay.lesson import Lesson
from classroom.relay.link import Destination
from classroom.relay.publication import Publication
from classroom.relay.subscription import Subscription
from classroom.rtp import feedback, header, ntp, reports, rtcp, rtx
from classroom.rtp.gaps import GapTracker
from classroom.rtp.sequence import nearest

H264 = Codec("h264", 90000, profile="42e0", packetization_mode=1)
VIDEO_TYPE, AUDIO_TYPE, RTX_TYPE = 96, 111, 97
START = 1_700_000_000.0
STEP = 0.005


@dataclass(frozen=True)
class Ticket:
    person: str
    human: bool = True
    takeover: bool = False
    room: str | None = None


@dataclass
class Wire:
    """One direction. `loss`, `duplicate` are chances; `reorder` the chance of 15 ms more."""

    random: random.Random
    loss: float = 0.0
    reorder: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.02
    lost: int = field(default=0, init=False)
    _queue: list[tuple[float, int, bytes]] = field(default_factory=list, init=False)
    _number: Iterator[int] = field(default_factory=count, init=False)

    def put(self, packet: bytes, now: float) -> None:
        for _ in range(2 if self.random.random() < self.duplicate else 1):
            if self.random.random() < self.loss:
                self.lost += 1
                continue
            later = 0.015 if self.random.random() < self.reorder else 0.0
            heapq.heappush(self._queue, (now + self.delay + later, next(self._number), packet))

    def take(self, now: float) -> Iterator[bytes]:
        while self._queue and self._queue[0][0] <= now:
            yield heapq.heappop(self._queue)[2]


class WireLink:
    """A link to a peer over a wire: what DTLS-SRTP and UDP would be."""

    def __init__(self, world: World, wire: Wire) -> None:
        self.world = world
        self.wire = wire
        self.connected = True

    @property
    def srtp_tx(self) -> int:
        return int(self.connected)

    @property
    def srtp_overhead(self) -> int:
        return 16

    @property
    def destination(self) -> Destination:
        return Destination(0, b"address")

    def send_rtp(self, packet: bytes) -> None:
        self.wire.put(packet, self.world.now)

    def send_rtcp(self, packet: bytes) -> None:
        self.wire.put(packet, self.world.now)


def vp8_payload(frame: int, part: int, key: bool) -> bytes:
    descriptor = bytes((0x90 if part == 0 else 0x80, 0xE0, 0x80 | frame >> 8 & 0x7F, frame & 0xFF, frame & 0xFF, 0x20))
    return descriptor + bytes((0 if key and part == 0 else 1,)) + struct.pack("!IB", frame, part) + bytes(200)


def h264_payload(frame: int, part: int, key: bool) -> bytes:
    if key and part == 0:
        return b"\x78" + b"\x00\x04\x67\x42\xe0\x1f" + b"\x00\x02\x68\xce"
    kind = 5 if key else 1
    begins = 0x80 if part == int(key) else 0
    return bytes((0x7C, begins | kind)) + struct.pack("!IB", frame, part) + bytes(200)


class Source:
    """One RTP stream of a publisher, with what it needs to repair."""

    def __init__(self, payload_type: int, clock_rate: int, seed: int, sequence: int | None = None) -> None:
        chance = random.Random(seed)
        self.ssrc = chance.getrandbits(32)
        self.payload_type = payload_type
        self.clock_rate = clock_rate
        self.sequence = chance.getrandbits(16) if sequence is None else sequence
        self.timestamp = chance.getrandbits(32)
        self.sent: dict[int, bytes] = {}
        self.rtx_sequence = 0

    def packet(self, payload: bytes, marker: bool, at: float, padding: int = 0) -> bytes:
        """With a mid extension, which viewers must never see."""
        head = header.build(0x80 * marker, self.payload_type, self.sequence, self.stamp(at), self.ssrc, b"")
        packet = bytes((0x90 | 0x20 * bool(padding),)) + head[1:] + bytes.fromhex("bede00011030") + bytes(2) + payload
        packet += bytes(padding - 1) + bytes((padding,)) if padding else b""
        self.sent[self.sequence] = packet
        self.sequence = (self.sequence + 1) & 0xFFFF
        return packet

    def stamp(self, at: float) -> int:
        return (self.timestamp + round((at - START) * self.clock_rate)) & 0xFFFFFFFF

    def repair(self, sequence: int, by_rtx: bool) -> bytes | None:
        packet = self.sent.get(sequence)
        if packet is None or not by_rtx:
            return packet
        self.rtx_sequence += 1
        start, end = header.payload_bounds(packet)
        plain = header.build(packet[1] & 0x80, 0, sequence, header.timestamp(packet), 0, packet[start:end])
        return rtx.wrap(plain, RTX_TYPE, self.rtx_sequence, self.ssrc ^ 1)


class Teacher:
    """Publishes 30 pictures of four packets and 50 sounds a second; repairs, and sends key frames when asked."""

    def __init__(self, world: World, person: str = "teacher", codec: Codec = VP8, **options: object) -> None:
        self.world = world
        self.codec = codec
        self.by_rtx = bool(options.get("rtx", False))
        self.obeys = bool(options.get("obeys", True))
        self.padding = bool(options.get("padding", False))
        self.clock_error = float(str(options.get("clock_error", 0.0)))
        seed = world.random.getrandbits(32)
        sequence = options.get("sequence")
        self.video = Source(VIDEO_TYPE, 90000, seed, sequence if isinstance(sequence, int) else None)
        self.audio = Source(AUDIO_TYPE, 48000, seed + 1)
        self.up, self.down = world.wire(), world.wire()
        self.frame = int(str(options.get("frame", 0)))
        self.key_wanted = True
        self.key_frames = self.asked_key_frames = self.nacked = 0
        self.remb: list[int] = []
        self.blocks: list[reports.ReportBlock] = []
        self.next_picture = self.next_sound = self.next_report = world.now
        tracks = [
            TrackDescription("audio", "0", {AUDIO_TYPE: OPUS}),
            TrackDescription("video", "1", {VIDEO_TYPE: codec}, {RTX_TYPE: VIDEO_TYPE}),
        ]
        human, takeover = bool(options.get("human", True)), bool(options.get("takeover", False))
        room = options.get("room")
        rights = Ticket(person, human, takeover, str(room) if room else None)
        slot = str(options.get("slot", "teacher"))
        self.publication = Publication(WireLink(world, self.down), rights, slot, tracks)
        self.replaced = world.lesson.publish(self.publication, world.now)
        self.sending = True
        world.teachers.append(self)

    def step(self, now: float) -> None:
        for packet in self.down.take(now):
            self.hear(packet, now)
        while self.sending and self.next_picture <= now:
            self.send_picture(self.next_picture)
            self.next_picture += 1 / 30
        while self.sending and self.next_sound <= now:
            self.up.put(self.audio.packet(struct.pack("!d", self.next_sound), False, self.next_sound), now)
            self.next_sound += 0.02
        if self.sending and self.next_report <= now:
            self.next_report += 1.0
            self.send_reports(now)

    def send_picture(self, at: float) -> None:
        key, self.key_wanted = self.key_wanted, False
        self.key_frames += key
        make = vp8_payload if self.codec is VP8 else h264_payload
        for part in range(4):
            self.up.put(self.video.packet(make(self.frame, part, key), part == 3, at), self.world.now)
        self.frame += 1
        if self.padding and self.frame % 3 == 0:
            for _ in range(2):
                self.up.put(self.video.packet(b"", False, at, padding=100), self.world.now)

    def send_reports(self, now: float) -> None:
        for source in (self.audio, self.video):
            time = ntp.from_unix(now + self.clock_error)
            report = reports.SenderReport(source.ssrc, time, source.stamp(now), 1, 1)
            self.up.put(reports.build_sender_report(report), now)

    def hear(self, packet: bytes, now: float) -> None:
        for message in rtcp.parse(packet):
            if isinstance(message, feedback.Nack):
                self.repair(message, now)
            elif isinstance(message, feedback.PictureLoss | feedback.FullIntraRequest):
                self.asked_key_frames += 1
                self.key_wanted = self.obeys
            elif isinstance(message, feedback.Remb):
                self.remb.append(message.bitrate)
            elif isinstance(message, reports.ReceiverReport):
                self.blocks.extend(message.blocks)

    def repair(self, nack: feedback.Nack, now: float) -> None:
        source = self.video if nack.ssrc == self.video.ssrc else self.audio
        for sequence in nack.sequences:
            self.nacked += 1
            packet = source.repair(sequence, self.by_rtx and source is self.video)
            if packet is not None:
                self.up.put(packet, now)


class Ear:
    """What a viewer has of one stream, by unwrapped number, and in the order of its coming."""

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self.packets: dict[int, bytes] = {}
        self.order: list[int] = []
        self.gaps: GapTracker | None = None
        self.reports: list[tuple[float, reports.SenderReport]] = []

    def receive(self, packet: bytes, now: float) -> None:
        sequence = header.sequence(packet)
        if self.gaps is None:
            self.gaps = GapTracker(sequence + 0x10000)
        number = nearest(sequence, self.gaps.newest)
        known = self.packets.get(number)
        assert known in (None, packet), "one number, one packet: else GCM's nonce is used twice"
        self.gaps.arrived(number, now)
        self.packets[number] = packet
        self.order.append(number)

    def holes(self) -> int:
        return max(self.packets) - min(self.packets) + 1 - len(self.packets) if self.packets else 0

    def numbers(self) -> list[int]:
        return sorted(self.packets)

    def payloads(self) -> list[bytes]:
        return [self.packets[number][header.HEADER_LENGTH :] for number in self.numbers()]

    def timestamps(self) -> list[int]:
        return [header.timestamp(self.packets[number]) for number in self.numbers()]


class Viewer:
    """Takes one slot's voice and picture; asks again for what it misses, and reports once a second."""

    def __init__(
        self,
        world: World,
        slot: str = "teacher",
        codecs: dict[Codec, int] | None = None,
        rtx_type: int | None = None,
        instead: str | None = None,
    ) -> None:
        self.world = world
        self.up, self.down = world.wire(), world.wire()
        self.link = WireLink(world, self.down)
        self.asks = True
        self.next_report = world.now + 1.0
        self.rtx_type = rtx_type
        video = codecs or {VP8: 100, H264: 102}
        repairs = dict.fromkeys(video.values(), rtx_type) if rtx_type else {}
        lines = [
            LineDescription(slot, "audio", "0", {OPUS: 109}, instead=instead),
            LineDescription(slot, "video", "1", video, repairs, instead=instead),
        ]
        self.subscription = Subscription(self.link, Ticket("village"), lines)
        kinds: tuple[Kind, Kind] = ("audio", "video")
        self.audio, self.video = (Ear(world.lesson.announce(slot, kind).ssrc) for kind in kinds)
        self.rtx_ssrc = world.lesson.announce(slot, "video").rtx_ssrc
        world.lesson.subscribe(self.subscription, world.now)
        world.viewers.append(self)

    def step(self, now: float) -> None:
        for packet in self.down.take(now):
            if header.is_rtcp(packet):
                self.hear(packet, now)
            else:
                self.receive(packet, now)
        for ear in (self.audio, self.video):
            if ear.gaps is not None and self.asks:
                self.ask_again(ear, ear.gaps, now)
        if now >= self.next_report:
            self.next_report += 1.0
            blocks = tuple(self.block(ear) for ear in (self.audio, self.video) if ear.packets)
            self.up.put(reports.build_receiver_report(reports.ReceiverReport(1, blocks)), now)

    def block(self, ear: Ear) -> reports.ReportBlock:
        return reports.ReportBlock(ear.ssrc, 0, 0, max(ear.packets) & 0xFFFFFFFF, 0, 0, 0)

    def receive(self, packet: bytes, now: float) -> None:
        if header.ssrc(packet) == self.rtx_ssrc:
            assert header.payload_type(packet) == self.rtx_type
            last = self.video.packets[max(self.video.packets)]
            packet = rtx.unwrap(packet, header.payload_type(last), self.video.ssrc)
        {self.audio.ssrc: self.audio, self.video.ssrc: self.video}[header.ssrc(packet)].receive(packet, now)

    def hear(self, packet: bytes, now: float) -> None:
        for message in rtcp.parse(packet):
            if isinstance(message, reports.SenderReport):
                ear = self.audio if message.ssrc == self.audio.ssrc else self.video
                ear.reports.append((now, message))

    def ask_again(self, ear: Ear, gaps: GapTracker, now: float) -> None:
        due = gaps.due(now)
        if due:
            nack = feedback.Nack(1, ear.ssrc, tuple(number & 0xFFFF for number in due))
            self.up.put(feedback.build_nack(nack), now)

    def ask_key_frame(self) -> None:
        self.up.put(feedback.build_picture_loss(feedback.PictureLoss(1, self.video.ssrc)), self.world.now)


class World:
    """A lesson with its hand clock; every wire made here gets the world's troubles."""

    def __init__(self, seed: int = 1, **troubles: float) -> None:
        self.random = random.Random(seed)
        self.troubles = troubles
        self.now = START
        self.counters = Counters()
        self.lesson = Lesson("lesson", self.now, PlainFanout(self.counters), self.counters)
        self.teachers: list[Teacher] = []
        self.viewers: list[Viewer] = []
        self._steps = 0

    def wire(self) -> Wire:
        return Wire(random.Random(self.random.getrandbits(32)), **self.troubles)

    def calm(self) -> None:
        """From now on nothing is lost any more, so that the last repairs come through."""
        for teacher in self.teachers:
            teacher.up.loss = teacher.down.loss = 0.0
        for viewer in self.viewers:
            viewer.up.loss = viewer.down.loss = 0.0

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            self._steps += 1
            self._deliver()
            if self._steps % 2 == 0:
                self.lesson.tick(self.now)

    def _deliver(self) -> None:
        for teacher in self.teachers:
            teacher.step(self.now)
            for packet in teacher.up.take(self.now):
                deliver = teacher.publication.on_rtcp if header.is_rtcp(packet) else teacher.publication.on_rtp
                deliver(packet, self.now)
        for viewer in self.viewers:
            viewer.step(self.now)
            for packet in viewer.up.take(self.now):
                viewer.subscription.on_rtcp(packet, self.now)
