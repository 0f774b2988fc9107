"""What peers are told of each other: reports, rates, time."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classroom.relay.publication import MOST, Publication
from classroom.rtp import feedback, ntp, reports
from tests.classroom.relay.peers import START, Ear, Teacher, Ticket, Viewer, World


def capture_time(ear: Ear, timestamp: int, clock_rate: int) -> float:
    """When a viewer believes something was captured, on the relay's clock."""
    _, report = ear.reports[-1]
    distance = (timestamp - report.rtp + 2**31) % 2**32 - 2**31
    return ntp.to_unix(report.ntp) + distance / clock_rate


@pytest.mark.parametrize("clock_error", [0.0, 3600.0, -7.5])
def test_voice_and_picture_of_one_moment_are_told_the_same_time(clock_error: float) -> None:
    world = World(reorder=0.1)
    teacher = Teacher(world, clock_error=clock_error)
    viewer = Viewer(world)
    world.run(5.0)
    offsets = []
    for ear, source in ((viewer.audio, teacher.audio), (viewer.video, teacher.video)):
        stream = next(track.stream for track in viewer.subscription.tracks if track.stream.ssrc == ear.ssrc)
        at = (source.stamp(START + 4.0) + stream.canonical.timestamp_offset) % 2**32
        offsets.append(capture_time(ear, at, source.clock_rate) - (START + 4.0))
    assert offsets[0] == pytest.approx(offsets[1], abs=0.005)
    assert 0 <= offsets[0] <= 0.06, "our clock, and no more than the way from the publisher behind"


def test_viewers_hear_a_report_at_once_and_then_every_second() -> None:
    world = World()
    Teacher(world)
    world.run(1.0)
    viewer = Viewer(world)
    world.run(0.1)
    assert len(viewer.audio.reports) == len(viewer.video.reports) == 1
    world.run(5.0)
    assert len(viewer.video.reports) == 6


def test_before_the_publishers_first_report_arrival_stands_in() -> None:
    world = World()
    teacher = Teacher(world)
    teacher.next_report = world.now + 100
    viewer = Viewer(world)
    world.run(3.0)
    for ear, rate in ((viewer.audio, 48000), (viewer.video, 90000)):
        newest = ear.timestamps()[-1]
        assert capture_time(ear, newest, rate) == pytest.approx(world.now, abs=0.1)


def test_the_publisher_gets_reports_and_a_rate_twice_a_second() -> None:
    world = World(loss=0.05)
    teacher = Teacher(world)
    world.run(10.0)
    assert 15 <= len(teacher.remb) <= 21
    assert set(teacher.remb) <= {MOST["f"]}
    video = [block for block in teacher.blocks if block.ssrc == teacher.video.ssrc]
    assert len(video) >= 15
    assert video[-1].lsr != 0
    assert 0 < sum(block.fraction_lost for block in video) / len(video) / 256 < 0.1


def test_quality_tells_loss_delay_and_rate() -> None:
    world = World()
    Teacher(world)
    viewer = Viewer(world)
    world.run(3.0)
    _, report = viewer.video.reports[-1]
    block = reports.ReportBlock(viewer.video.ssrc, 64, 3, 0, 900, ntp.middle(report.ntp), 0)
    told = ntp.to_unix(report.ntp) + 0.25
    viewer.subscription.on_rtcp(reports.build_receiver_report(reports.ReceiverReport(1, (block,))), told)
    quality = viewer.subscription.quality(told)
    assert quality.loss == 0.25
    assert quality.rtt == pytest.approx(0.25, abs=0.001)
    assert quality.jitter == pytest.approx(0.01)
    assert quality.kbps == pytest.approx(30 * 4 * 212 * 8 / 1000, rel=0.1)
    assert (quality.layer, quality.unsupported) == ("f", ())


def test_what_is_asked_for_again_counts_as_loss() -> None:
    world = World()
    Teacher(world)
    viewer = Viewer(world)
    world.run(3.0)
    viewer.down.loss = 0.2
    world.run(2.0)
    assert 0.1 < viewer.subscription.quality(world.now).loss < 0.4


def test_the_way_up_has_a_quality_too() -> None:
    world = World(loss=0.1)
    teacher = Teacher(world)
    world.run(5.0)
    quality = teacher.publication.quality(world.now)
    assert 0 < quality.loss < 0.3
    assert quality.rtt == pytest.approx(0.05, abs=0.03)
    assert quality.layer == "f"


def test_a_viewers_estimate_is_kept() -> None:
    world = World()
    viewer = Viewer(world)
    viewer.subscription.on_rtcp(feedback.build_remb(feedback.Remb(1, 250_000, ())), world.now)
    assert viewer.subscription.remb == 250_000


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_hostile_bytes_are_counted_and_harm_nobody(rtp: bytes, control: bytes) -> None:
    world = World()
    teacher, viewer = Teacher(world), Viewer(world)
    world.run(0.2)
    teacher.publication.on_rtp(rtp, world.now)
    teacher.publication.on_rtcp(control, world.now)
    viewer.subscription.on_rtcp(control, world.now)
    world.run(0.2)
    assert viewer.video.holes() == 0


def test_garbage_on_the_publishers_own_stream_is_harmless() -> None:
    world = World()
    teacher, viewer = Teacher(world), Viewer(world)
    world.run(0.5)
    chance = random.Random(1)
    for _ in range(2000):
        size = chance.randrange(30)
        head = bytes((0x80 | chance.getrandbits(6), chance.choice((96, 224, 97, 111)))) + chance.randbytes(6)
        teacher.publication.on_rtp(head + teacher.video.ssrc.to_bytes(4, "big") + chance.randbytes(size), world.now)
    assert world.counters.dropped_malformed > 100
    assert viewer.subscription.tracks


def test_two_tracks_of_one_kind_are_refused() -> None:
    world = World()
    teacher = Teacher(world)
    with pytest.raises(ValueError, match="one track of a kind"):
        Publication(teacher.publication.link, Ticket("teacher"), "teacher", teacher.publication.tracks[:1] * 2)
