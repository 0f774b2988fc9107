"""The sound alone of a recording's takes. ffmpeg's filters begin anew where a file changes its channels or rate, so no
more than the reading of a take is left to them; where each sample lies is counted here."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

from resources.media import ffmpeg, probe, takes
from resources.media.ffmpeg import SAMPLE_BYTES, SAMPLE_RATE
from resources.media.takes import Take

LOUDNESS = re.compile(r"I:\s+(-?[\d.]+) LUFS")
SILENCE = bytes(1 << 16)


async def audio_only(line: Sequence[Take], seconds: float, folder: Path) -> tuple[Path, float | None]:
    """AAC in MP4, and how loud it is (EBU R 128): both in one pass over the sound. Raises CannotMake."""
    made = folder / "audio.m4a"
    words = await ffmpeg.encode_sound(_joined(line, seconds), seconds, made)
    found = LOUDNESS.findall(words)
    return made, float(found[-1]) if found else None


async def _joined(line: Sequence[Take], seconds: float) -> AsyncIterator[bytes]:
    """Every sample of the recording, silent where there is none."""
    written = 0
    for take, end in takes.cut(line, seconds):
        begin, until = _bytes(min(take.begin, end)), _bytes(end)
        async for chunk in _silent(begin - written):
            yield chunk
        written = max(written, begin)
        if take.sound:
            async with aclosing(_heard(take, until - written)) as heard:
                async for chunk in heard:
                    written += len(chunk)
                    yield chunk
    async for chunk in _silent(_bytes(seconds) - written):
        yield chunk


async def _heard(take: Take, most: int) -> AsyncGenerator[bytes]:
    """Its samples, so many bytes at most."""
    silent = min(most, _bytes(await asyncio.to_thread(probe.silent_begin, take.source.address)))
    async for chunk in _silent(silent):
        yield chunk
    left = most - silent
    async with aclosing(ffmpeg.samples(take.source)) as samples:
        async for chunk in samples:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return


async def _silent(size: int) -> AsyncIterator[bytes]:
    for begin in range(0, size, len(SILENCE)):
        yield SILENCE[: size - begin]


def _bytes(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE) * SAMPLE_BYTES
