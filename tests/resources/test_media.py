"""Real files through the real store, ffmpeg, pdfium and LibreOffice."""

import io
import zipfile
from typing import Any

import httpx
import pytest
from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt
from reportlab.pdfgen.canvas import Canvas

from resources.media import playlists
from tests.resources.library import Library, Made


def slides() -> bytes:
    """Three Chinese slides; the second is a red field."""
    deck = Presentation()
    for title in ("月相变化的规律", "上弦月的亮面在哪一边", "观月记录"):
        page = deck.slides.add_slide(deck.slide_layouts[6])
        box = page.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(1))
        box.text_frame.text = title
        box.text_frame.paragraphs[0].font.size = Pt(40)
        if title.startswith("上弦月"):
            field = page.shapes.add_shape(1, 0, Inches(3), deck.slide_width, Inches(4))
            field.fill.solid()
            field.fill.fore_color.rgb = RGBColor(200, 20, 20)  # type: ignore[no-untyped-call]
    written = io.BytesIO()
    deck.save(written)
    return written.getvalue()


def pdf(*pages: str) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written)
    for words in pages:
        canvas.drawString(100, 700, words)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def archive(content: bytes, name: str = "inside.txt") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return written.getvalue()


async def test_a_h264_file_plays_at_once_and_its_top_rung_is_a_copy(library: Library, made_media: Made) -> None:
    shown = await library.take("lesson.mp4", made_media.file("lesson.mp4"))
    assert (shown["stage"], shown["progress"], shown["medium"]) == ("playable", 100, "video")
    assert abs(shown["seconds"] - 6) < 0.2
    assert -30 < shown["loudness"] < -10
    kinds = [(one["role"], one["type"], one["height"]) for one in shown["media"]]
    assert kinds[0] == ("source", "video/mp4", 360)
    assert ("rendition", "video/mp4", 360) in kinds
    assert shown["storyboard"]["columns"] == 10
    poster = await library.outside.get(shown["poster"])
    assert Image.open(io.BytesIO(poster.content)).size == (640, 360)


async def test_its_playlist_names_byte_ranges_that_make_up_the_whole_object(library: Library, made_media: Made) -> None:
    shown = await library.take("lesson.mp4", made_media.file("lesson.mp4"))
    client = await library.desk("teacher")
    master = (await client.get(shown["media"][-1]["url"].replace("track=main", "track=main"))).text
    media = (await client.get(next(line for line in master.splitlines() if line.startswith("/api")))).text
    address = next(line for line in media.splitlines() if line.startswith("http"))
    fragments = playlists.read(media)
    first, last = fragments[0], fragments[-1]
    whole = await library.outside.get(address)
    assert last[0] + last[1] == len(whole.content)
    assert sum(one[1] for one in fragments) + first[0] == len(whole.content)
    header = await library.outside.get(address, headers={"Range": f"bytes=0-{first[0] - 1}"})
    assert header.content[4:8] == b"ftyp"
    assert abs(sum(one[3] for one in fragments) - 6000) < 200


async def test_what_browsers_do_not_play_waits_for_its_rendition(library: Library, made_media: Made) -> None:
    shown = await library.take("old.avi", made_media.file("old.avi"))
    assert shown["stage"] == "playable"
    assert next(one["role"] for one in shown["media"]) == "rendition"
    assert max(one["height"] or 0 for one in shown["media"]) == 360


async def test_vp8_is_playable_and_gets_a_ladder_of_its_own(library: Library, made_media: Made) -> None:
    shown = await library.take("lesson.webm", made_media.file("lesson.webm"))
    assert [(one["role"], one["type"]) for one in shown["media"]][:2] == [
        ("source", "video/webm"),
        ("rendition", "video/mp4"),
    ]


async def test_sound_alone_is_no_picture(library: Library, made_media: Made) -> None:
    shown = await library.take("talk.mp3", made_media.file("talk.mp3"))
    assert (shown["medium"], shown["stage"], shown["poster"]) == ("audio", "playable", None)


async def test_chinese_slides_become_pages_with_their_words_and_colours(library: Library) -> None:
    shown = await library.take("月相.pptx", slides(), kind="slides", title="课件")
    assert (shown["stage"], shown["medium"], shown["pages"]) == ("playable", "document", 3)
    assert [one["number"] for one in shown["pages_shown"]] == [1, 2, 3]
    second = await library.outside.get(shown["pages_shown"][1]["url"])
    picture = Image.open(io.BytesIO(second.content)).convert("RGB")
    assert picture.width == 1280
    red, green, blue = picture.getpixel((640, int(picture.height * 0.7)))  # type: ignore[misc]
    assert red > 180
    assert max(green, blue) < 60
    await library.publish(shown["id"])
    found = await (await library.desk("village")).get("/api/resources", params={"q": "哪一边"})
    assert [one["id"] for one in found.json()["items"]] == [shown["id"]]


async def test_a_pdf_is_shown_by_its_pages(library: Library) -> None:
    shown = await library.take("plan.pdf", pdf("Lesson plan", "Second page"), kind="plan")
    assert (shown["pages"], shown["media"][0]["type"]) == (2, "application/pdf")


async def test_a_photo_is_kept_without_its_place_and_its_camera_and_the_sent_bytes_are_gone(library: Library) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a telephone of 韦家"
    exif.get_ifd(0x8825)[2] = (25.0, 5.0, 12.0)
    written = io.BytesIO()
    Image.effect_mandelbrot((640, 480), (-2, -1, 1, 1), 50).convert("RGB").save(written, "JPEG", exif=exif)
    shown = await library.take("校门.JPG", written.getvalue(), kind="material")
    assert (shown["stage"], shown["media"][0]["height"]) == ("playable", 480)
    for address in (shown["media"][0]["url"], shown["download"], shown["poster"]):
        picture = Image.open(io.BytesIO((await library.outside.get(address)).content))
        assert dict(picture.getexif()) == {}
    [sent] = (await library.kept(shown["id"])).uploads
    assert await library.desk.ground.store.size(sent.store_name) is None
    await library.work(shown["id"])  # again, as after a lost task
    assert (await library.get(shown["id"]))["progress"] == 100


BAD: dict[str, tuple[str, bytes, str]] = {
    "an empty file": ("empty.mp4", b"", "empty"),
    "a picture that says it is a film": ("film.mp4", b"\x89PNG\r\n\x1a\n" + bytes(100), "wrong-type"),
    "a program": ("setup.pdf", b"MZ" + bytes(200), "program"),
    "a broken picture": ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "unreadable"),
    "a photo that is cut off": ("photo.jpg", b"\xff\xd8\xff\xe1\x00\x20Exif\x00\x00" + bytes(20), "unreadable"),
    "a broken pdf": ("plan.pdf", b"%PDF-1.7\nnothing follows", "unreadable"),
    "slides that are no slides": ("deck.pptx", archive(b"hello"), "wrong-type"),
    "slides that cannot be opened": ("deck.pptx", archive(b"<x/>", "[Content_Types].xml"), "cannot-convert"),
    "a bomb": ("deck.pptx", archive(bytes(500 * 1024**2), "[Content_Types].xml"), "too-large-inside"),
    "a playlist that names a file of ours": ("list.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "wrong-type"),
}


@pytest.mark.parametrize("what", BAD)
async def test_bad_files_are_refused_with_a_reason_and_leave_nothing(library: Library, what: str) -> None:
    name, data, code = BAD[what]
    shown = await library.take(name, data)
    assert (shown["stage"], shown["refusal"]["code"]) == ("refused", code)
    assert shown["refusal"]["zh"].endswith("。")
    assert (shown["media"], shown["pages_shown"], shown["download"], shown["poster"]) == ([], [], None, None)


@pytest.mark.parametrize(("name", "share"), [("lesson.mp4", 0.4), ("tail.mp4", 0.9), ("lesson.webm", 0.5)])
async def test_a_truncated_film_is_refused(library: Library, made_media: Made, name: str, share: float) -> None:
    whole = made_media.file(name)
    shown = await library.take(name, whole[: int(len(whole) * share)])
    assert shown["stage"] == "refused"
    assert shown["refusal"]["code"] in ("truncated", "unreadable")


async def test_a_task_that_runs_again_makes_nothing_twice(library: Library, made_media: Made) -> None:
    shown = await library.take("talk.mp3", made_media.file("talk.mp3"))
    await library.work(shown["id"])
    assert await library.get(shown["id"]) | plain(shown) == await library.get(shown["id"]) | plain(shown)
    assert len((await library.get(shown["id"]))["media"]) == len(shown["media"])


def plain(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in ("expires_at", "media", "download", "poster")}


async def test_addresses_are_of_the_store_and_signed(library: Library, made_media: Made) -> None:
    shown = await library.take("talk.mp3", made_media.file("talk.mp3"))
    url = httpx.URL(shown["media"][0]["url"])
    assert url.params["X-Amz-Expires"] == "3600"
    naked = await library.outside.get(url.copy_with(query=None))
    assert naked.status_code == 403
