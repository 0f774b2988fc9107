"""Films and documents without what a telephone, a camera or an office program wrote beside the content: where, when, by
which device and by whom. Pictures are core/pictures.py's. What a maker hides in boxes that ffmpeg does not read, names
in documents' comments, and the old binary Office formats are left as they came.
"""

import zipfile
from pathlib import Path, PurePosixPath

import av

from core.pictures import BrokenPicture, without_traces
from resources.media import ffmpeg, refusing
from resources.media.probe import SAFE

FORMS = {
    ".mp4": "mp4", ".m4v": "mp4", ".m4a": "mp4", ".3gp": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm",
    ".mp3": "mp3",
}  # fmt: skip
"""The containers that can be written anew without touching picture and sound, by the file's name."""
HARMLESS = frozenset(
    {
        "major_brand",
        "minor_version",
        "compatible_brands",
        "encoder",
        "handler_name",
        "vendor_id",
        "language",
        "duration",
    }
    | {"bps", "number_of_frames", "number_of_bytes", "_statistics_writing_app", "_statistics_tags"}
)
"""Tags that say how the file is built; all others go, whatever they say."""
PROPERTIES = "http://schemas.openxmlformats.org"
EMPTY = {
    "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{PROPERTIES}/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": f'<Properties xmlns="{PROPERTIES}/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": f'<Properties xmlns="{PROPERTIES}/officeDocument/2006/custom-properties"/>',
    "meta.xml": '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' office:version="1.3"><office:meta/></office:document-meta>',
}
"""The parts with properties (ECMA-376 part 2, clause 11; OpenDocument 1.3 part 2, 3.3), with none in them."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".bmp", ".webp"})
LEAST_DATE = (1980, 1, 1, 0, 0, 0)


def tells(address: str, filename: str) -> bool:
    """Whether a film that can be written anew has tags, or streams beside picture, sound and captions, as cameras put
    their positions into. Blocks."""
    if PurePosixPath(filename.lower()).suffix not in FORMS:
        return False
    with av.open(address, options=SAFE, timeout=(20, 30)) as container:
        tags = {name.lower() for told in (container, *container.streams) for name in told.metadata}
        return bool(tags - HARMLESS) or any(one.type in ("data", "attachment") for one in container.streams)


async def film(source: ffmpeg.Source, filename: str, folder: Path) -> Path:
    """Picture, sound and captions as they came, and nothing else. Raises CannotMake."""
    suffix = PurePosixPath(filename.lower()).suffix
    made = folder / f"bare{suffix}"
    streams = ["-map", "0:V?", "-map", "0:a?", "-map", "0:s?", "-dn", "-c", "copy"]
    bare = ["-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
    await ffmpeg.run(source, streams, bare, ["-movflags", "+faststart"] if FORMS[suffix] in ("mp4", "mov") else [],
                     ["-f", FORMS[suffix], str(made)])  # fmt: skip
    return made


def office(sent: Path, made: Path) -> None:
    """An OOXML or OpenDocument file without properties, its pictures without traces. Blocks; raises Refused."""
    with zipfile.ZipFile(sent) as before, zipfile.ZipFile(made, "w") as after:
        for part in before.infolist():
            kept = zipfile.ZipInfo(part.filename, LEAST_DATE)
            kept.compress_type = part.compress_type
            after.writestr(kept, _part(part.filename, before.read(part)))


def _part(name: str, data: bytes) -> bytes:
    if name in EMPTY:
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{EMPTY[name]}'.encode()
    if PurePosixPath(name.lower()).suffix not in PICTURES:
        return data
    try:
        return without_traces(data)
    except BrokenPicture as error:
        raise refusing.unreadable(type(error).__name__) from None
