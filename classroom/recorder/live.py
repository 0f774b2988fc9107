"""The last half minute of each slot, for rooms that UDP cannot reach: playlists by RFC 8216bis with parts of a second.

A VP8 lesson has WebM in the same playlists; no HLS player but our own page's reads those.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from classroom.recorder.cutting import Part
from classroom.recorder.take import Take

KEPT = 8
"""Whole segments that a playlist names."""
LONGEST_PART = 1.5
"""Seconds; what only bridges an outage is left out."""
TARGET = 5
"""Seconds, rounded up, of the longest segment."""
HOLD_BACK = 3.2
PART_TARGET = 1.1


@dataclass
class Segment:
    """`number` counts a slot's segments; `broken`: what came before is not continued."""

    number: int
    take: int
    at: float
    broken: bool
    parts: list[tuple[float, bool, bytes]] = field(default_factory=list)

    @property
    def lasts(self) -> float:
        return sum(lasts for lasts, _, _ in self.parts)

    @property
    def data(self) -> bytes:
        return b"".join(data for _, _, data in self.parts)


class LiveSlot:
    def __init__(self) -> None:
        self._segments: deque[Segment] = deque(maxlen=KEPT + 1)
        self._heads: dict[int, tuple[bytes, str, str]] = {}
        self._end = 0.0
        self._count = 0

    def add(self, take: Take, part: Part) -> None:
        if take.number not in self._heads:
            self._heads = {take.number: (take.stream_head(), take.content_type, take.name.rpartition(".")[2])}
        if part.lasts <= LONGEST_PART:
            self._count += 1
            self._segment(take, part).parts.append((part.lasts, part.key, take.encode(part, self._count)))
            self._end = part.at + part.lasts

    def _segment(self, take: Take, part: Part) -> Segment:
        last = self._segments[-1] if self._segments else None
        goes_on = last is not None and last.take == take.number and abs(part.at - self._end) < 0.01
        if last is None or part.first or not goes_on:
            broken = last is not None and not goes_on
            last = Segment(last.number + 1 if last else 0, take.number, part.at, broken)
            self._segments.append(last)
        return last

    def has(self, segment: int, part: int) -> bool:
        """Whether this part of this segment, or anything after it, is there."""
        if not self._segments:
            return False
        last = self._segments[-1]
        return last.number > segment or (last.number == segment and len(last.parts) > part)

    def playlist(self, slot: str) -> str | None:
        """None before the first part."""
        if not self._segments:
            return None
        current, (_, _, suffix) = next(iter(self._heads.items()))
        segments = [one for one in self._segments if one.take == current]
        lines = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{TARGET}"]
        lines += [f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={HOLD_BACK}"]
        lines += [f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET}"]
        lines += [f"#EXT-X-MEDIA-SEQUENCE:{segments[0].number}" if segments else "#EXT-X-MEDIA-SEQUENCE:0"]
        lines += [f'#EXT-X-MAP:URI="{slot}-{current}-init.{suffix}"']
        for one in segments:
            lines += _described(slot, one, suffix, whole=one is not segments[-1])
        return "\n".join(lines) + "\n"

    def file(self, kind: str, first: int, second: int) -> tuple[bytes, str] | None:
        """`init`, a take; `segment`, a number; `part`, a segment's number and the part in it. With its media type."""
        if kind == "init":
            head = self._heads.get(first)
            return (head[0], head[1]) if head else None
        found = next((one for one in self._segments if one.number == first), None)
        if found is None or found.take not in self._heads or (kind == "part" and second >= len(found.parts)):
            return None
        media_type = self._heads[found.take][1]
        return (found.data if kind == "segment" else found.parts[second][2]), media_type


def _described(slot: str, segment: Segment, suffix: str, whole: bool) -> list[str]:
    lines = ["#EXT-X-DISCONTINUITY"] if segment.broken else []
    for index, (lasts, key, _) in enumerate(segment.parts):
        independent = ",INDEPENDENT=YES" if key else ""
        lines.append(f'#EXT-X-PART:DURATION={lasts:.5f},URI="{slot}-{segment.number}-{index}.{suffix}"{independent}')
    if whole:
        lines += [f"#EXTINF:{segment.lasts:.5f},", f"{slot}-{segment.number}.{suffix}"]
    return lines


class LiveLesson:
    """All slots of a lesson; `wait` until a part is there."""

    def __init__(self) -> None:
        self.slots: dict[str, LiveSlot] = {}
        self._news = asyncio.Event()

    def add(self, take: Take, part: Part) -> None:
        self.slots.setdefault(take.slot, LiveSlot()).add(take, part)
        self._news.set()
        self._news = asyncio.Event()

    async def wait(self, slot: str, segment: int, part: int, seconds: float) -> None:
        async def there() -> None:
            while slot not in self.slots or not self.slots[slot].has(segment, part):
                await self._news.wait()

        try:
            async with asyncio.timeout(seconds):
                await there()
        except TimeoutError:
            return
