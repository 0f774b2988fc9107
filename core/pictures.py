"""Photos without what the camera wrote about place, time and device. The pixels stay as they are, to the bit: only the
segments that hold words are left out, and of those the orientation, which says which way is up, is written anew.

    JPEG  APP1 (EXIF, XMP), APP13 (IPTC) and comments go (ITU-T T.81, annex B)
    PNG   the chunks of text, time and EXIF go (ISO/IEC 15948, clause 11)
"""

import struct
from collections.abc import Iterator

from PIL import Image

JPEG, PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
TELLING_SEGMENTS = {0xE1, 0xED, 0xFE}
TELLING_CHUNKS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
START_OF_SCAN = 0xDA
ORIENTATION = 0x0112
EXIF = b"Exif\x00\x00"


def without_traces(data: bytes) -> bytes:
    """A JPEG or PNG without metadata; anything else, and what cannot be read as one, comes back as it is."""
    try:
        if data.startswith(JPEG):
            return b"".join(_jpeg(data))
        if data.startswith(PNG):
            return PNG + b"".join(_png(data))
    except (struct.error, IndexError, ValueError):
        pass
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield JPEG
    place, turned = 2, False
    while data[place] == 0xFF and data[place + 1] != START_OF_SCAN:
        kind, length = data[place + 1], struct.unpack_from(">H", data, place + 2)[0]
        segment = data[place : place + 2 + length]
        if len(segment) < length + 2 or length < 2:
            raise ValueError("a segment is cut off")
        if kind not in TELLING_SEGMENTS:
            yield segment
        elif not turned and segment[4:10] == EXIF and (up := _orientation(segment[4:])):
            yield up
            turned = True
        place += 2 + length
    yield data[place:]


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
    place = len(PNG)
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        chunk = data[place : place + 12 + length]
        if len(chunk) < 12 + length:
            raise ValueError("a chunk is cut off")
        if kind not in TELLING_CHUNKS:
            yield chunk
        place += 12 + length
