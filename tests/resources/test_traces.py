"""Films and documents are kept without what telephones and office programs wrote about place, time and person."""

import io
import zipfile
from pathlib import Path

import av
import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from classroom.ingest.ffmpeg import make
from resources.media import ffmpeg, traces
from tests.resources.library import Library

PLACE, MAKER, AUTHOR = "+25.0880+104.8955/", "a telephone of 韦家", "韦小兰"
LOCI = b"loci"
"""The box of a place in MP4 (3GPP TS 26.244, 8.9)."""
TOLD = ["-metadata", f"location={PLACE}", "-metadata", f"artist={AUTHOR}", "-metadata", "creation_time=2026-11-01"]


def film(folder: Path, name: str, *more: str) -> bytes:
    picture, sound = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=15:d=2"], ["-f", "lavfi", "-i", "sine=d=2"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    make([*picture, *sound, *codecs, *more, str(folder / name)])
    return (folder / name).read_bytes()


def slides() -> bytes:
    """With an author, and a photo that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = MAKER
    photo = io.BytesIO()
    Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 50).convert("RGB").save(photo, "JPEG", exif=exif)
    shown, written = Presentation(), io.BytesIO()
    shown.core_properties.author = shown.core_properties.last_modified_by = AUTHOR
    shown.slides.add_slide(shown.slide_layouts[6]).shapes.add_picture(photo, Inches(1), Inches(1))
    shown.save(written)
    return written.getvalue()


@pytest.mark.parametrize("name", ["lesson.mp4", "lesson.mov", "lesson.mkv"])
async def test_a_film_is_written_anew_without_tags_and_its_picture_stays_as_it_was(tmp_path: Path, name: str) -> None:
    sent = film(tmp_path, name, *TOLD)
    address = str(tmp_path / name)
    assert traces.tells(address, name)
    (tmp_path / "out").mkdir()
    bare = await traces.film(ffmpeg.Source(address, 2.0), name, tmp_path / "out")
    assert not traces.tells(str(bare), name)
    left = bare.read_bytes()
    assert AUTHOR.encode() in sent
    assert (PLACE.encode() in sent) or (LOCI in sent)
    assert not [word for word in (PLACE.encode(), LOCI, AUTHOR.encode()) if word in left]
    assert pictures(address) == pictures(str(bare))


def pictures(address: str) -> list[bytes]:
    with av.open(address) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_a_film_that_tells_nothing_is_left_alone(tmp_path: Path) -> None:
    film(tmp_path, "plain.mp4")
    assert not traces.tells(str(tmp_path / "plain.mp4"), "plain.mp4")


async def test_what_the_library_gives_out_of_a_telephones_film_tells_no_place(library: Library, tmp_path: Path) -> None:
    shown = await library.take("lesson.mp4", film(tmp_path, "lesson.mp4", *TOLD))
    assert shown["stage"] == "playable"
    stored = [one for one in library.desk.ground.store.listed() if str(shown["id"]) in one.name]
    assert stored
    for one in stored:
        data = await library.desk.ground.store.get(one.name)
        assert not [word for word in (PLACE.encode(), LOCI, AUTHOR.encode()) if word in data], one.name


def test_slides_lose_author_and_the_photos_traces_and_open_as_before(tmp_path: Path) -> None:
    sent, bare = tmp_path / "sent.pptx", tmp_path / "bare.pptx"
    sent.write_bytes(slides())
    traces.office(sent, bare)
    with zipfile.ZipFile(bare) as parts:
        everything = b"".join(parts.read(one) for one in parts.infolist())
    assert AUTHOR.encode() not in everything
    assert MAKER.encode() not in everything
    opened = Presentation(str(bare))
    assert (opened.core_properties.author, opened.core_properties.last_modified_by) == ("", "")
    assert [shape.image.size for shape in opened.slides[0].shapes] == [(64, 48)]
