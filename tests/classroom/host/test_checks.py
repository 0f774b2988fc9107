import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classroom.host import checks
from classroom.ingest import ffmpeg

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, "ok"), (200.0, "ok"), (200.1, "weak"), (600.0, "weak"), (600.1, "down")]
)
def test_little_is_good_where_the_first_bound_is_the_smaller(value: float, expected: str) -> None:
    assert checks.verdict(value, 200.0, 600.0) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(25.0, "ok"), (20.0, "ok"), (19.9, "weak"), (5.0, "weak"), (0, "down")]
)
def test_much_is_good_where_the_first_bound_is_the_larger(value: float, expected: str) -> None:
    assert checks.verdict(value, 20.0, 5.0) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(0, "ok"), (-2, "ok"), (9, "weak"), (-31, "weak"), (32, "down")])
def test_a_clock_may_be_off_by_what_tickets_bear(seconds: int, expected: str) -> None:
    assert checks.of_clock(NOW + timedelta(seconds=seconds), NOW)["verdict"] == expected


def test_a_source_without_sound_is_down_and_a_silent_one_weak() -> None:
    assert checks.of_sound(None) == {"name": "microphone", "verdict": "down"}
    assert [checks.of_sound(loudest)["verdict"] for loudest in (0.0, 0.001, 0.002, 1.0)] == ["weak", "weak", "ok", "ok"]


def test_the_free_space_is_told_in_megabytes() -> None:
    assert checks.of_disk(2_500_000_000) == {"name": "disk", "verdict": "ok", "value": 2500}
    assert checks.of_disk(99_000_000)["verdict"] == "down"


def test_a_camera_is_looked_at_and_listened_to(tmp_path: Path) -> None:
    film = tmp_path / "class.mp4"
    picture, tone = ["-f", "lavfi", "-i", "testsrc=s=160x90:r=25"], ["-f", "lavfi", "-i", "sine=f=440:r=44100"]
    ffmpeg.make([*picture, *tone, "-t", "3", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(film)])
    camera, microphone = checks.camera(str(film))
    assert (camera["verdict"], round(camera["value"])) == ("ok", 25)
    assert microphone["verdict"] == "ok"


def test_what_does_not_open_is_down(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(struct.pack(">I4s", 8, b"free"))
    assert [check["verdict"] for check in checks.camera(str(broken))] == ["down", "down"]
