"""Which renditions a recording gets. Pure. Never larger than the source; the top rung is the source's own stream where
browsers and HLS take it as it is, so that nothing is encoded twice without need."""

from dataclasses import dataclass

RUNGS = ((720, 1_800), (540, 1_000), (360, 500))
"""Height, and the most kbit/s of picture: a lesson is a slide and a speaker."""
LEAST_STEP = 1.2
"""A rung that is hardly smaller than the one above it helps nobody."""
COPIED_HEIGHT = 720


@dataclass(frozen=True)
class Rung:
    """`copied`: the stream as it is, in another container. `kbps` bounds an encoded one."""

    height: int
    kbps: int
    copied: bool


def ladder(height: int, video: str | None, audio: str | None) -> list[Rung]:
    """The highest first. A source lower than the lowest rung is one rung of its own height."""
    if not height:
        return []
    copied = video == "h264" and audio in ("aac", None) and height <= COPIED_HEIGHT
    if copied:
        lower = [rung for rung in RUNGS if rung[0] * LEAST_STEP <= height]
        return [Rung(height, 0, True), *_encoded(lower)]
    fitting = [rung for rung in RUNGS if rung[0] <= height]
    return _encoded(fitting or [(height - height % 2, RUNGS[-1][1])])


def _encoded(rungs: list[tuple[int, int]]) -> list[Rung]:
    return [Rung(height, kbps, False) for height, kbps in rungs]
