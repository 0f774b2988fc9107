"""The lesson in one picture."""

import io
from pathlib import Path

import av
import pytest
from PIL import Image, ImageStat

from resources.media import composing, ffmpeg, playlists, probe, takes
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
    made, playlist = await composing.composed(teacher, board, spans, tmp_path)
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
    made, playlist = await composing.composed(two_codecs, board, [(2.0, 4.0)], tmp_path)
    assert sum(lasts for *_, lasts in playlists.read(playlist)) / 1000 == pytest.approx(12.0, abs=0.3)
    with av.open(str(made)) as container:
        middles = [frame.to_ndarray(format="gray").mean() for frame in container.decode(video=0) if frame.time > 7]
    assert min(middles) > 20, "the second take is not black"
    first, *more = two_codecs
    joined = takes.sound(two_codecs, 0, 12.0, "sound")
    sound, loudness = await ffmpeg.audio_only(first.source, tmp_path, takes.inputs(more), joined)
    with av.open(str(sound)) as container:
        assert (container.duration or 0) / 1e6 == pytest.approx(12.0, abs=0.3)
    assert loudness is not None


async def test_the_storyboard_goes_through_all_takes(two_codecs: list[Take], tmp_path: Path) -> None:
    made, step = await takes.storyboard(two_codecs, tmp_path)
    with Image.open(made) as board:
        grey = board.convert("L")
        width, height = board.width // ffmpeg.BOARD_COLUMNS, board.height // ffmpeg.BOARD_ROWS
        lit = [ImageStat.Stat(grey.crop((at * width, 0, (at + 1) * width, height))).mean[0] > 20 for at in range(8)]
    assert (step, lit) == (2.0, [True] * 6 + [False] * 2)
