import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp.frames import Frame, Frames, H264Frames, Piece, Vp8Frames
from classroom.rtp.h264 import picture_size
from tests.classroom.recorder.footage import h264_payloads, has_idr, pictures, vp8_payloads


def pushed(frames: Frames, payloads: list[bytes], timestamp: int, lost: bool = False) -> list[Frame]:
    found = []
    for index, payload in enumerate(payloads):
        frame = frames.push(Piece(timestamp, index == len(payloads) - 1, payload), lost and index == 0)
        found += [frame] if frame else []
    return found


def vp8_run(frames: Frames, numbers: range, without: int = -1) -> list[Frame]:
    found = []
    for number in numbers:
        payloads = vp8_payloads(pictures("libvpx")[number].data, number, 300)
        found += pushed(frames, payloads, number * 3000, lost=number == without + 1) if number != without else []
    return found


def test_vp8_frames_come_out_as_they_were_encoded() -> None:
    found = vp8_run(Vp8Frames(), range(60))
    assert [frame.data for frame in found] == [shot.data for shot in pictures("libvpx")[:60]]
    assert [frame.size for frame in found if frame.key] == [(320, 180)] * 2


def test_vp8_waits_for_the_next_key_frame_after_a_loss() -> None:
    frames = Vp8Frames()
    found = vp8_run(frames, range(60), without=10)
    assert [frame.timestamp // 3000 for frame in found] == [*range(10), *range(30, 60)]
    assert not frames.waiting


def test_h264_frames_hold_their_units_and_parameter_sets() -> None:
    frames = H264Frames()
    found = [frame for n, shot in enumerate(pictures("libx264")[:60])
             for frame in pushed(frames, h264_payloads(shot.data, 200), n * 3000)]  # fmt: skip
    assert [frame.key for frame in found] == [has_idr(shot) for shot in pictures("libx264")[:60]]
    assert all(frame.data[4] & 0x1F == 7 for frame in found if frame.key)
    assert {frame.size for frame in found if frame.key} == {(320, 180)}


def test_h264_key_frames_get_the_parameter_sets_that_came_before() -> None:
    frames = H264Frames()
    sets, *rest = h264_payloads(pictures("libx264")[0].data)
    pushed(frames, [sets], 0)
    [frame] = pushed(frames, rest, 3000)
    assert frame.size == (320, 180)


def test_an_h264_frame_without_its_middle_is_dropped_up_to_the_next_key_frame() -> None:
    frames, found = H264Frames(), []
    for number, shot in enumerate(pictures("libx264")[:40]):
        payloads = h264_payloads(shot.data, 60)
        if number == 5:
            del payloads[1:-1]
        found += pushed(frames, payloads, number * 3000, lost=number == 5)
    assert [frame.timestamp // 3000 for frame in found] == [*range(5), *range(30, 40)]


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (322, 182), (1920, 1080)])
def test_the_picture_size_stands_in_the_sps(size: tuple[int, int]) -> None:
    data = pictures("libx264", size, 1).copy()[0].data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    [sps] = [unit for unit in data if unit and unit[0] & 0x1F == 7]
    assert picture_size(sps) == size


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=60), st.booleans(), st.booleans()), max_size=30))
def test_hostile_packets_raise_only_value_error(pieces: list[tuple[bytes, bool, bool]]) -> None:
    for kind in (Vp8Frames, H264Frames):
        frames = kind()
        for number, (payload, last, lost) in enumerate(pieces):
            try:
                frames.push(Piece(random.Random(number).choice((0, 3000)), last, payload), lost)
            except ValueError:
                frames.waiting = True
