"""The film is made once, with words and speech, and the clock drawn over it can be read."""

import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from classroom.demo import broadcast, film, fonts, slides, strip
from classroom.ingest import ffmpeg


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film.film(tmp_path_factory.mktemp("film"), slides.SLIDES[:1])


def luma_of(frame: av.VideoFrame) -> strip.Luma:
    grey = frame.to_ndarray(format="gray")
    return lambda x, y: float(grey[int(y * grey.shape[0]), int(x * grey.shape[1])])


def test_the_film_is_what_browsers_and_relays_like(short: Path) -> None:
    with av.open(str(short)) as opened:
        video, audio = opened.streams.video[0], opened.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height, video.average_rate) == (
            "h264",
            1280,
            720,
            Fraction(25),
        )
        assert not video.codec_context.has_b_frames
        assert (audio.codec_context.name, audio.rate) == ("flac", 48000)
        assert opened.duration is not None
        assert opened.duration >= 12_000_000


def test_it_is_made_only_once(short: Path) -> None:
    before = short.stat().st_mtime_ns
    assert film.film(short.parent, slides.SLIDES[:1]) == short
    assert short.stat().st_mtime_ns == before


def test_the_picture_moves_and_has_words(short: Path) -> None:
    with av.open(str(short)) as opened:
        frames = [frame.to_ndarray(format="gray") for _, frame in zip(range(40), opened.decode(video=0), strict=False)]
    words, moon = (slice(240, 600), slice(60, 560)), (slice(130, 610), slice(820, 1220))
    assert (frames[0][words] < 90).sum() > 2000
    assert np.abs(frames[0][moon].astype(int) - frames[39][moon]).max() > 100


def test_flash_and_tick_come_together_each_second(short: Path) -> None:
    with av.open(str(short)) as opened:
        flashes = [frame.time for frame in opened.decode(video=0) if strip.flash(luma_of(frame))]
    with av.open(str(short)) as opened:
        sound = np.concatenate([frame.to_ndarray().reshape(-1, 2)[:, 0] for frame in opened.decode(audio=0)])
    assert {round(moment % 1, 2) for moment in flashes} == {0.0, 0.04}
    spans = sound[: 10 * 48000].astype(float).reshape(-1, 1920)
    tone = np.exp(-2j * np.pi * strip.TICK_HZ * np.arange(1920) / 48000)
    strength = np.abs(spans @ tone).reshape(-1, 25)
    assert (strength[:, 0] > 3 * np.median(strength, axis=1)).all()


async def test_the_clock_in_the_broadcast_is_the_wall_clock(short: Path, tmp_path: Path) -> None:
    arguments = broadcast.arguments(short, "http://never.asked", "ticket")
    to_file = [*arguments[: arguments.index("-f")], "-t", "2", str(tmp_path / "sent.mkv")]
    began = int(time.time() * 1000)
    await ffmpeg.run(to_file)
    longest = int(time.time() * 1000) - began
    with av.open(str(tmp_path / "sent.mkv")) as opened:
        shown = [strip.read(luma_of(frame.reformat(640, 360))) for frame in opened.decode(video=0)]
    assert len(shown) == 50
    ages = [strip.age_ms(value, began + longest) for value in shown if value is not None]
    assert len(ages) == 50
    assert all(0 <= age <= longest for age in ages)
    assert ages == sorted(ages, reverse=True)


def test_a_chinese_font_is_found_on_every_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(fonts, "KNOWN", ())
    found = fonts.chinese()
    assert found is not None
    [page] = slides.draw(slides.SLIDES[:1], tmp_path)
    with av.open(str(page)) as opened:
        grey = next(opened.decode(video=0)).to_ndarray(format="gray")
    assert (grey[240:600, 60:560] < 90).sum() > 2000
