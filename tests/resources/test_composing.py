"""The lesson in one picture."""

import io
from pathlib import Path

import av
import pytest

from resources.media import composing, playlists
from resources.media.ffmpeg import Source
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
    made, playlist = await composing.composed(recorded["teacher"], recorded["board"], spans, tmp_path)
    assert len(playlists.read(playlist)) >= 2
    container = av.open(io.BytesIO(made.read_bytes()))
    assert [(one.type, one.codec_context.name) for one in container.streams] == [("video", "h264"), ("audio", "aac")]
    assert container.streams.video[0].width == 1280
    assert container.streams.video[0].height == 720
