"""Films without what a telephone or a camera wrote beside picture and sound: where, when, by which device and by whom.
Pictures are core/pictures.py's, documents office_traces.py's and pdf_traces.py's. What a maker hides in boxes that
ffmpeg does not read is left as it came.
"""

from pathlib import Path, PurePosixPath

import av

from resources.media import ffmpeg
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
