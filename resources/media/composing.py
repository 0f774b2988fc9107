"""One picture of a lesson's two: the board while it is shown, the teacher small in its corner; else the teacher."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resources.media import ffmpeg
from resources.media.ffmpeg import SEGMENT_SECONDS, Source
from resources.media.probe import SAFE

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


def graph(spans: Sequence[tuple[float, float]]) -> str:
    """The filters: input 0 is the teacher, 1 the board."""
    when = "+".join(f"between(t,{begin:g},{end:g})" for begin, end in spans) or "0"
    fit = "scale={0}:{1}:force_original_aspect_ratio=decrease,pad={0}:{1}:(ow-iw)/2:(oh-ih)/2,setsar=1"
    return ";".join(
        [
            "[0:v]split[large][small]",
            f"[large]fps=25,{fit.format(*SIZE)}[teacher]",
            f"[small]fps=25,{fit.format(*SMALL)}[corner]",
            f"[1:v]fps=25,{fit.format(*SIZE)}[board]",
            f"[teacher][board]overlay=enable='{when}':eof_action=pass[both]",
            f"[both][corner]overlay=W-w-24:24:enable='{when}':eof_action=pass[out]",
        ]
    )


async def composed(
    teacher: Source, board: Source, spans: Sequence[tuple[float, float]], folder: Path
) -> tuple[Path, str]:
    """As ffmpeg.rendition: one fragmented MP4 and the playlist of its byte ranges. Raises CannotMake."""
    made, playlist = folder / "composed.mp4", folder / "composed.m3u8"
    safe = [part for name in ("protocol_whitelist", "format_whitelist") for part in (f"-{name}", SAFE[name])]
    encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "main", "-pix_fmt", "yuv420p"]
    await ffmpeg.run(
        teacher,
        [*safe, "-i", board.address, "-filter_complex", graph(spans)],
        ["-map", "[out]", "-map", "0:a:0?", *encoder, "-c:a", "aac", "-b:a", "96k", "-ac", "2"],
        ["-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})", "-f", "hls"],
        ["-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
        ["-hls_flags", "single_file", "-hls_segment_filename", str(made), str(playlist)],
    )
    return made, playlist.read_text()
