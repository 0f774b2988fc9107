"""One picture of a lesson's two: the board while it is shown, the teacher small in its corner; else the teacher."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resources.media import ffmpeg, takes
from resources.media.ffmpeg import SEGMENT_SECONDS
from resources.media.takes import Take

SIZE = (1280, 720)
SMALL = (320, 180)
HEIGHT = SIZE[1]
BOARD, TALK = "课件", "讲解"
"""How the recorder names the chapters at which the board comes and goes."""


def board_spans(chapters: Sequence[dict[str, Any]], seconds: float) -> list[tuple[float, float]]:
    """From when to when the board is shown."""
    spans: list[tuple[float, float]] = []
    begin: float | None = None
    for one in [*chapters, {"at": seconds, "title": TALK}]:
        if one["title"].startswith(BOARD) and begin is None:
            begin = one["at"]
        elif one["title"] == TALK and begin is not None:
            spans.append((begin, one["at"]))
            begin = None
    return spans


def graph(
    teacher: Sequence[Take], board: Sequence[Take], spans: Sequence[tuple[float, float]], seconds: float
) -> list[str]:
    """The filters: the first inputs are the teacher's takes, then come the board's."""
    when = "+".join(f"between(t,{begin:g},{end:g})" for begin, end in spans) or "0"
    return [
        *takes.picture(teacher, 0, seconds, SIZE, "teacher"),
        *takes.picture(board, len(teacher), seconds, SIZE, "board"),
        "[teacher]split[large][small]",
        f"[small]scale={SMALL[0]}:{SMALL[1]}[corner]",
        f"[large][board]overlay=enable='{when}':eof_action=pass[both]",
        f"[both][corner]overlay=W-w-24:24:enable='{when}':eof_action=pass[out]",
    ]


async def composed(
    teacher: Sequence[Take], board: Sequence[Take], spans: Sequence[tuple[float, float]], folder: Path
) -> tuple[Path, str]:
    """As ffmpeg.rendition: one fragmented MP4 and the playlist of its byte ranges. Raises CannotMake."""
    made, playlist = folder / "composed.mp4", folder / "composed.m3u8"
    encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "main", "-pix_fmt", "yuv420p"]
    first = teacher[0].source
    filters, mapped = graph(teacher, board, spans, first.seconds), ["-map", "[out]"]
    if any(take.sound for take in teacher):
        filters, mapped = [*filters, *takes.sound(teacher, 0, first.seconds, "sound")], [*mapped, "-map", "[sound]"]
    await ffmpeg.run(
        first,
        [*takes.inputs([*teacher[1:], *board]), "-filter_complex", ";".join(filters)],
        [*mapped, *encoder, "-c:a", "aac", "-b:a", "96k", "-ac", "2"],
        ["-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})", "-f", "hls"],
        ["-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
        ["-hls_flags", "single_file", "-hls_segment_filename", str(made), str(playlist)],
        before=takes.STEADY,
    )
    return made, playlist.read_text()
