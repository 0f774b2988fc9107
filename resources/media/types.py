"""What a file is, by its content; its name is only asked whether it agrees. Pure but for reading an archive's list."""

import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Literal

import filetype

from resources.media import refusing

Family = Literal["av", "pdf", "office", "image", "archive", "text", "program", "other"]

HEAD, PIECE = 8192, 1 << 20
"""Bytes that tell the type, and that are unpacked at once."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The old Office formats, and nothing that the library would otherwise take."""
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
RECORDINGS = "mp4 m4v mov mkv webm avi flv wmv mpg mpeg ts 3gp mp3 m4a aac wav ogg oga opus flac wma"
DOCUMENTS = "ppt pptx pps ppsx doc docx xls xlsx odp odt ods wps dps et"
PICTURES = "jpg jpeg png gif webp bmp tif tiff"
EXTENSIONS: dict[str, Family] = {
    **dict.fromkeys(RECORDINGS.split(), "av"),
    **dict.fromkeys(DOCUMENTS.split(), "office"),
    **dict.fromkeys(PICTURES.split(), "image"),
    "pdf": "pdf",
    "zip": "archive",
}
PACKED = {f"application/{name}" for name in ("x-rar-compressed", "x-7z-compressed", "x-tar", "gzip", "x-bzip2", "x-xz")}
PACKED |= {f"application/{name}" for name in ("zstd", "x-lzip", "x-lz4", "x-compress", "vnd.ms-cab-compressed")}
"""Archives whose lists are not read here."""
MOST_INSIDE = 4 * 1024**3
MOST_RATIO = 200
MOST_ENTRIES = 20_000
OFFICE_PARTS = ("[Content_Types].xml", "mimetype")


def family(head: bytes) -> Family:
    if head.startswith(PROGRAMS):
        return "program"
    if head.startswith(OLE):
        return "office"
    if head.startswith(b"PK\x03\x04"):
        return "archive"
    found = filetype.guess(head)
    mime = found.mime if found else ""
    if mime.startswith(("video/", "audio/")) or _transport_stream(head):
        return "av"
    if mime.startswith("image/"):
        return "image"
    return "pdf" if mime == "application/pdf" else "other"


def packed(head: bytes) -> bool:
    """Whether it is an archive of another form than zip."""
    found = filetype.guess(head)
    return found is not None and found.mime in PACKED


def members(path: Path) -> Iterator[Iterator[bytes]]:
    """What each file in a zip archive holds, unpacked. Raises Refused for what is locked or broken."""
    try:
        with zipfile.ZipFile(path) as archive:
            for one in archive.infolist():
                if not one.is_dir():
                    with archive.open(one) as member:
                        yield iter(partial(member.read, PIECE), b"")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise refusing.unreadable(type(error).__name__) from None


def agree(filename: str, found: Family) -> None:
    """Raises Refused for a program, and for a name that promises another family. An office file is an archive."""
    if found == "program":
        raise refusing.program()
    extension = PurePosixPath(filename.lower()).suffix.lstrip(".")
    promised = EXTENSIONS.get(extension)
    if promised is None or promised == found or (promised == "office" and found == "archive"):
        return
    raise refusing.wrong_type(extension, found if found != "other" else "?")


def look_inside(path: Path, filename: str) -> Family:
    """An archive that is an office document, or is just an archive. Raises Refused for bombs and broken ones."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise refusing.unreadable(type(error).__name__) from None
    inside, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if len(entries) > MOST_ENTRIES or inside > MOST_INSIDE or inside > MOST_RATIO * max(packed, 1024**2):
        raise refusing.bomb()
    is_office = any(one.filename in OFFICE_PARTS for one in entries)
    extension = PurePosixPath(filename.lower()).suffix.lstrip(".")
    if EXTENSIONS.get(extension) == "office" and not is_office:
        raise refusing.wrong_type(extension, "zip")
    return "office" if is_office and EXTENSIONS.get(extension) == "office" else "archive"


def _transport_stream(head: bytes) -> bool:
    """MPEG-TS: a sync byte every 188 bytes (ISO/IEC 13818-1)."""
    return len(head) > 940 and all(head[place] == 0x47 for place in range(0, 940, 188))
