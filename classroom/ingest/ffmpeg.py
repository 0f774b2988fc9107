"""The one file that starts ffmpeg (from the imageio-ffmpeg wheel, version 9: it has the `whip` muxer).

The muxer takes the ticket only as the argument `-authorization`, which other users of the same machine can see
(`-/authorization FILE` and
presets reach no muxer option). A ticket is good for one lesson and its time only; run encoders on machines without
strangers' accounts.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence

from imageio_ffmpeg import get_ffmpeg_exe

logger = logging.getLogger(__name__)

# after SIGINT ffmpeg ends the stream and deletes its WHIP session; a source that hangs must not hold it for ever
STOP_SECONDS = 4.0
KEPT_LINES = 40


class Ended(Exception):
    """ffmpeg ended by itself. `code` is its exit code, `words` the last lines it said."""

    def __init__(self, code: int, words: str):
        super().__init__(f"ffmpeg ended with {code}: {words}")
        self.code = code
        self.words = words


def make(arguments: Sequence[str]) -> None:
    """Make a file, in this thread. Raises subprocess.CalledProcessError."""
    subprocess.run([get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments], check=True)


async def run(
    arguments: Sequence[str], *, heard: Callable[[str], None] | None = None, environment: dict[str, str] | None = None
) -> None:
    """Run ffmpeg until it ends. `heard` gets each line it says.

    Raises Ended when the exit code is not 0. Cancelling stops ffmpeg as Ctrl-C would, and waits for it to say good-bye.
    """
    process = await asyncio.create_subprocess_exec(
        get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        env=environment, preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )  # fmt: skip
    assert process.stderr is not None
    lines: deque[str] = deque(maxlen=KEPT_LINES)
    reading = asyncio.create_task(_listen(process.stderr, lines, heard))
    try:
        code = await process.wait()
        await reading
    finally:
        await _stop(process)
        reading.cancel()
    if code != 0:
        raise Ended(code, " / ".join(list(lines)[-6:]))


def _end_with_parent() -> None:
    """In the child: an encoder whose starter was killed must not send for ever (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


async def _listen(stream: asyncio.StreamReader, lines: deque[str], heard: Callable[[str], None] | None) -> None:
    async for raw in stream:
        line = raw.decode(errors="replace").rstrip()
        lines.append(line)
        if heard is not None:
            heard(line)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        logger.warning("ffmpeg does not stop, killing it")
        process.kill()
        await process.wait()
