"""The lesson in one picture."""

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageStat

from resources.media import composing, ffmpeg, playlists, probe, sounding, takes
from resources.media.composing import RATE
from resources.media.ffmpeg import Source
from resources.media.takes import Take
from tests.classroom.recorder.studio import Studio

CHAPTERS = [
    {"at": 0.0, "title": "开始"},
    {"at": 2.0, "title": "课件 1"},
    {"at": 3.0, "title": "课件 2"},
    {"at": 4.0, "title": "讲解"},
]


def test_the_board_is_shown_from_its_first_page_until_the_teacher_talks_again() -> None:
    assert composing.board_spans(CHAPTERS, 60.0) == [(2.0, 4.0)]
    assert composing.board_spans(CHAPTERS[:3], 60.0) == [(2.0, 60.0)]
    assert composing.board_spans([], 60.0) == []


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    """Six seconds of a teacher with a voice and of a board without one, as the recorder writes them."""
    folder, found = tmp_path_factory.mktemp("recorded"), {}
    for name, microphone in (("teacher", True), ("board", False)):
        studio = Studio("h264")
        studio.microphone = microphone
        studio.run(6)
        studio.finish()
        path: Path = folder / f"{name}.mp4"
        path.write_bytes(studio.file().getvalue())
        found[name] = Source(str(path), 6.0)
    return found


async def test_both_pictures_become_one_with_the_voice(recorded: dict[str, Source], tmp_path: Path) -> None:
    spans = composing.board_spans(CHAPTERS, 6.0)
    teacher, board = (
        [Take(recorded[name], 0.0, picture=True, sound=name == "teacher")] for name in ("teacher", "board")
    )
    made, playlist = await composing.composed(teacher, board, spans, 6.0, tmp_path)
    assert len(playlists.read(playlist)) >= 2
    container = av.open(io.BytesIO(made.read_bytes()))
    assert [(one.type, one.codec_context.name) for one in container.streams] == [("video", "h264"), ("audio", "aac")]
    assert container.streams.video[0].width == 1280
    assert container.streams.video[0].height == 720


def test_takes_that_count_from_the_recordings_begin_stay_where_they_are() -> None:
    assert takes.placed([(0.02, 300.0), (300.1, 60.0)]) == [0.02, 300.1]


def test_takes_that_count_from_their_own_begin_follow_each_other() -> None:
    assert takes.placed([(0.0, 6.0), (0.0, 6.0), (0.0, 2.0)]) == [0.0, 6.0, 12.0]
    assert takes.placed([]) == []


@pytest.fixture(scope="module")
def two_codecs(tmp_path_factory: pytest.TempPathFactory) -> list[Take]:
    """A teacher of six seconds in VP8, then six in H264, with a voice, as the recorder writes them."""
    folder, studio = tmp_path_factory.mktemp("takes"), Studio("vp8")
    studio.run(6)
    studio.codec = "h264"
    studio.publish(ssrc=20)
    studio.run(6)
    studio.finish()
    paths = [folder / take.name for take in studio.memory.takes]
    for number, path in enumerate(paths):
        path.write_bytes(studio.file(number).getvalue())
    begins = takes.placed([probe.span(str(path)) for path in paths])
    return [Take(Source(str(path), 12.0), begin, True, True) for path, begin in zip(paths, begins, strict=True)]


def test_a_file_of_the_recorder_says_when_its_take_began(two_codecs: list[Take]) -> None:
    assert [take.begin for take in two_codecs] == [pytest.approx(0.0, abs=0.1), pytest.approx(6.0, abs=0.2)]


async def test_the_one_picture_and_the_sound_alone_go_through_all_takes(
    two_codecs: list[Take], recorded: dict[str, Source], tmp_path: Path
) -> None:
    board = [Take(recorded["board"], 0.0, picture=True, sound=False)]
    made, playlist = await composing.composed(two_codecs, board, [(2.0, 4.0)], 12.0, tmp_path)
    assert sum(lasts for *_, lasts in playlists.read(playlist)) / 1000 == pytest.approx(12.0, abs=0.3)
    with av.open(str(made)) as container:
        seen = [(frame.time, frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]
    (begin, _), *_ = seen
    assert [round((at - begin) * RATE) for at, _ in seen] == list(range(300))
    for at in (0.4, 1.6, 4.4, 5.6, 7.4, 8.6, 11.4):
        assert _bar(seen[round(at * RATE)][1]) == pytest.approx(_bar_at(at % 6), abs=30), at
    sound, loudness = await sounding.audio_only(two_codecs, 12.0, tmp_path)
    with av.open(str(sound)) as container:
        assert (container.duration or 0) / 1e6 == pytest.approx(12.0, abs=0.3)
    assert loudness is not None


def _bar(picture: np.ndarray[Any, Any]) -> float:
    """Where the bar of the made picture begins (footage.py), in pixels."""
    return float(np.argmax(picture[360] > 128))


def _bar_at(seconds: float) -> float:
    """A picture of 320 pixels is shown in 1280; its bar crosses it in 90 of 30 a second."""
    return 4 * (round(seconds * 30) % 90) * (320 - 16) / 90


async def test_a_recording_whose_channels_change_sounds_to_its_end(tmp_path: Path) -> None:
    """As a camera sends them that is turned from one microphone to two: what begins in one channel goes on in two."""
    path = tmp_path / "changes.aac"
    path.write_bytes(b"".join(_tone(layout) for layout in ("mono", "stereo", "mono")))
    begins = Take(Source(str(path), 7.0), 1.0, picture=False, sound=True)
    sound, loudness = await sounding.audio_only([begins], 8.0, tmp_path)
    with av.open(str(sound)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    loud = [bool(np.abs(heard[at * 48000 : (at + 1) * 48000 - 4800]).mean() > 0.05) for at in range(8)]
    assert loud == [False, *[True] * 6, False]
    assert loudness == pytest.approx(-13.2, abs=3)


def _tone(layout: str) -> bytes:
    """Two seconds in ADTS, which says its channels anew in each block."""
    made = io.BytesIO()
    with av.open(made, "w", format="adts") as container:
        stream: Any = container.add_stream("aac", rate=48000, layout=layout)
        wave = (0.3 * np.sin(np.arange(96000) * (2 * np.pi * 440 / 48000))).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.tile(wave, (stream.layout.nb_channels, 1)), "fltp", layout)
        frame.sample_rate = 48000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return made.getvalue()


@given(
    begins=st.lists(st.floats(0, 50), max_size=4),
    boards=st.lists(st.floats(0, 50), max_size=4),
    marks=st.lists(st.floats(0, 60), max_size=6),
    seconds=st.floats(0.1, 60),
)
def test_pieces_cover_the_recording_and_each_shows_what_is_to_be_seen(
    begins: list[float], boards: list[float], marks: list[float], seconds: float
) -> None:
    def line(moments: list[float]) -> list[Take]:
        return [
            Take(Source("", seconds), at, picture=number != 1, sound=True) for number, at in enumerate(sorted(moments))
        ]

    def seen(takes: list[Take], at: int) -> Take | None:
        last = next((take for take in reversed(takes) if round(take.begin * RATE) <= at), None)
        return last if last and last.picture else None

    marks.sort()
    spans = list(zip(marks[::2], marks[1::2], strict=False))
    found = composing.pieces(line(begins), line(boards), spans, seconds)
    assert [0, *(piece.end for piece in found)] == [*(piece.begin for piece in found), round(seconds * RATE)]
    for piece in found:
        for at in {piece.begin, (piece.begin + piece.end) // 2, piece.end - 1}:
            shown = any(round(begin * RATE) <= at < round(end * RATE) for begin, end in spans)
            assert piece.teacher == seen(line(begins), at)
            assert piece.board == (seen(line(boards), at) if shown else None)


async def test_the_storyboard_goes_through_all_takes(two_codecs: list[Take], tmp_path: Path) -> None:
    made, step = await takes.storyboard(two_codecs, 12.0, tmp_path)
    with Image.open(made) as board:
        grey = board.convert("L")
        width, height = board.width // ffmpeg.BOARD_COLUMNS, board.height // ffmpeg.BOARD_ROWS
        lit = [ImageStat.Stat(grey.crop((at * width, 0, (at + 1) * width, height))).mean[0] > 20 for at in range(8)]
    assert (step, lit) == (2.0, [True] * 6 + [False] * 2)
