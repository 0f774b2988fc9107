from typing import Any

import pytest

from classroom.ingest.plan import CannotSend, Found, arguments


def plan(source: str = "rtsp://camera/1", found: Found | None = None, **options: Any) -> list[str]:
    return arguments(source, found or Found(), "http://relay/whip/l1", "TICKET", **options)


def after(arguments: list[str], option: str) -> str:
    return arguments[arguments.index(option) + 1]


@pytest.mark.parametrize("found", [Found(), Found("h264", "Main", "aac"), Found("h264"), Found(audio="pcm_alaw")])
def test_h264_without_b_frames_is_copied_with_its_parameter_sets(found: Found) -> None:
    assert after(plan(found=found), "-c:v") == "copy"
    assert after(plan(found=found), "-bsf:v").endswith("dump_extra=freq=keyframe")


@pytest.mark.parametrize(
    "found", [Found("h264", b_frames=True), Found("h264", "High"), Found("hevc", "Main"), Found("mjpeg")]
)
def test_what_browsers_cannot_take_is_encoded_without_b_frames(found: Found) -> None:
    chosen = plan(found=found)
    assert [after(chosen, name) for name in ("-c:v", "-profile:v", "-bf", "-g")] == ["libx264", "baseline", "0", "60"]


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (Found("hevc"), "HEVC"),
        (Found("h264", "High"), "H264 in profile High"),
        (Found("h264", b_frames=True), "H264 with B-frames"),
    ],
)
def test_or_refused_in_words_when_encoding_is_switched_off(found: Found, named: str) -> None:
    with pytest.raises(CannotSend, match=named):
        plan(found=found, transcode=False)


def test_sound_is_always_opus() -> None:
    chosen = plan()
    assert [after(chosen, name) for name in ("-c:a", "-ar", "-ac")] == ["libopus", "48000", "2"]


def test_a_camera_is_pulled_over_tcp_and_a_box_is_waited_for() -> None:
    assert after(plan("rtsp://camera/1"), "-rtsp_transport") == "tcp"
    assert after(plan("rtmp://0.0.0.0:1935/live/room"), "-listen") == "1"


@pytest.mark.parametrize("source", ["http://camera", "file:///etc/passwd", "camera", "-i", ""])
def test_anything_else_is_no_source(source: str) -> None:
    with pytest.raises(CannotSend, match="a source is rtsp"):
        plan(source)


def test_the_ticket_and_the_slots_address_are_last() -> None:
    assert plan()[-5:] == ["-f", "whip", "-authorization", "TICKET", "http://relay/whip/l1"]
