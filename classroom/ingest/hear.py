"""What ffmpeg's talk tells about a source and its publication. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from classroom.ingest.plan import Found

STREAM = re.compile(r"\s*Stream #0:\d+.*?: (Video|Audio): (\w+)(?: \(([A-Z][\w: ]*)\))?")
# of the WHIP muxer, which looks before it sends
B_FRAMES = "Unsupported B frames by RTC"


@dataclass(frozen=True)
class Heard:
    """`published`: the relay has taken it."""

    found: Found = field(default_factory=Found)
    published: bool = False


def hear(heard: Heard, line: str) -> Heard:
    """The same after one more line of a run at `-loglevel info`."""
    if line.startswith("Output #0"):
        return replace(heard, published=True)
    if B_FRAMES in line:
        return replace(heard, found=replace(heard.found, b_frames=True))
    stream = None if heard.published else STREAM.match(line)
    return heard if stream is None else replace(heard, found=_with(heard.found, *stream.groups()))


def _with(found: Found, kind: str, codec: str, profile: str | None) -> Found:
    """The first stream of each kind is the one that is sent."""
    if kind == "Audio":
        return replace(found, audio=found.audio or codec)
    return found if found.video else replace(found, video=codec, profile=profile)
