"""A track that had to begin anew goes on in the next take, maybe in another codec. Here its takes become one line of
time again, for what is made of all of them at once: the one picture, the sound alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from resources.media import ffmpeg
from resources.media.ffmpeg import BOARD_COLUMNS, BOARD_ROWS, BOARD_WIDTH, Source
from resources.media.probe import SAFE, storyboard_step

RATE = "25"
STEADY = ["-reinit_filter", "0"]
"""For each input: a picture that changes its size in the middle must not make ffmpeg begin all takes anew."""
BOARD_RATE = "2"
"""Fine enough that short takes stay in their places."""
BOARD_SIZE = (BOARD_WIDTH, BOARD_WIDTH * 9 // 16)
FIT = "scale={0}:{1}:force_original_aspect_ratio=decrease,pad={0}:{1}:(ow-iw)/2:(oh-ih)/2,setsar=1"
HOLD = "tpad=stop_duration=5:stop_mode=clone"
"""The last picture stays for so long, as on the pages that wait for a line to come back; then it is black."""


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
    """As ffmpeg's command line names them, each with these options. A take that an outage spoiled holds up no other."""
    safe = [part for name in ("protocol_whitelist", "format_whitelist") for part in (f"-{name}", SAFE[name])]
    named = (
        part
        for take in takes
        for part in (*safe, *STEADY, *options, "-itsoffset", f"{take.begin:.3f}", "-i", take.source.address)
    )
    return ["-max_error_rate", "1", *named]


def picture(
    takes: Sequence[Take], first: int, seconds: float, size: tuple[int, int], name: str, rate: str = RATE
) -> list[str]:
    """Filters that make one picture `name` of the takes, which are the inputs from `first` on: each from where it
    begins, and black where there is none."""
    fit = FIT.format(*size)
    if len(takes) == 1:
        return [f"[{first}:v:0]fps={rate},{fit}[{name}]"]
    black = f"color=black:s={size[0]}x{size[1]}:r={rate},setsar=1"
    lines = [
        f"[{number}:v:0]fps={rate}:start_time={take.begin:.3f},{fit},setpts=PTS-STARTPTS,{HOLD},tpad=stop=-1"
        if take.picture
        else black
        for number, take in enumerate(takes, first)
    ]
    return _one_after_another(takes, seconds, name, "v", black, lines)


def sound(takes: Sequence[Take], first: int, seconds: float, name: str) -> list[str]:
    """As `picture`; silent where there is none."""
    silence = "aevalsrc=0:s=48000:c=mono"
    lines = [
        f"[{number}:a:0]aformat=channel_layouts=mono,aresample=48000:async=1:first_pts={round(take.begin * 48000)},"
        "asetpts=N/SR/TB,apad"
        if take.sound
        else silence
        for number, take in enumerate(takes, first)
    ]
    return _one_after_another(takes, seconds, name, "a", silence, lines)


def _one_after_another(
    takes: Sequence[Take], seconds: float, name: str, kind: str, nothing: str, lines: Sequence[str]
) -> list[str]:
    """Endless lines, each cut where the next begins. ffmpeg so reads one take at a time: of takes laid over each other
    it decodes all at once and keeps what is not due yet, gigabytes of a lesson."""
    begins = [take.begin for take in takes]
    parts = list(zip(lines, begins, [*begins[1:], seconds], strict=True))
    if begins[0] > 0:
        parts.insert(0, (nothing, 0.0, begins[0]))
    cut, stamps = ("trim", "setpts=PTS-STARTPTS") if kind == "v" else ("atrim", "asetpts=N/SR/TB")
    filters = [
        f"{line},{cut}=duration={max(end - begin, 0.04):.3f},{stamps}[{name}{place}]"
        for place, (line, begin, end) in enumerate(parts)
    ]
    joined = "".join(f"[{name}{place}]" for place in range(len(parts)))
    counts = "v=1:a=0" if kind == "v" else "v=0:a=1"
    return [*filters, f"{joined}concat=n={len(parts)}:{counts}[{name}]"]


async def storyboard(takes: Sequence[Take], folder: Path) -> tuple[Path, float]:
    """As ffmpeg.storyboard, of several takes."""
    first, *more = takes
    seconds = first.source.seconds
    made, step = folder / "storyboard.jpg", storyboard_step(seconds, BOARD_COLUMNS * BOARD_ROWS)
    line = picture(takes, 0, seconds, BOARD_SIZE, "line", BOARD_RATE)
    graph = ";".join([*line, f"[line]fps=1/{step:g},tile={BOARD_COLUMNS}x{BOARD_ROWS}[tiles]"])
    only_keys = ["-skip_frame", "nokey"]
    shown = ["-filter_complex", graph, "-map", "[tiles]", "-frames:v", "1", "-q:v", "6", str(made)]
    await ffmpeg.run(first.source, [*inputs(more, *only_keys), *shown], before=[*STEADY, *only_keys])
    return made, step
