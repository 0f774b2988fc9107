import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from core.pictures import JPEG, ORIENTATION, PNG, without_traces

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


@given(st.binary(max_size=200), st.sampled_from([b"", JPEG, PNG, b"%PDF-"]))
def test_what_is_no_picture_comes_back_as_it_is_or_shorter(rest: bytes, first: bytes) -> None:
    assert len(without_traces(first + rest)) <= len(first + rest)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_broken_photo_breaks_nothing(place: int, value: int) -> None:
    broken = bytearray(jpeg())
    broken[place] = value
    without_traces(bytes(broken))


def test_other_files_are_left_alone() -> None:
    assert without_traces(b"%PDF-1.7 Exif") == b"%PDF-1.7 Exif"
