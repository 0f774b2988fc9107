"""The one file of the library that starts ffmpeg (the `imageio-ffmpeg` wheel). Each call makes one file in a folder."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
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
THREADS = ["-threads", "4"]
"""Of a decoder and of an encoder: each holds pictures of its own, on a large machine hundreds."""
NICENESS = ContextVar("niceness", default=5)
"""On one machine with a relay a live lesson goes before what is made of an old one: a third of a core's weight. What
nobody waits for sets 10, a third of that (setpriority(2))."""
ENCODER = [*THREADS, "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "main"]
ENCODER += ["-pix_fmt", "yuv420p"]
SAMPLE_RATE, SAMPLE_BYTES, CHUNK = 48_000, 2, 1 << 16
SAMPLES = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1"]


class CannotMake(Exception):
    """ffmpeg's last words."""


@dataclass(frozen=True)
class Source:
    """`address` is one that ffmpeg reads: http of the store, or a path."""

    address: str
    seconds: float


async def rendition(source: Source, rung: Rung, has_audio: bool, folder: Path) -> tuple[Path, str]:
    """One fragmented MP4 and the HLS playlist that names its byte ranges (RFC 8216, section 4.3.2.2)."""
    made = folder / f"{rung.height}.mp4"
    picture = ["-c:v", "copy"] if rung.copied else _encoder(rung)
    sound = ["-c:a", "copy" if rung.copied else "aac"] + ([] if rung.copied else ["-b:a", "96k", "-ac", "2"])
    mapped = ["-map", "0:v:0", *(["-map", "0:a:0", *sound] if has_audio else [])]
    await run(source, [*mapped, *picture, *_fragmented(made)])
    return made, made.with_suffix(".m3u8").read_text()


async def join(pictures: Sequence[Path], sound: Path | None, seconds: float, made: Path) -> str:
    """As `rendition`, of pictures of the same kind that follow each other, as they are. The playlist."""
    listed = made.with_suffix(".txt")
    listed.write_text("".join(f"file '{path.name}'\n" for path in pictures))
    heard = ["-i", str(sound), "-map", "0:v:0", "-map", "1:a:0"] if sound else ["-map", "0:v:0"]
    await execute([["-f", "concat", "-i", str(listed)], heard, ["-c", "copy"], _fragmented(made)], seconds)
    return made.with_suffix(".m3u8").read_text()


def _fragmented(made: Path) -> list[str]:
    """One file in fragments, and beside it the playlist that names them."""
    shape = ["-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"]
    return [*shape, "-hls_flags", "single_file", "-hls_segment_filename", str(made), str(made.with_suffix(".m3u8"))]


async def samples(source: Source) -> AsyncGenerator[bytes]:
    """Its sound from where it begins, in one channel of 16 bits, SAMPLE_RATE a second, whatever changes in it. Raises
    CannotMake."""
    shape = ["-map", "0:a:0", "-vn", "-af", "aresample=async=1", *SAMPLES, "pipe:1"]
    async with _program([*read(source, "-max_error_rate", "1"), *shape], stdout=PIPE) as program:
        assert program.stdout
        while chunk := await program.stdout.read(CHUNK):
            yield chunk
        if code := await program.wait():
            raise CannotMake(f"the sound cannot be read: {code}")


async def encode_sound(samples: AsyncIterator[bytes], seconds: float, made: Path) -> str:
    """AAC in MP4 of such samples; ffmpeg's words tell how loud they are. Raises CannotMake."""
    shape = ["-af", "ebur128=framelog=quiet", "-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart", str(made)]
    return await execute([SAMPLES, ["-i", "pipe:0"], shape], seconds, samples)


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
    size = ["-vf", f"scale=-2:{rung.height}", "-maxrate", f"{rung.kbps}k", "-bufsize", f"{rung.kbps * 2}k"]
    return [*ENCODER, *size, "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"]


async def run(source: Source, *groups: Sequence[str], start: float = 0.0, before: Sequence[str] = ()) -> str:
    """ffmpeg's words. Raises CannotMake; ends the program when it takes too long or this task is cancelled."""
    return await execute([read(source, *before, start=start), *groups], source.seconds)


def read(source: Source, *options: str, start: float = 0.0) -> list[str]:
    """How ffmpeg's command line names a source, with options of its own, from `start` seconds on."""
    safe = [part for name in ("protocol_whitelist", "format_whitelist") for part in (f"-{name}", SAFE[name])]
    return [*safe, *THREADS, *options, "-ss", f"{start:.3f}", "-i", source.address]


async def execute(groups: Sequence[Sequence[str]], seconds: float, samples: AsyncIterator[bytes] | None = None) -> str:
    """As `run`, of any command line that makes so many seconds; `samples` are poured into it."""
    command, most = [part for group in groups for part in group], max(LEAST_SECONDS, seconds * SLOWEST)
    async with _program(command, stdin=PIPE if samples else DEVNULL, stderr=PIPE) as program:
        try:
            async with asyncio.timeout(most):
                words = await _listen(program, samples)
        except TimeoutError:
            raise CannotMake(f"no end after {most:.0f} s") from None
    if program.returncode:
        raise CannotMake(words[-1000:])
    return words


async def _listen(program: Process, samples: AsyncIterator[bytes] | None) -> str:
    if samples is None:
        _, said = await program.communicate()
    else:
        (_, said), _ = await asyncio.gather(program.communicate(), _pour(samples, program))
    return said.decode(errors="replace")


async def _pour(samples: AsyncIterator[bytes], program: Process) -> None:
    """What takes no more says itself why."""
    assert program.stdin
    with suppress(BrokenPipeError, ConnectionResetError):
        async for chunk in samples:
            program.stdin.write(chunk)
            await program.stdin.drain()
    program.stdin.close()


@asynccontextmanager
async def _program(
    command: Sequence[str], stdin: int = DEVNULL, stdout: int = DEVNULL, stderr: int = DEVNULL
) -> AsyncIterator[Process]:
    """ffmpeg, which ends with what is done here at the latest."""
    head = [
        "nice",
        "-n",
        str(NICENESS.get()),
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-nostdin",
        "-nostats",
        "-hide_banner",
        "-y",
    ]
    program = await asyncio.create_subprocess_exec(*head, *command, stdin=stdin, stdout=stdout, stderr=stderr)
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
