"""A layer for each viewer: up by trial, down by what she tells, one unbroken stream to her decoder."""

from itertools import pairwise

import pytest

from classroom.relay.description import OPUS, LineDescription, TrackDescription
from classroom.relay.down_track import DownState
from classroom.relay.publication import MOST, Publication
from classroom.relay.stream import WANTED
from classroom.relay.subscription import Subscription
from classroom.rtp import feedback, header, ntp, rtx, vp8
from tests.classroom.relay.layered import LayeredTeacher, NarrowViewer, ThinVoice, with_rid
from tests.classroom.relay.peers import (
    AUDIO_TYPE,
    RTX_TYPE,
    VIDEO_TYPE,
    Source,
    Teacher,
    Ticket,
    Viewer,
    WireLink,
    World,
)
from tests.classroom.rtp.test_red import in_red


def pictures(viewer: Viewer) -> list[tuple[int, vp8.Descriptor, str]]:
    """Timestamp, descriptor and layer of each picture's first packet, in the order of the numbers."""
    found = []
    for number in viewer.video.numbers():
        packet = viewer.video.packets[number]
        descriptor = vp8.parse(packet, header.HEADER_LENGTH, len(packet))
        if descriptor.start:
            found.append((header.timestamp(packet), descriptor, chr(packet[header.HEADER_LENGTH + 11])))
    return found


def assert_one_stream(viewer: Viewer) -> None:
    """No hole, times that go on, pictures counted by one, and a change of layer at key frames only."""
    assert viewer.video.holes() == 0
    for (stamp, one, layer), (next_stamp, following, next_layer) in pairwise(pictures(viewer)):
        assert 0 < (next_stamp - stamp) % 2**32 < 3 * 90000
        assert (following.picture_id - one.picture_id) % 2**15 == 1
        assert (following.tl0picidx - one.tl0picidx) % 2**8 == 1
        assert layer == next_layer or following.key


def test_on_a_good_line_she_climbs_to_the_full_layer() -> None:
    world = World()
    LayeredTeacher(world)
    viewer = NarrowViewer(world)
    world.run(1.0)
    assert viewer.layers() == {"q"}
    world.run(11.0)
    assert viewer.layers() == {"f"}
    assert list(dict.fromkeys(layer for _, _, layer in pictures(viewer))) == ["q", "h", "f"]
    assert_one_stream(viewer)


def test_a_narrow_line_settles_below_its_width_and_slows_nobody() -> None:
    world = World()
    LayeredTeacher(world)
    thin, wide = NarrowViewer(world, rate=600_000), NarrowViewer(world)
    world.run(17.0)
    assert wide.layers(5.0) == {"f"}
    assert thin.layers(3.0) <= {"q", "h"}
    dropped = thin.line.dropped
    world.run(60.0)
    assert thin.line.dropped - dropped < 600, "tries get rare"
    assert wide.video.holes() == 0


def test_a_line_that_narrows_and_widens_is_followed_down_and_up() -> None:
    world = World()
    LayeredTeacher(world)
    viewer = NarrowViewer(world)
    world.run(12.0)
    viewer.line.rate = 450_000
    world.run(8.0)
    assert viewer.layers() <= {"q", "h"}
    viewer.line.rate = 1e9
    world.run(60.0)
    assert viewer.layers() == {"f"}


def test_below_the_smallest_layer_the_voice_stays_alone_and_the_picture_comes_back() -> None:
    world = World()
    LayeredTeacher(world)
    viewer = NarrowViewer(world, rate=110_000)
    world.run(20.0)
    assert viewer.subscription.level == "voice"
    assert viewer.subscription.quality(world.now).layer == "voice"
    assert viewer.subscription.tracks[1].state is DownState.HELD
    heard = len(viewer.voices)
    world.run(5.0)
    assert len(viewer.voices) - heard > 240
    viewer.line.rate = 1e9
    world.run(60.0)
    assert viewer.layers() == {"f"}


def test_through_forty_kilobits_the_thin_voice_goes_on_the_same_line() -> None:
    world = World()
    LayeredTeacher(world)
    ThinVoice(world)
    viewer = NarrowViewer(world, rate=40_000)
    world.run(15.0)
    assert viewer.subscription.level == "thin"
    first = viewer.audio.gaps.newest + 1 if viewer.audio.gaps else 0
    world.run(100.0)
    heard = [number for number in viewer.audio.numbers() if number >= first]
    assert len(heard) >= 0.99 * (heard[-1] - first + 1)
    assert viewer.hears_thin() == {True}
    viewer.line.rate = 1e9
    world.run(180.0)
    assert viewer.hears_thin() == {False}
    assert viewer.layers() == {"f"}


def test_voices_follow_each_other_in_time_whichever_is_heard() -> None:
    world = World()
    LayeredTeacher(world)
    ThinVoice(world)
    viewer = NarrowViewer(world)
    world.run(3.0)
    viewer.subscription.pin = "thin"
    world.run(3.0)
    viewer.subscription.pin = "voice"
    world.run(3.0)
    assert viewer.audio.holes() == 0
    for (one, stamp), (two, next_stamp) in pairwise(
        zip(viewer.audio.payloads(), viewer.audio.timestamps(), strict=True)
    ):
        step = (next_stamp - stamp) % 2**32
        if one.startswith(b"thin") == two.startswith(b"thin"):
            assert step in (960, 2880)
        else:
            assert 0 < step <= 5 * 960


def test_without_room_for_pictures_sound_goes_without_repetition() -> None:
    world = World()
    track = TrackDescription("audio", "0", {AUDIO_TYPE: OPUS}, red=63)
    teacher = Publication(WireLink(world, world.wire()), Ticket("teacher"), "teacher", [track])
    world.lesson.publish(teacher, world.now)
    wire = world.wire()
    line = LineDescription("teacher", "audio", "0", {OPUS: 109}, red=64)
    subscription = Subscription(WireLink(world, wire), Ticket("room"), [line])
    world.lesson.subscribe(subscription, world.now)
    source, heard = Source(63, 48000, 1), []
    for at in range(30):
        subscription.pin = "voice" if 10 <= at < 20 else "f"
        subscription.steer(world.now)
        world.now += 0.02
        packet = source.packet(in_red([b"old"], b"new %d" % at)[header.HEADER_LENGTH :], False, world.now)
        teacher.on_rtp(packet, world.now)
        heard += [one for one in wire.take(world.now + 1) if not header.is_rtcp(one)]
    assert [header.payload_type(one) for one in heard] == [64] * 10 + [109] * 10 + [64] * 10
    assert {(b - a) % 2**16 for a, b in pairwise(map(header.sequence, heard))} == {1}
    assert {(b - a) % 2**32 for a, b in pairwise(map(header.timestamp, heard))} == {960}
    again = feedback.Nack(1, subscription.tracks[0].home.ssrc, tuple(map(header.sequence, heard)))
    subscription.on_rtcp(feedback.build_nack(again), world.now)
    assert list(wire.take(world.now + 1)) == heard


def test_loss_that_no_smaller_layer_mends_is_borne() -> None:
    world = World()
    LayeredTeacher(world)
    viewer = NarrowViewer(world)
    viewer.estimates = False
    viewer.down.loss = 0.2
    world.run(120.0)
    late = [layer for at, layer in viewer.seen if at > world.now - 60.0]
    assert late.count("q") < 0.2 * len(late)


def test_one_flickering_viewer_costs_the_others_few_key_frames() -> None:
    world = World()
    teacher = LayeredTeacher(world)
    viewer = Viewer(world)
    world.run(12.0)
    asked = teacher.asked
    for _ in range(20):
        viewer.subscription.pin = "q" if viewer.subscription.pin == "h" else "h"
        world.run(1.0)
    assert teacher.asked - asked <= 20


def test_a_repair_across_a_change_is_what_was_sent() -> None:
    world = World()
    LayeredTeacher(world)
    viewer = Viewer(world)
    world.run(1.45)
    viewer.asks = False
    viewer.subscription.pin = "h"
    viewer.subscription.steer(world.now)
    world.run(2.6)
    viewer.subscription.pin = "f"
    viewer.subscription.steer(world.now)
    world.run(1.0)
    sent = world.counters.repairs_sent
    numbers = viewer.video.numbers()
    for number in numbers[-100:]:
        nack = feedback.Nack(1, viewer.video.ssrc, (number & 0xFFFF,))
        viewer.subscription.on_rtcp(feedback.build_nack(nack), world.now)
    world.run(0.2)
    assert world.counters.repairs_sent - sent == 100
    assert viewer.video.numbers()[: len(numbers)] == numbers, "and the viewer's ear compares them byte by byte"
    assert len({layer for _, _, layer in pictures(viewer)}) == 3


def test_voice_and_picture_stay_together_after_changes() -> None:
    world = World()
    teacher = LayeredTeacher(world)
    viewer = NarrowViewer(world)
    world.run(15.0)
    assert viewer.layers() == {"f"}
    captured = {}
    for ear, source in ((viewer.audio, teacher.audio), (viewer.video, teacher.layers["f"])):
        _, report = ear.reports[-1]
        stamp = ear.timestamps()[-1]
        ahead = (stamp - report.rtp + 2**31) % 2**32 - 2**31
        captured[source.clock_rate] = ntp.to_unix(report.ntp) + ahead / source.clock_rate
    assert captured[48000] == pytest.approx(captured[90000], abs=0.04)


def test_the_layers_of_a_publication_are_known_by_name_then_by_ssrc_alone() -> None:
    world = World()
    teacher = LayeredTeacher(world)
    world.run(2.0)
    assert teacher.known == {source.ssrc for source in (*teacher.layers.values(), teacher.audio)}
    layers = world.lesson.slots["teacher"].layers["video"]
    packets = {name: stream.packets for name, stream in layers.items()}
    assert packets["f"] == pytest.approx(7 * packets["q"], rel=0.1)
    assert world.counters.dropped_foreign == 0


@pytest.mark.parametrize(
    ("rids", "layers"),
    [
        ((), ["f"]),
        (("f",), ["f"]),
        (("h", "q"), ["q", "h"]),
        (("0", "1", "2"), ["q", "h", "f"]),
        (("a", "b"), ["h", "f"]),
    ],
)
def test_layers_have_our_names_whatever_they_are_called(rids: tuple[str, ...], layers: list[str]) -> None:
    assert list(TrackDescription("video", "1", {}, rids=rids).layers) == layers


def test_a_publisher_is_held_to_what_somebody_wants() -> None:
    world = World()
    teacher = LayeredTeacher(world)
    viewer = Viewer(world)
    viewer.subscription.pin = "q"
    world.run(5.0)
    assert set(teacher.remb) <= {MOST["f"]}, "she begins with all"
    world.run(WANTED)
    assert teacher.remb[-1] in range(MOST["q"] - 16, MOST["q"] + 1)
    viewer.subscription.pin = "f"
    viewer.subscription.steer(world.now)
    world.run(2.0)
    assert teacher.remb[-1] == MOST["f"]


def test_a_layer_that_is_wanted_is_wished_for_and_taken_when_it_comes() -> None:
    world = World()
    teacher = LayeredTeacher(world)
    teacher.sends = {"q"}
    viewer = NarrowViewer(world)
    world.run(WANTED + 10.0)
    assert viewer.layers() == {"q"}
    layers = world.lesson.slots["teacher"].layers["video"]
    assert layers["h"].wanted(world.now)
    assert not layers["f"].wanted(world.now)
    teacher.sends = {"q", "h", "f"}
    world.run(12.0)
    assert viewer.layers() == {"f"}


def test_a_layer_that_dries_up_gives_way_to_one_that_flows() -> None:
    world = World()
    teacher = LayeredTeacher(world)
    viewer = NarrowViewer(world)
    world.run(12.0)
    teacher.sends = {"q"}
    world.run(4.0)
    assert viewer.layers() == {"q"}
    assert_one_stream(viewer)


def test_a_pinned_viewer_stays_whatever_her_line_carries() -> None:
    world = World()
    LayeredTeacher(world)
    viewer = NarrowViewer(world, rate=300_000)
    viewer.subscription.pin = "f"
    world.run(8.0)
    assert viewer.layers() == {"f"}
    viewer.subscription.pin = "voice"
    world.run(3.0)
    assert viewer.layers() == set()


def test_one_layer_is_all_or_nothing() -> None:
    world = World()
    Teacher(world)
    viewer = NarrowViewer(world, rate=60_000)
    world.run(20.0)
    assert viewer.subscription.level == "voice"
    assert viewer.subscription.tracks[1].state is DownState.HELD


def test_the_main_line_shows_the_board_while_only_that_is_live_and_then_the_teacher() -> None:
    world = World()
    viewer = Viewer(world, instead="board")
    board = Teacher(world, person="teacher", slot="board", frame=5000)
    world.run(1.0)
    shown = viewer.subscription.tracks[1]
    assert shown.stream.name == "board video"
    assert viewer.video.packets
    teacher = Teacher(world)
    world.run(1.0)
    assert shown.stream.name == "teacher video"
    world.lesson.unpublish(teacher.publication, world.now)
    teacher.sending = False
    board.key_wanted = True
    world.run(1.0)
    assert shown.stream.name == "board video"
    assert viewer.video.holes() == viewer.audio.holes() == 0


def test_a_retransmission_finds_its_layer_by_name_then_by_ssrc() -> None:
    world = World()
    teacher = LayeredTeacher(world)
    world.run(1.0)
    source = teacher.layers["h"]
    for at in range(2):
        lost = header.build(0x80, VIDEO_TYPE, source.sequence, source.stamp(world.now), source.ssrc, b"\x10\x01lost")
        source.sequence += 1
        following = header.build(0x80, VIDEO_TYPE, source.sequence, source.stamp(world.now), source.ssrc, b"\x10\x01on")
        source.sequence += 1
        teacher.publication.on_rtp(following, world.now)
        wrapped = rtx.wrap(lost, RTX_TYPE, at, 4711)
        before = world.lesson.slots["teacher"].layers["video"]["h"].packets
        teacher.publication.on_rtp(with_rid(wrapped, "h") if at == 0 else wrapped, world.now)
        assert world.lesson.slots["teacher"].layers["video"]["h"].packets == before + 1
    assert world.counters.dropped_foreign == 0


def test_those_with_a_form_of_their_own_and_those_who_share_one_get_the_same_pictures() -> None:
    world = World()
    LayeredTeacher(world)
    viewers = []
    for _ in range(12):
        viewers.append(Viewer(world))
        world.run(0.4)
    together = [Viewer(world) for _ in range(10)]
    world.run(12.0)
    seen = [{picture[2] for picture in pictures(viewer)[-30:]} for viewer in (*viewers, *together)]
    assert seen == [{"f"}] * 22
    ends = {viewer.video.payloads()[-1][6:] for viewer in (*viewers, *together)}
    assert len(ends) == 1, "the descriptors differ, the pictures do not"
    for viewer in (*viewers, *together):
        assert_one_stream(viewer)
