"""Two hops that lose, reorder and duplicate: nothing is missing at the viewer."""

from itertools import pairwise

import pytest

from classroom.relay.description import VP8, Codec
from classroom.rtp import feedback, header
from tests.classroom.relay.peers import (
    H264,
    START,
    VIDEO_TYPE,
    Source,
    Teacher,
    Viewer,
    World,
    h264_payload,
    vp8_payload,
)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("by_rtx", [False, True])
def test_at_five_percent_loss_all_pictures_and_all_sound_arrive(seed: int, by_rtx: bool) -> None:
    world = World(seed, loss=0.05, reorder=0.02, duplicate=0.01)
    teacher = Teacher(world, rtx=by_rtx)
    viewers = [Viewer(world), Viewer(world, rtx_type=101)]
    world.run(10.0)
    world.calm()
    world.run(1.0)
    assert teacher.up.lost > 80
    for viewer in viewers:
        assert viewer.down.lost > 80
        assert (viewer.audio.holes(), viewer.video.holes()) == (0, 0)
        assert len(viewer.audio.packets) > 500
        assert len(viewer.video.packets) > 1200
    assert world.counters.lost_upstream == 0
    assert world.counters.nacked_upstream >= teacher.up.lost // 2


def test_without_requests_there_would_be_holes() -> None:
    world = World(4, loss=0.05)
    Teacher(world)
    viewer = Viewer(world)
    viewer.asks = False
    world.run(5.0)
    assert viewer.audio.holes() > 0
    assert viewer.video.holes() > 0


@pytest.mark.parametrize("sequence", [65530, 65000, 0])
def test_numbers_wrap_around_without_a_hole(sequence: int) -> None:
    world = World(5, loss=0.03, reorder=0.02)
    Teacher(world, sequence=sequence)
    viewer = Viewer(world)
    world.run(6.0)
    world.calm()
    world.run(1.0)
    assert viewer.video.holes() == 0
    assert len(viewer.video.packets) > 700


def test_timestamps_wrap_around_with_the_publishers() -> None:
    world = World(6)
    teacher = Teacher(world)
    teacher.video.timestamp = 2**32 - 45_000
    viewer = Viewer(world)
    world.run(2.0)
    stamps = viewer.video.timestamps()
    steps = {(later - earlier) % 2**32 for earlier, later in pairwise(stamps)}
    assert steps == {0, 3000}


def test_viewers_see_neither_extensions_nor_padding_nor_the_publishers_numbers() -> None:
    world = World(7)
    teacher = Teacher(world, padding=True)
    viewer = Viewer(world)
    world.run(2.0)
    for packet in viewer.video.packets.values():
        assert packet[0] == 0x80
        assert header.payload_type(packet) == 100
        assert header.ssrc(packet) == viewer.video.ssrc != teacher.video.ssrc
        assert len(packet) > header.HEADER_LENGTH
    assert viewer.video.holes() == 0
    assert world.counters.left_out_padding > 30


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_padding_on_a_bad_line_leaves_no_hole(seed: int) -> None:
    world = World(seed, loss=0.05, reorder=0.05, duplicate=0.02)
    Teacher(world, padding=True, rtx=True)
    viewer = Viewer(world)
    world.run(6.0)
    world.calm()
    world.run(1.0)
    assert viewer.video.holes() == 0


def test_a_long_outage_ends_with_a_key_frame() -> None:
    world = World(8)
    teacher = Teacher(world)
    Viewer(world)
    world.run(1.0)
    before = teacher.key_frames
    teacher.up.loss = teacher.down.loss = 1.0
    world.run(2.0)
    teacher.video.sent.clear()
    world.calm()
    world.run(2.0)
    assert teacher.key_frames > before
    assert world.counters.lost_upstream > 100


def test_a_storm_of_requests_costs_bounded_work() -> None:
    world = World(9)
    Teacher(world)
    viewer = Viewer(world)
    world.run(2.0)
    last = max(viewer.video.packets)
    before = world.counters.repairs_sent
    for _ in range(200):
        storm = feedback.build_nack(
            feedback.Nack(1, viewer.video.ssrc, tuple((last - at) & 0xFFFF for at in range(200)))
        )
        viewer.subscription.on_rtcp(storm, world.now)
    assert world.counters.repairs_sent - before <= 200
    assert world.counters.repairs_repeated + world.counters.repairs_refused >= 200 * 200 - 200


def test_a_request_for_what_never_was_is_counted_and_harmless() -> None:
    world = World(10)
    Teacher(world)
    viewer = Viewer(world)
    world.run(1.0)
    ahead = (max(viewer.video.packets) + 500) & 0xFFFF
    viewer.subscription.on_rtcp(feedback.build_nack(feedback.Nack(1, viewer.video.ssrc, (ahead,))), world.now)
    viewer.subscription.on_rtcp(feedback.build_nack(feedback.Nack(1, 12345, (1,))), world.now)
    assert world.counters.repairs_missing == 1


def test_a_restart_of_the_numbers_is_followed() -> None:
    world = World(11)
    teacher = Teacher(world)
    viewer = Viewer(world)
    world.run(1.0)
    teacher.video.sequence = (teacher.video.sequence + 20_000) & 0xFFFF
    teacher.key_wanted = True
    world.run(1.0)
    assert viewer.video.holes() == 0
    assert len(viewer.video.packets) > 220
    assert world.counters.dropped_jump == 1


def test_a_stray_number_is_dropped() -> None:
    world = World(12)
    teacher = Teacher(world)
    viewer = Viewer(world)
    world.run(1.0)
    stray = header.build(0, 96, teacher.video.sequence + 20_000, 0, teacher.video.ssrc, b"\x10\x00stray")
    teacher.publication.on_rtp(stray, world.now)
    world.run(1.0)
    assert world.counters.dropped_jump == 1
    assert not any(payload.endswith(b"stray") for payload in viewer.video.payloads())


def source_packets(codec: Codec, frames: list[bool]) -> list[bytes]:
    """Four packets for each frame; True stands for a key frame."""
    make = vp8_payload if codec is VP8 else h264_payload
    source = Source(VIDEO_TYPE, 90000, 1)
    parts = [(frame, part, key) for frame, key in enumerate(frames) for part in range(4)]
    return [source.packet(make(*at), at[1] == 3, START + at[0] / 30) for at in parts]


@pytest.mark.parametrize("codec", [VP8, H264])
def test_a_lost_beginning_is_repaired_before_anything_is_shown(codec: Codec) -> None:
    world = World(13)
    teacher = Teacher(world, codec=codec)
    teacher.sending = False
    viewer = Viewer(world)
    packets = source_packets(codec, [False, True, False])
    beginning = packets.pop(4)
    for packet in packets:
        teacher.publication.on_rtp(packet, world.now)
    world.run(0.05)
    assert not viewer.video.packets
    teacher.publication.on_rtp(beginning, world.now)
    world.run(0.05)
    start, end = header.payload_bounds(beginning)
    assert viewer.video.payloads()[0][-205:] == beginning[start:end][-205:]
    assert len(viewer.video.packets) == 8
    assert viewer.video.holes() == 0
    assert world.counters.dropped_before_key_frame == 4
