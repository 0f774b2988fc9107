"""The one file of the library that starts ffmpeg (the `imageio-ffmpeg` wheel). Each call makes one file in a folder."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from resources.media.ladder import Rung
from resources.media.probe import SAFE, storyboard_step

SEGMENT_SECONDS = 4
BOARD_COLUMNS, BOARD_ROWS, BOARD_WIDTH = 10, 10, 160
POSTER_WIDTH = 640
LEAST_SECONDS = 600.0
SLOWEST = 8.0
"""A call may take so many times the recording's length; then something is wrong with it."""
LOUDNESS = re.compile(r"I:\s+(-?[\d.]+) LUFS")


class CannotMake(Exception):
    """ffmpeg's last words."""


@dataclass(frozen=True)
class Source:
    """`address` is one that ffmpeg reads: http of the store, or a path."""

    address: str
    seconds: float

    @property
    def limit(self) -> float:
        return max(LEAST_SECONDS, self.seconds * SLOWEST)


async def rendition(source: Source, rung: Rung, has_audio: bool, folder: Path) -> tuple[Path, str]:
    """One fragmented MP4 and the HLS playlist that names its byte ranges (RFC 8216, section 4.3.2.2)."""
    made, playlist = folder / f"{rung.height}.mp4", folder / f"{rung.height}.m3u8"
    picture = ["-c:v", "copy"] if rung.copied else _encoder(rung)
    sound = ["-c:a", "copy" if rung.copied else "aac"] + ([] if rung.copied else ["-b:a", "96k", "-ac", "2"])
    await run(
        source,
        ["-map", "0:v:0", *(["-map", "0:a:0", *sound] if has_audio else []), *picture, "-f", "hls"],
        ["-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
        ["-hls_flags", "single_file", "-hls_segment_filename", str(made), str(playlist)],
    )
    return made, playlist.read_text()


async def audio_only(
    source: Source, folder: Path, more: Sequence[str] = (), joined: Sequence[str] = ("[0:a:0]anull[sound]",)
) -> tuple[Path, float | None]:
    """AAC in MP4, and how loud it is (EBU R 128): both in one pass over the sound. `joined` are filters that make one
    `sound` of the source and `more` inputs (takes.py)."""
    made = folder / "audio.m4a"
    graph = ";".join([*joined, "[sound]ebur128=framelog=quiet[measured]"])
    encoder = ["-c:a", "aac", "-b:a", "64k", "-ac", "1", "-movflags", "+faststart", str(made)]
    words = await run(source, [*more, "-filter_complex", graph, "-map", "[measured]", "-vn", *encoder])
    found = LOUDNESS.findall(words)
    return made, float(found[-1]) if found else None


async def poster(source: Source, folder: Path) -> Path:
    made = folder / "poster.jpg"
    shot = ["-frames:v", "1", "-vf", f"scale='min({POSTER_WIDTH},iw)':-2", "-q:v", "4", str(made)]
    await run(source, shot, start=min(source.seconds * 0.1, 60.0))
    if not made.exists():
        await run(source, shot)
    return made


async def storyboard(source: Source, folder: Path) -> tuple[Path, float]:
    """Small pictures in one, and the seconds between two of them."""
    made, step = folder / "storyboard.jpg", storyboard_step(source.seconds, BOARD_COLUMNS * BOARD_ROWS)
    tiles = f"fps=1/{step:g}:round=up,scale={BOARD_WIDTH}:-2,tile={BOARD_COLUMNS}x{BOARD_ROWS}"
    await run(source, ["-an", "-vf", tiles, "-frames:v", "1", "-q:v", "6", str(made)], before=["-skip_frame", "nokey"])
    return made, step


def _encoder(rung: Rung) -> list[str]:
    speed = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "main", "-pix_fmt", "yuv420p"]
    size = ["-vf", f"scale=-2:{rung.height}", "-maxrate", f"{rung.kbps}k", "-bufsize", f"{rung.kbps * 2}k"]
    return [*speed, *size, "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"]


async def run(source: Source, *groups: list[str], start: float = 0.0, before: list[str] | None = None) -> str:
    """Its words. Raises CannotMake; ends the program when it takes too long or this task is cancelled."""
    safe = [part for name in ("protocol_whitelist", "format_whitelist") for part in (f"-{name}", SAFE[name])]
    head = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-y", *safe, *(before or [])]
    command = [*head, "-ss", f"{start:g}", "-i", source.address, *(part for group in groups for part in group)]
    program = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(source.limit):
            _, said = await program.communicate()
    except TimeoutError:
        raise CannotMake(f"no end after {source.limit:.0f} s") from None
    finally:
        if program.returncode is None:
            program.kill()
    words = said.decode(errors="replace")
    if program.returncode:
        raise CannotMake(words[-1000:])
    return words
