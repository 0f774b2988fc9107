"""A track that had to begin anew goes on in the next take, maybe in another codec. Here its takes become one line of
time again, for what is made of all of them: the one picture, the sound alone, the storyboard. Each is read by a program
of its own, one after the other: a program that has all of them keeps what is not due yet, gigabytes of a lesson."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image

from resources.media import ffmpeg
from resources.media.ffmpeg import BOARD_COLUMNS, BOARD_ROWS, BOARD_WIDTH, Source
from resources.media.probe import storyboard_step

STEADY = ["-max_error_rate", "1", "-reinit_filter", "0"]
"""For an input: an outage that spoiled some of it, a picture that changes its size, do not make ffmpeg begin anew."""
FROM_KEY = ["-noaccurate_seek"]
"""What is shown at the moment sought began before it."""
FIT = "scale={0}:{1}:force_original_aspect_ratio=decrease,pad={0}:{1}:(ow-iw)/2:(oh-ih)/2,setsar=1"
HOLD = "tpad=stop_duration=5:stop_mode=clone"
"""The last picture stays for so long, as on the pages that wait for a line to come back; then it is black."""
BOARD_SIZE = (BOARD_WIDTH, BOARD_WIDTH * 9 // 16)


@dataclass(frozen=True)
class Take:
    """`begin`: seconds of the recording."""

    source: Source
    begin: float
    picture: bool
    sound: bool


def placed(spans: Sequence[tuple[float, float]]) -> list[float]:
    """When each take begins, of takes that begin where their file says, and last so many seconds. Those of our recorder
    count from the recording's begin; of others each counts from its own, and follows the one before."""
    begins: list[float] = []
    end = 0.0
    for begin, lasts in spans:
        begins.append(max(begin, end) if begins else max(begin, 0.0))
        end = begins[-1] + lasts
    return begins


def cut(takes: Sequence[Take], seconds: float) -> list[tuple[Take, float]]:
    """Each with its end: where the next one begins, or the recording ends."""
    begins = [*(min(take.begin, seconds) for take in takes), seconds]
    return [(take, end) for take, (_, end) in zip(takes, pairwise(begins), strict=True)]


async def storyboard(takes: Sequence[Take], seconds: float, folder: Path) -> tuple[Path, float]:
    """As ffmpeg.storyboard, of several takes; black where there is no picture."""
    step = storyboard_step(seconds, BOARD_COLUMNS * BOARD_ROWS)
    for take, end in cut(takes, seconds):
        first, following = math.ceil(take.begin / step), math.ceil(end / step)
        if take.picture and first < following:
            await _shoot(take, first, following - first, step, folder)
    return await asyncio.to_thread(_tiled, folder), step


async def _shoot(take: Take, first: int, count: int, step: float, folder: Path) -> None:
    """Writes so many of a take's pictures at most, from the `first` of the recording on, `step` seconds apart."""
    taken = f"{HOLD},fps=1/{step:g}:start_time=0,{FIT.format(*BOARD_SIZE)}"
    shots = ["-an", "-vf", taken, "-frames:v", str(count), "-start_number", str(first), str(folder / "shot-%03d.png")]
    only_keys = ["-skip_frame", "nokey"]
    await ffmpeg.run(take.source, shots, start=first * step - take.begin, before=[*STEADY, *FROM_KEY, *only_keys])


def _tiled(folder: Path) -> Path:
    """The shots, each in the place that its number names."""
    made, (width, height) = folder / "storyboard.jpg", BOARD_SIZE
    with Image.new("RGB", (BOARD_COLUMNS * width, BOARD_ROWS * height)) as board:
        for path in folder.glob("shot-*.png"):
            row, column = divmod(int(path.stem.removeprefix("shot-")), BOARD_COLUMNS)
            with Image.open(path) as shot:
                board.paste(shot, (column * width, row * height))
            path.unlink()
        board.save(made, quality=82)
    return made
