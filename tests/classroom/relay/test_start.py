"""What a viewer gets first, and who has to send a key frame for it."""

import pytest

from classroom.relay import key_frames, lesson, stream
from classroom.relay.down_track import DownState
from classroom.rtp import vp8
from tests.classroom.relay.peers import H264, Teacher, Viewer, World


def first_is_key(viewer: Viewer) -> bool:
    payload = viewer.video.payloads()[0]
    return vp8.parse(payload, 0, len(payload)).key


def video_state(viewer: Viewer) -> DownState:
    return viewer.subscription.tracks[1].state


def test_a_late_viewer_starts_at_once_from_the_cached_key_frame() -> None:
    world = World()
    teacher = Teacher(world)
    world.run(1.0)
    asked = teacher.asked_key_frames
    viewer = Viewer(world)
    world.run(0.05)
    assert first_is_key(viewer)
    assert viewer.video.order == viewer.video.numbers(), "the replay comes in order, before what is new"
    assert viewer.video.holes() == 0
    assert len(viewer.video.packets) >= 110
    assert teacher.asked_key_frames == asked


def test_a_viewer_who_comes_long_after_the_key_frame_gets_a_new_one() -> None:
    world = World()
    teacher = Teacher(world)
    world.run(stream.REPLAY_AGE + 1.0)
    viewer = Viewer(world)
    assert video_state(viewer) is DownState.WAITING
    world.run(0.2)
    assert video_state(viewer) is DownState.LIVE
    assert first_is_key(viewer)
    assert teacher.key_frames == 2
    assert viewer.video.holes() == 0


def test_a_hundred_late_viewers_cost_one_key_frame() -> None:
    world = World()
    teacher = Teacher(world)
    world.run(5.0)
    viewers = [Viewer(world) for _ in range(100)]
    world.run(0.2)
    assert all(first_is_key(viewer) for viewer in viewers)
    assert teacher.asked_key_frames == 1


def test_a_key_frame_that_never_comes_is_asked_for_once_per_window() -> None:
    world = World()
    teacher = Teacher(world, obeys=False)
    world.run(5.0)
    Viewer(world)
    world.run(3.0)
    assert 3.0 / key_frames.WINDOW - 1 <= teacher.asked_key_frames <= 3.0 / key_frames.WINDOW + 1


def test_viewers_before_the_publisher_start_with_her() -> None:
    world = World()
    viewer = Viewer(world)
    world.run(1.0)
    assert video_state(viewer) is DownState.SILENT
    Teacher(world)
    world.run(0.2)
    assert first_is_key(viewer)
    assert viewer.audio.packets


def test_a_request_right_after_a_key_frame_is_answered_by_it() -> None:
    world = World()
    teacher = Teacher(world)
    viewer = Viewer(world)
    world.run(1.5)
    viewer.ask_key_frame()
    world.run(0.06)
    viewer.ask_key_frame()
    world.run(0.06)
    viewer.ask_key_frame()
    world.run(0.2)
    assert teacher.key_frames == 2


def test_a_viewer_that_has_reported_nothing_is_served_from_the_cache() -> None:
    world = World()
    teacher = Teacher(world)
    world.run(0.5)
    viewer = Viewer(world)
    viewer.down.loss = 1.0
    world.run(0.1)
    viewer.down.loss = 0.0
    viewer.ask_key_frame()
    world.run(0.1)
    assert first_is_key(viewer)
    assert viewer.video.holes() == 0
    assert teacher.asked_key_frames == 0
    viewer.ask_key_frame()
    world.run(0.1)
    assert teacher.asked_key_frames == 1, "there is one second chance"


def test_too_many_joiners_at_once_wait_for_the_next_key_frame() -> None:
    world = World()
    teacher = Teacher(world)
    world.run(1.0)
    viewers = [Viewer(world) for _ in range(120)]
    world.run(0.3)
    assert world.counters.replays_refused > 0
    assert world.counters.replayed <= lesson.REPLAY_BURST + 0.4 * lesson.REPLAY_RATE
    assert teacher.asked_key_frames == 1
    assert all(first_is_key(viewer) for viewer in viewers)
    assert all(viewer.video.holes() == 0 for viewer in viewers)


def test_who_is_refused_while_the_key_frame_is_young_gets_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lesson, "REPLAY_BURST", 100)
    monkeypatch.setattr(lesson, "REPLAY_RATE", 100)
    world = World()
    teacher = Teacher(world)
    world.run(key_frames.WINDOW / 2)
    viewers = [Viewer(world) for _ in range(30)]
    assert world.counters.replays_refused > 0
    world.run(key_frames.WINDOW + 0.2)
    assert all(first_is_key(viewer) for viewer in viewers)
    assert (teacher.asked_key_frames, teacher.key_frames) == (1, 2)


def test_a_viewer_of_h264_starts_with_the_parameter_sets() -> None:
    world = World()
    Teacher(world, codec=H264)
    world.run(1.0)
    viewer = Viewer(world)
    world.run(0.1)
    assert viewer.video.payloads()[0].startswith(b"\x78\x00\x04\x67")


def test_nothing_is_sent_to_a_link_that_is_not_connected() -> None:
    world = World()
    Teacher(world)
    viewer = Viewer(world)
    world.run(0.5)
    viewer.link.connected = False
    viewer.subscription.link_changed(world.now)
    before = len(viewer.video.packets)
    world.run(0.1)
    seen = len(viewer.video.packets)
    world.run(1.0)
    assert before <= seen == len(viewer.video.packets)
    viewer.link.connected = True
    viewer.subscription.link_changed(world.now)
    world.run(0.3)
    assert len(viewer.video.packets) > seen


def test_a_viewer_who_left_gets_nothing_more() -> None:
    world = World()
    Teacher(world)
    viewer = Viewer(world)
    world.run(0.5)
    world.lesson.unsubscribe(viewer.subscription, world.now)
    world.run(0.1)
    seen = len(viewer.video.packets)
    world.run(0.5)
    assert len(viewer.video.packets) == seen
    assert not world.lesson.subscriptions
