import io
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from core.pictures import JPEG, ORIENTATION, PNG, BrokenPicture, without_traces

GPS, CAMERA = 0x8825, 0x010F
PHOTO = Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 50).convert("RGB")


def jpeg(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[CAMERA] = "a telephone of 韦家"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (25.0, 5.0, 12.0)
    written = io.BytesIO()
    PHOTO.save(written, "JPEG", exif=exif, comment=b"at home")
    return written.getvalue()


def test_place_camera_and_comment_are_gone_and_the_pixels_are_the_same() -> None:
    before, after = jpeg(), without_traces(jpeg())
    seen = Image.open(io.BytesIO(after))
    assert dict(seen.getexif()) == {ORIENTATION: 6}
    assert dict(seen.getexif().get_ifd(GPS)) == {}
    assert b"at home" not in after
    assert "韦家".encode() not in after
    assert seen.tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_a_photo_that_stands_upright_keeps_no_exif_at_all() -> None:
    assert b"Exif" not in without_traces(jpeg(orientation=1))


def test_a_pngs_words_are_gone_and_the_pixels_are_the_same() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Wei")
    words.add_itxt("Location", "下纳灰村")
    written = io.BytesIO()
    PHOTO.save(written, "PNG", pnginfo=words, exif=Image.open(io.BytesIO(jpeg())).getexif())
    after = Image.open(io.BytesIO(without_traces(written.getvalue())))
    assert after.info == {}
    assert after.tobytes() == PHOTO.tobytes()


def saved(form: str, **more: object) -> bytes:
    written = io.BytesIO()
    PHOTO.save(written, form, exif=Image.open(io.BytesIO(jpeg())).getexif(), **more)
    return written.getvalue()


TELLING = ("韦家".encode(), b"at home", b"Exif", b"nailuoxiang")


def tells(data: bytes) -> bool:
    return any(word in data for word in TELLING)


@pytest.mark.parametrize("quality", [80, 100])
def test_a_webps_traces_are_gone_and_the_pixels_are_the_same(quality: int) -> None:
    before = saved("WEBP", xmp=b"<x>nailuoxiang</x>", lossless=quality == 100)
    after = without_traces(before)
    assert tells(before)
    assert not tells(after)
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()
    assert dict(Image.open(io.BytesIO(after)).getexif()) == {}


@pytest.mark.parametrize("form", ["TIFF", "GIF", "BMP"])
def test_other_pictures_are_drawn_anew_without_a_word(form: str) -> None:
    written = io.BytesIO()
    PHOTO.save(written, form, comment=b"at home", description="at home")
    after = without_traces(written.getvalue())
    assert not tells(after)
    assert Image.open(io.BytesIO(after)).convert("RGB").tobytes() == Image.open(written).convert("RGB").tobytes()


def test_an_animation_still_moves() -> None:
    written = io.BytesIO()
    PHOTO.save(written, "GIF", save_all=True, append_images=[PHOTO.rotate(90)], duration=120, comment=b"at home")
    after = Image.open(io.BytesIO(without_traces(written.getvalue())))
    assert (after.n_frames, after.info["duration"]) == (2, 120)  # type: ignore[attr-defined]
    assert "comment" not in after.info


def test_what_a_telephone_hangs_behind_the_picture_is_gone() -> None:
    assert without_traces(jpeg() + jpeg() + b"at home") == without_traces(jpeg())


def test_a_progressive_photo_keeps_all_its_scans() -> None:
    written = io.BytesIO()
    PHOTO.save(written, "JPEG", progressive=True, comment=b"at home")
    after = without_traces(written.getvalue())
    assert not tells(after)
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(written).tobytes()


def test_a_photo_with_a_broken_segment_is_drawn_anew_without_its_traces() -> None:
    """A wrong length in front of the scan; Pillow still draws it."""
    broken = jpeg().replace(b"\xff\xdb", b"\xff\xff\xdb", 1)
    assert Image.open(io.BytesIO(broken)).size == PHOTO.size
    after = without_traces(broken)
    assert not tells(after)
    assert Image.open(io.BytesIO(after)).size == (48, 64)  # stands upright now, for which EXIF was needed before


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_photo_that_cannot_be_read_is_refused(share: float) -> None:
    whole = jpeg()
    with pytest.raises(BrokenPicture):
        without_traces(whole[: int(len(whole) * share)])


@given(st.binary(max_size=200), st.sampled_from([b"", JPEG, PNG, b"%PDF-", b"RIFF\x40\x00\x00\x00WEBP", b"GIF89a"]))
def test_what_is_no_picture_is_refused(rest: bytes, first: bytes) -> None:
    with suppress(BrokenPicture):
        assert not tells(without_traces(first + rest))


@given(st.integers(0, 700), st.integers(0, 255))
@example(3, 0)
def test_whatever_is_broken_in_a_photo_its_traces_never_pass(place: int, value: int) -> None:
    broken = bytearray(jpeg())
    broken[place] = value
    with suppress(BrokenPicture):
        after = without_traces(bytes(broken))
        assert b"at home" not in after
        assert "韦家".encode() not in after
        assert dict(Image.open(io.BytesIO(after)).getexif()) in ({}, {ORIENTATION: value}, {ORIENTATION: 6})


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 Exif", b"\xff\xd8", PNG])
def test_other_files_are_no_pictures(data: bytes) -> None:
    with pytest.raises(BrokenPicture):
        without_traces(data)
