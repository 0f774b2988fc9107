"""What ffmpeg's talk tells about a source and its publication. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from classroom.ingest.plan import Found

STREAM = re.compile(r"\s*Stream #0:\d+.*?: (Video|Audio): (\w+)")
REFUSALS = ("Unsupported B frames by RTC", "supports only codec h264", "Unsupported video codec")


@dataclass(frozen=True)
class Heard:
    """`published`: the relay has taken it. `refused`: the WHIP muxer cannot copy this picture."""

    found: Found = field(default_factory=Found)
    published: bool = False
    refused: bool = False


def hear(heard: Heard, line: str) -> Heard:
    """The same after one more line of a run at `-loglevel info`."""
    if line.startswith("Output #0"):
        return replace(heard, published=True)
    if any(words in line for words in REFUSALS):
        found = replace(heard.found, b_frames=heard.found.b_frames or "B frames" in line)
        return replace(heard, found=found, refused=True)
    stream = None if heard.published else STREAM.match(line)
    if stream is None:
        return heard
    # the first of each kind is the one that is sent
    found = heard.found
    if stream[1] == "Video":
        return replace(heard, found=replace(found, video=found.video or stream[2]))
    return replace(heard, found=replace(found, audio=found.audio or stream[2]))
