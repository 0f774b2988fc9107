"""A track that had to begin anew goes on in the next take, maybe in another codec. Here its takes become one line of
time again, for what is made of all of them at once: the one picture, the sound alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from resources.media import ffmpeg
from resources.media.ffmpeg import BOARD_COLUMNS, BOARD_ROWS, BOARD_WIDTH, Source
from resources.media.probe import SAFE, storyboard_step

RATE = "25"
BOARD_SIZE = (BOARD_WIDTH, BOARD_WIDTH * 9 // 16)
FIT = "scale={0}:{1}:force_original_aspect_ratio=decrease,pad={0}:{1}:(ow-iw)/2:(oh-ih)/2,setsar=1"


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


def inputs(takes: Sequence[Take], *options: str) -> list[str]:
    """As ffmpeg's command line names them, each with these options."""
    safe = [part for name in ("protocol_whitelist", "format_whitelist") for part in (f"-{name}", SAFE[name])]
    return [
        part
        for take in takes
        for part in (*safe, *options, "-itsoffset", f"{take.begin:.3f}", "-i", take.source.address)
    ]


def picture(
    takes: Sequence[Take], first: int, seconds: float, size: tuple[int, int], name: str, rate: str = RATE
) -> list[str]:
    """Filters that make one picture `name` of the takes, which are the inputs from `first` on: each over black, from
    where it begins."""
    fitted = f"fps={rate},{FIT.format(*size)}"
    seen = [number for number, take in enumerate(takes, first) if take.picture]
    if len(takes) == 1:
        return [f"[{first}:v:0]{fitted}[{name}]"]
    filters = [f"color=black:s={size[0]}x{size[1]}:r={rate}:d={seconds:.3f},setsar=1[{name}0]"]
    for place, number in enumerate(seen):
        filters.append(f"[{number}:v:0]{fitted}[{name}take{place}]")
        after = name if place == len(seen) - 1 else f"{name}{place + 1}"
        filters.append(f"[{name}{place}][{name}take{place}]overlay=eof_action=pass[{after}]")
    return filters


def sound(takes: Sequence[Take], first: int, name: str) -> list[str]:
    """As `picture`; a take is silent outside its time."""
    heard = [number for number, take in enumerate(takes, first) if take.sound]
    filters = [f"[{number}:a:0]aresample=48000:async=1:first_pts=0[{name}{number}]" for number in heard]
    mixed = "".join(f"[{name}{number}]" for number in heard)
    return [*filters, f"{mixed}amix=inputs={len(heard)}:normalize=0:dropout_transition=0[{name}]"]


async def storyboard(takes: Sequence[Take], folder: Path) -> tuple[Path, float]:
    """As ffmpeg.storyboard, of several takes."""
    first, *more = takes
    seconds = first.source.seconds
    made, step = folder / "storyboard.jpg", storyboard_step(seconds, BOARD_COLUMNS * BOARD_ROWS)
    line = picture(takes, 0, seconds, BOARD_SIZE, "line", f"1/{step:g}")
    graph = ";".join([*line, f"[line]tile={BOARD_COLUMNS}x{BOARD_ROWS}[tiles]"])
    only_keys = ["-skip_frame", "nokey"]
    shown = ["-filter_complex", graph, "-map", "[tiles]", "-frames:v", "1", "-q:v", "6", str(made)]
    await ffmpeg.run(first.source, [*inputs(more, *only_keys), *shown], before=only_keys)
    return made, step
