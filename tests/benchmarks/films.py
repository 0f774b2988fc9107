"""What the one picture of a lesson needs, whose teacher came in VP8, in several takes, with a board."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import psutil

from resources.media import composing
from resources.media.ffmpeg import Source
from resources.media.takes import Take

from .peaks import Peaks

TAKES, TAKE_SECONDS, LOOP_SECONDS = 3, 180, 20
CODECS = {
    "vp8": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k", "-c:a", "libopus"],
    "h264": ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "1500k", "-c:a", "libopus"],
}
SUFFIX = {"vp8": "webm", "h264": "mp4"}


def _take(folder: Path, codec: str) -> Take:
    """A film of 720 lines with a voice, the same pictures again and again."""
    once, made = (folder / f"{name}.{SUFFIX[codec]}" for name in ("once", "take"))
    picture = f"testsrc2=size=1280x720:rate=25:duration={LOOP_SECONDS}"
    sound = f"sine=frequency=440:sample_rate=48000:duration={LOOP_SECONDS}"
    _ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *CODECS[codec], "-g", "100", str(once))
    again = str(TAKE_SECONDS // LOOP_SECONDS - 1)
    _ffmpeg("-stream_loop", again, "-i", str(once), "-c", "copy", str(made))
    return Take(Source(str(made), float(TAKE_SECONDS)), 0.0, picture=True, sound=True)


def _ffmpeg(*words: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *words], check=True)


def measure() -> Iterator[str]:
    for codec in CODECS:
        with tempfile.TemporaryDirectory(prefix="songjiao-bench-") as name:
            folder, whole = Path(name), float(TAKES * TAKE_SECONDS)
            one = _take(folder, codec)
            takes = [Take(one.source, float(number * TAKE_SECONDS), True, True) for number in range(TAKES)]
            board = [Take(one.source, 60.0, picture=True, sound=False)]
            began = time.monotonic()
            with Peaks({"all programs together": psutil.Process()}) as peaks:
                made, _ = asyncio.run(composing.composed(takes, board, [(90.0, 200.0)], whole, folder))
            seconds, size = time.monotonic() - began, made.stat().st_size >> 20
        yield f"{whole:.0f} s in {TAKES} takes of {codec}: {seconds:.0f} s, {peaks.words()}, {size} MiB made"


def show() -> None:
    for line in measure():
        print(line, flush=True)
