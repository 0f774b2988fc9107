"""What comes out of a slot plays, whatever went on while it was recorded."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.classroom.recorder.studio import START, Studio, decoded, longest_hole, seconds, times

CODECS = ["vp8", "h264"]


@pytest.mark.parametrize("codec", CODECS)
def test_voice_and_picture_play_from_begin_to_end(codec: str) -> None:
    studio = Studio(codec)
    studio.run(9.5)
    studio.finish()
    assert len(studio.memory.takes) == 1
    assert seconds(studio.file()) == pytest.approx(9.5, abs=0.1)
    assert longest_hole(studio.file(), "audio") < 0.002
    if codec == "h264":  # WebM names no lengths
        assert longest_hole(studio.file(), "video") < 0.001
    assert sum(1 for _ in decoded(studio.file())) == pytest.approx(285, abs=3)


@pytest.mark.parametrize("codec", CODECS)
def test_segments_are_short_and_begin_with_key_frames(codec: str) -> None:
    studio = Studio(codec)
    studio.run(20)
    assert all(part.lasts <= 1.081 for part in studio.memory.parts)
    firsts = [part for part in studio.memory.parts if part.first]
    assert all(part.key for part in firsts)
    assert all(1.8 <= later.at - one.at <= 4.081 for one, later in pairwise(firsts))


@pytest.mark.parametrize("codec", CODECS)
def test_parts_come_soon(codec: str) -> None:
    studio = Studio(codec)
    studio.run(10)
    assert 10 - sum(part.lasts for part in studio.memory.parts) < 1.5


def test_a_picture_without_key_frames_is_asked_for_them_and_cut_all_the_same() -> None:
    studio = Studio("vp8")
    studio.run(1.0)
    shots = [shot for shot in range(90) if shot % 30]
    studio._frames = 1
    before = studio.link.asked
    for _ in range(6):
        studio.run(0.9)
        studio._frames = shots[0]
        studio._began = studio.now - studio._frames / 30
    assert studio.link.asked > before


@pytest.mark.parametrize("codec", CODECS)
def test_three_seconds_without_anything_leave_no_hole_and_one_can_seek_across(codec: str) -> None:
    studio = Studio(codec)
    studio.run(6)
    studio.sending = False
    studio.run(3)
    studio.sending = True
    studio.run(6)
    studio.finish()
    file = studio.file()
    assert len(studio.memory.takes) == 1
    assert seconds(file) == pytest.approx(15, abs=0.2)
    assert longest_hole(studio.file(), "audio") <= 0.041
    for since in (5.0, 7.5, 10.0):
        first = next(iter(decoded(studio.file(), since)))
        assert since - 4.1 <= first.time <= since + 0.2


def test_a_long_outage_is_bridged() -> None:
    studio = Studio("h264")
    studio.run(5)
    studio.sending = False
    studio.run(60)
    studio.sending = True
    studio.run(5)
    studio.finish()
    assert seconds(studio.file()) == pytest.approx(70, abs=0.3)
    assert longest_hole(studio.file(), "audio") <= 0.041
    assert longest_hole(studio.file(), "video") <= 0.041


@pytest.mark.parametrize("codec", CODECS)
def test_a_new_resolution_goes_on_in_the_same_take(codec: str) -> None:
    studio = Studio(codec)
    studio.run(6)
    studio.size = (640, 360)
    studio._frames += -studio._frames % 90
    studio._began = studio.now - studio._frames / 30
    studio._voices = round((studio.now - studio._began) / 0.02)
    studio._reported = float("-inf")
    studio.run(6)
    studio.finish()
    assert len(studio.memory.takes) == 1
    assert {(frame.width, frame.height) for frame in decoded(studio.file())} == {(320, 180), (640, 360)}
    assert next(iter(decoded(studio.file(), 11.0))).width == 640


def test_another_codec_begins_another_take_on_the_same_line_of_time() -> None:
    studio = Studio("vp8")
    studio.run(6)
    studio.codec = "h264"
    studio.publish(ssrc=20)
    studio.run(6)
    studio.finish()
    first, second = studio.memory.takes
    assert [track.codec for track in first.tracks + second.tracks] == ["vp8", "opus", "h264", "opus"]
    assert second.rows[0].at == pytest.approx(first.end)
    assert second.end == pytest.approx(12, abs=0.2)
    assert next(iter(decoded(studio.file(1), 10.0))).time == pytest.approx(10.0, abs=2.1)


@pytest.mark.parametrize("codec", CODECS)
def test_a_picture_whose_key_frame_lies_before_what_is_kept_begins_with_the_next_one(codec: str) -> None:
    studio = Studio(codec)
    studio.memory.begun = START + 0.5  # another slot's recording began half a second later
    before = studio.link.asked
    studio.run(4)
    studio.finish()
    assert studio.link.asked > before
    first, *more = studio.memory.takes
    assert [track.codec for track in first.tracks] == [codec, "opus"]
    assert not more
    assert next(part for part in studio.memory.parts if part.picture).picture[0].key
    seen = list(decoded(studio.file()))
    assert seen[0].key_frame
    assert len(seen) == pytest.approx(3 * 30, abs=3)


def test_the_voice_goes_on_alone_until_a_picture_can_begin() -> None:
    studio = Studio("h264")
    studio._frames = 1  # no key frame for a second
    studio.run(0.9)
    studio.camera = False
    studio.run(3)
    studio.camera = True
    studio.run(3)
    studio.finish()
    alone, both = studio.memory.takes
    assert [track.codec for track in alone.tracks] == ["opus"]
    assert [track.codec for track in both.tracks] == ["h264", "opus"]
    assert next(part for part in studio.memory.parts if part.picture).picture[0].key
    assert studio.link.asked > 0


@pytest.mark.parametrize(
    ("off", "kinds"),
    [
        (lambda studio: setattr(studio, "camera", False), {"audio"}),
        (lambda studio: setattr(studio, "microphone", False), {"video"}),
    ],
)
def test_one_track_alone_is_recorded_too(off: Callable[[Studio], None], kinds: set[str]) -> None:
    studio = Studio("h264")
    off(studio)
    studio.run(5)
    studio.finish()
    assert {"audio" if track.codec == "opus" else "video" for track in studio.memory.takes[0].tracks} == kinds
    assert seconds(studio.file()) == pytest.approx(5, abs=0.1)


def test_a_camera_that_is_turned_off_leaves_a_still_and_the_voice() -> None:
    studio = Studio("h264")
    studio.run(5)
    studio.camera = False
    studio.run(20)
    studio.finish()
    assert len(studio.memory.takes) == 1
    assert longest_hole(studio.file(), "video") <= 0.04
    assert times(studio.file(), "audio")[-1][0] == pytest.approx(25, abs=0.1)
    assert sum(part.lasts for part in studio.memory.parts) == pytest.approx(25, abs=0.1)


def test_lost_packets_drop_frames_up_to_the_next_key_frame_and_ask_for_it() -> None:
    studio = Studio("vp8")
    studio.run(3)
    studio.lose = {(studio.video.sequence + 3) & 0xFFFF}
    before = studio.link.asked
    studio.run(6)
    studio.finish()
    assert studio.link.asked > before
    assert longest_hole(studio.file(), "audio") < 0.002
    assert 200 < sum(1 for _ in decoded(studio.file())) < 270
