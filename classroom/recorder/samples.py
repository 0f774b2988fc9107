"""What a container is filled with: tracks, and samples at moments of the recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Codec = Literal["h264", "vp8", "opus"]


@dataclass(frozen=True)
class Track:
    """`number` counts from 1. `size`: width and height of a picture. `parameters`: an H264 track's first SPS and PPS;
    later ones stand in its key frames."""

    number: int
    codec: Codec
    size: tuple[int, int] = (0, 0)
    parameters: tuple[bytes, bytes] = (b"", b"")

    @property
    def rate(self) -> int:
        """Ticks a second, as RTP counts them."""
        return 48000 if self.codec == "opus" else 90000

    @property
    def name(self) -> str:
        """As RFC 6381 names it."""
        if self.codec == "h264":
            return f"avc3.{self.parameters[0][1:4].hex()}"
        return self.codec


class Sample(NamedTuple):
    """`at` and `lasts` in ticks of its track."""

    at: int
    lasts: int
    data: bytes
    key: bool


Run = tuple[Track, list[Sample]]
"""The samples of one track in one part, in order."""
