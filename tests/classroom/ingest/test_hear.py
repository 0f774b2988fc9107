from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.ingest.hear import Heard, hear
from classroom.ingest.plan import Found

CAMERA = """\
Input #0, rtsp, from 'rtsp://127.0.0.1:8554/camera.mp4':
  Duration: N/A, start: 0.000000, bitrate: N/A
  Stream #0:0: Video: h264 (Constrained Baseline), yuv420p(progressive), 640x360, 25 fps, 25 tbr, 90k tbn
  Stream #0:1: Audio: aac (LC), 44100 Hz, mono, fltp
Stream mapping:
  Stream #0:0 -> #0:0 (copy)
  Stream #0:1 -> #0:1 (aac (native) -> opus (libopus))
"""
OUTPUT = """\
Output #0, whip, to 'http://127.0.0.1:8001/whip/l1':
  Stream #0:0: Video: h264 (Constrained Baseline), yuv420p(progressive), 640x360, q=2-31, 25 fps, 25 tbr, 90k tbn
  Stream #0:1: Audio: opus, 48000 Hz, stereo, flt, 48 kb/s
"""


def heard(text: str) -> Heard:
    return reduce(hear, text.splitlines(), Heard())


def test_the_streams_of_the_source_are_heard_and_not_those_of_the_publication() -> None:
    assert heard(CAMERA + OUTPUT) == Heard(Found("h264", "Constrained Baseline", "aac"), published=True)


def test_before_the_relay_has_taken_it_nothing_is_published() -> None:
    assert not heard(CAMERA).published


def test_a_refusal_for_b_frames_is_remembered() -> None:
    told = heard(CAMERA + "[WHIP muxer @ 0x5581] Unsupported B frames by RTC\n")
    assert told.found == Found("h264", "Constrained Baseline", "aac", b_frames=True)
    assert not told.found.copyable


@pytest.mark.parametrize("picture", ["hevc (Main)", "h264 (High)", "mjpeg (Baseline)", "h264 (High 4:2:2)"])
def test_what_no_browser_takes_is_not_copyable(picture: str) -> None:
    assert not heard(CAMERA.replace("h264 (Constrained Baseline)", picture)).found.copyable


@pytest.mark.parametrize("picture", ["h264 (Main)", "h264 (Baseline)", "h264", "h264 (avc1 / 0x31637661)"])
def test_what_browsers_take_is_copyable(picture: str) -> None:
    assert heard(CAMERA.replace("h264 (Constrained Baseline)", picture)).found.copyable


def test_a_language_tag_does_not_hide_a_stream() -> None:
    assert heard("  Stream #0:0[0x1](und): Video: hevc (Main) (hev1 / 0x31766568), yuv420p").found.video == "hevc"


@given(st.text())
def test_no_line_is_a_crash(line: str) -> None:
    hear(Heard(), line)
