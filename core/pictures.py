"""Pictures without what a camera or an editor wrote about place, time and device. Only what draws the picture is kept,
and of the orientation which way is up; a picture whose form is not as its norm says is drawn anew from its pixels, and
one that cannot even be drawn is refused: nothing passes unread.

    JPEG  JFIF, colour profile and Adobe's colour mark stay of APP0 to APP15; comments and what follows the end, where
          telephones hang second pictures and films, go (ITU-T T.81, annex B)
    PNG   the chunks of DRAWING_CHUNKS stay (ISO/IEC 15948, clause 11)
    WebP  the chunks of WEBP_CHUNKS stay (RFC 9649, section 2.7)

The pixels of these three stay as they are, to the bit. Others (GIF, TIFF, BMP) are always drawn anew.
"""

import io
import re
import struct
from collections.abc import Iterator

from PIL import Image, ImageOps, ImageSequence

JPEG, PNG, RIFF, WEBP = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF", b"WEBP"
KEPT_APPLICATIONS = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
DRAWING_SEGMENTS = frozenset({*range(0xC0, 0xD0), *range(0xDB, 0xE0)})
"""Frames, tables and the restart interval."""
END_OF_IMAGE, START_OF_SCAN = 0xD9, 0xDA
MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends entropy-coded data: neither a stuffed zero, a restart nor a fill byte."""
DRAWING_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
WEBP_CHUNKS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
WEBP_TELLS = 0x0C
"""The bits of VP8X that announce EXIF and XMP."""
ORIENTATION = 0x0112
EXIF = b"Exif\x00\x00"
DRAWN_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "GIF", "TIFF": "TIFF", "BMP": "BMP"}


class BrokenPicture(ValueError):
    """Cannot be read, so that nobody can say what it tells; or of a kind that is not taken."""


def without_traces(data: bytes) -> bytes:
    """Raises BrokenPicture."""
    try:
        bare = without_words(data)
        with Image.open(io.BytesIO(bare)) as picture:
            picture.load()
        return bare
    except Exception:
        # Pillow raises whatever its decoders do: struct.error, OSError, SyntaxError, its bomb, and more.
        return _drawn_anew(data)


def without_words(data: bytes) -> bytes:
    """The same pixels to the bit, of the three kinds above. Raises ValueError, IndexError or struct.error."""
    if data.startswith(JPEG):
        return b"".join(_jpeg(data))
    if data.startswith(PNG):
        return PNG + b"".join(_png(data))
    if data.startswith(RIFF) and data[8:12] == WEBP:
        return _webp(data)
    raise ValueError("another kind of picture")


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield JPEG
    place, turned = 2, False
    while (kind := _marker(data, place)) != END_OF_IMAGE:
        after = place + 2 + _length(data, place + 2)
        segment = data[place:after]
        if kind == START_OF_SCAN:
            after = _end_of_scan(data, after)
            yield data[place:after]
        elif _draws(kind, segment[4:]):
            yield segment
        elif not turned and segment[4:10] == EXIF and (up := _orientation(segment[4:])):
            yield up
            turned = True
        place = after
    yield data[place : place + 2]


def _marker(data: bytes, place: int) -> int:
    if data[place] != 0xFF or data[place + 1] in (0x00, 0x01, 0xFF):
        raise ValueError("no marker where one must be")
    return data[place + 1]


def _length(data: bytes, place: int) -> int:
    length: int = struct.unpack_from(">H", data, place)[0]
    if length < 2 or place + length > len(data):
        raise ValueError("a segment is cut off")
    return length


def _end_of_scan(data: bytes, place: int) -> int:
    found = MARKER_IN_SCAN.search(data, place)
    if found is None:
        raise ValueError("the picture has no end")
    return found.start()


def _draws(kind: int, body: bytes) -> bool:
    if kind in KEPT_APPLICATIONS:
        return body.startswith(KEPT_APPLICATIONS[kind])
    return kind in DRAWING_SEGMENTS


def _orientation(exif: bytes) -> bytes:
    """An APP1 segment with the orientation alone; nothing where it is the usual one or cannot be read."""
    read = Image.Exif()
    try:
        read.load(exif)
        turn = read.get(ORIENTATION)
    except Exception:
        # Pillow raises many kinds for a broken EXIF; a photo is worth more than which way is up.
        return b""
    if not isinstance(turn, int) or not 2 <= turn <= 8:
        return b""
    kept = Image.Exif()
    kept[ORIENTATION] = turn
    body = kept.tobytes()
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> Iterator[bytes]:
    place, kind = len(PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, place)
        chunk = data[place : place + 12 + length]
        if len(chunk) < 12 + length:
            raise ValueError("a chunk is cut off")
        if kind in DRAWING_CHUNKS:
            yield chunk
        place += 12 + length


def _webp(data: bytes) -> bytes:
    kept, place, end = [], 12, 8 + struct.unpack_from("<I", data, 4)[0]
    if end > len(data):
        raise ValueError("the picture is cut off")
    while place < end:
        kind, length = struct.unpack_from("<4sI", data, place)
        after = place + 8 + length + length % 2
        if after > end:
            raise ValueError("a chunk is cut off")
        chunk = bytearray(data[place:after])
        if kind == b"VP8X":
            chunk[8] &= ~WEBP_TELLS & 0xFF
        if kind in WEBP_CHUNKS:
            kept.append(bytes(chunk))
        place = after
    body = WEBP + b"".join(kept)
    return RIFF + struct.pack("<I", len(body)) + body


def _drawn_anew(data: bytes) -> bytes:
    written = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data)) as picture:
            form = DRAWN_AS[picture.format or ""]
            first, *rest = [_bare(frame) for frame in ImageSequence.Iterator(picture)]
            several = {"save_all": True, "append_images": rest} if rest else {}
            times = {"duration": picture.info["duration"]} if rest and "duration" in picture.info else {}
        first.save(written, form, **several, **times)
    except Exception as error:  # as above
        raise BrokenPicture(type(error).__name__) from None
    return written.getvalue()


def _bare(frame: Image.Image) -> Image.Image:
    """The pixels the right way up, with nothing that was written beside them."""
    drawn = ImageOps.exif_transpose(frame).copy()
    drawn.info = {name: drawn.info[name] for name in ("transparency", "icc_profile") if name in drawn.info}
    return drawn
