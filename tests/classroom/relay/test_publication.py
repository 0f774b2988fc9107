"""Which packets of a publisher are taken for which track, and how it is asked."""

import pytest

from classroom.relay import up_track
from classroom.relay.description import OPUS, VP8, TrackDescription
from classroom.relay.publication import Publication
from classroom.rtp import feedback, header, reports, rtcp
from tests.classroom.relay.peers import VIDEO_TYPE, Source, Teacher, Ticket, Viewer, WireLink, World, vp8_payload


class Door:
    """A publication fed by hand. `heard` gives the messages sent to the publisher since the last look."""

    def __init__(self, world: World, feedback_words: frozenset[str] = frozenset({"nack", "pli"})) -> None:
        self.world = world
        self.wire = world.wire()
        video = TrackDescription("video", "0", {VIDEO_TYPE: VP8}, {97: VIDEO_TYPE}, feedback=feedback_words)
        self.publication = Publication(WireLink(world, self.wire), Ticket("teacher"), "teacher", [video])
        world.lesson.publish(self.publication, world.now)
        self.stream = world.lesson.slots["teacher"].streams["video"]

    def feed(self, source: Source, frame: int, key: bool = False) -> None:
        for part in range(4):
            packet = source.packet(vp8_payload(frame, part, key), part == 3, self.world.now)
            self.publication.on_rtp(packet, self.world.now)

    def heard(self) -> list[rtcp.Message]:
        return [message for packet in self.wire.take(self.world.now + 1) for message in rtcp.parse(packet)]


@pytest.fixture
def world() -> World:
    return World()


def test_a_second_ssrc_is_foreign_while_the_first_flows_and_taken_when_it_is_silent(world: World) -> None:
    door, first, second = Door(world), Source(VIDEO_TYPE, 90000, 1), Source(VIDEO_TYPE, 90000, 2)
    door.feed(first, 0, key=True)
    door.feed(second, 0, key=True)
    assert (door.stream.packets, world.counters.dropped_foreign) == (4, 4)
    world.run(up_track.SILENCE + 0.1)
    door.feed(second, 1, key=True)
    assert door.stream.packets == 8
    door.feed(first, 1)
    assert (door.stream.packets, world.counters.dropped_foreign) == (8, 8)


def test_after_a_goodbye_the_next_ssrc_need_not_wait(world: World) -> None:
    door, first, second = Door(world), Source(VIDEO_TYPE, 90000, 1), Source(VIDEO_TYPE, 90000, 2)
    door.feed(first, 0, key=True)
    door.publication.on_rtcp(reports.build_goodbye(reports.Goodbye((first.ssrc,))), world.now)
    door.feed(second, 0, key=True)
    assert door.stream.packets == 8


def test_an_unknown_payload_type_is_foreign_and_on_a_known_stream_leaves_no_hole(world: World) -> None:
    door, source = Door(world), Source(VIDEO_TYPE, 90000, 1)
    stranger = header.build(0, 35, 1, 1, 99, b"x")
    door.publication.on_rtp(stranger, world.now)
    assert world.counters.dropped_foreign == 1
    door.feed(source, 0, key=True)
    source.payload_type = 35
    door.feed(source, 1)
    source.payload_type = VIDEO_TYPE
    door.feed(source, 2)
    assert door.stream.packets == 8
    assert len(list(door.stream.history.since(door.stream.history.newest - 7))) == 8


def test_an_oversized_packet_is_left_out_and_counted(world: World) -> None:
    door, source = Door(world), Source(VIDEO_TYPE, 90000, 1)
    door.feed(source, 0, key=True)
    door.publication.on_rtp(source.packet(vp8_payload(1, 0, False) + bytes(1200), False, world.now), world.now)
    door.feed(source, 2)
    assert world.counters.dropped_oversized == 1
    assert door.stream.packets == 8


def test_a_repair_that_nobody_waits_for_is_a_duplicate(world: World) -> None:
    door, source = Door(world), Source(VIDEO_TYPE, 90000, 1)
    door.feed(source, 0, key=True)
    repair = source.repair(source.sequence - 1 & 0xFFFF, by_rtx=True)
    assert repair is not None
    door.publication.on_rtp(repair, world.now)
    assert world.counters.dropped_duplicate == 1
    ahead = header.build(0, 97, 1, 0, source.ssrc ^ 1, (source.sequence + 50 & 0xFFFF).to_bytes(2, "big") + b"probe")
    door.publication.on_rtp(ahead, world.now)
    assert (world.counters.dropped_duplicate, door.stream.packets) == (2, 4)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (frozenset({"nack", "pli", "fir"}), feedback.PictureLoss),
        (frozenset({"nack"}), feedback.PictureLoss),
        (frozenset({"fir"}), feedback.FullIntraRequest),
    ],
)
def test_a_key_frame_is_asked_for_in_the_words_agreed(world: World, words: frozenset[str], kind: type) -> None:
    door = Door(world, words)
    door.feed(Source(VIDEO_TYPE, 90000, 1), 0)
    world.run(0.35)
    requests = [
        message for message in door.heard() if isinstance(message, feedback.PictureLoss | feedback.FullIntraRequest)
    ]
    assert {type(request) for request in requests} == {kind}
    assert len(requests) == 2


def test_a_nack_stands_alone_in_its_datagram(world: World) -> None:
    door, source = Door(world), Source(VIDEO_TYPE, 90000, 1)
    door.feed(source, 0, key=True)
    source.sequence = (source.sequence + 3) & 0xFFFF
    door.feed(source, 1)
    world.lesson.tick(world.now)
    compounds = [rtcp.parse(packet) for packet in door.wire.take(world.now + 1)]
    nacks = [compound for compound in compounds if any(isinstance(message, feedback.Nack) for message in compound)]
    assert [len(compound) for compound in nacks] == [1]
    assert world.counters.nacked_upstream == 3


def test_after_it_was_ended_packets_are_counted_and_ignored(world: World) -> None:
    door, source = Door(world), Source(VIDEO_TYPE, 90000, 1)
    world.lesson.unpublish(door.publication, world.now)
    door.feed(source, 0, key=True)
    assert (door.stream.packets, world.counters.dropped_closed) == (0, 4)


def test_no_track_at_all_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="one track of a kind"):
        Publication(WireLink(world, world.wire()), Ticket("teacher"), "teacher", [])


def test_a_voice_alone_is_a_publication(world: World) -> None:
    track = TrackDescription("audio", "0", {111: OPUS})
    voice = Publication(WireLink(world, world.wire()), Ticket("teacher"), "voice", [track])
    world.lesson.publish(voice, world.now)
    Teacher(world)
    viewer = Viewer(world, slot="voice")
    source = Source(111, 48000, 3)
    voice.on_rtp(source.packet(b"opus", False, world.now), world.now)
    world.run(0.1)
    assert viewer.audio.payloads() == [b"opus"]
    assert not viewer.video.packets


def test_who_is_replaced_hears_good_bye(world: World) -> None:
    first = Door(world)
    first.feed(Source(VIDEO_TYPE, 90000, 1), 0, key=True)
    second = Door(world)
    assert first.heard() == []
    second.feed(Source(VIDEO_TYPE, 90000, 2), 0, key=True)
    assert any(isinstance(message, reports.Goodbye) for message in first.heard())
    assert first.publication.closed
